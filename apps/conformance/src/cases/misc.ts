/** Category 10: a message in frames of a fixed size. */
import type { CaseDraft } from './case.ts'
import { ok, script, textEvent } from './outcomes.ts'
import { killAfter, message, repeat } from './step.ts'

const PAYLOAD = repeat('*', 65_536)

export const misc: readonly CaseDraft[] = [
  {
    id: '10.1.1',
    section: 'Automatic fragmentation',
    title: '64 KiB in frames of 1300 octets',
    description: 'A text message of 65 536 octets in frames of 1300 octets, the last one with the rest.',
    expectation: 'The same message comes back, framed as the endpoint likes.',
    plan: script([message(PAYLOAD, { autoFragment: 1300 }), killAfter(10_000)], {
      outcomes: [ok(textEvent(PAYLOAD))],
    }),
  },
]
