/** The same octets for our session and for another implementation: the same verdict, or a reason from the table. */
import { Session } from '@hybi/session'
import { randomStream } from '../corpus/frames.ts'
import { cutBySizes, randomSizes } from '../cuts.ts'
import { explain } from '../explained.ts'
import { defineFuzzer, type Fuzzer } from '../fuzzer.ts'
import { type Role, viewStream } from '../model/endpoint.ts'
import { smaller } from '../mutate.ts'
import { toHex } from '../octets.ts'
import { explanationOf, type OwnView } from '../versus/differences.ts'
import type { StreamPeer } from '../versus/stream-peer.ts'
import { undici } from '../versus/undici.ts'
import { ws } from '../versus/ws.ts'
import { Log } from './drive.ts'

interface Input {
  readonly role: Role
  readonly bytes: Uint8Array
  readonly sizes: readonly number[]
  readonly maxMessageSize: number
}

const MANY_FRAGMENTS = 100_000

function readOurselves({ role, bytes, sizes, maxMessageSize }: Input): OwnView {
  const session = new Session({ role, maxMessageSize, maskingKey: () => 0 })
  const log = new Log()
  let violation: OwnView['violation']
  const pull = (): void => {
    for (let event = session.next(); event !== null; event = session.next()) {
      if (event.type === 'closed') violation = event.outcome.violation
      else log.add(event)
    }
  }
  for (const chunk of cutBySizes(bytes, sizes)) {
    session.receive(chunk)
    pull()
  }
  session.receiveEnd()
  session.takeOutput()
  pull()
  const { complete } = viewStream(bytes, { role, maxMessageSize, maxFragments: MANY_FRAGMENTS })
  return { events: log.text, violation, complete }
}

function check(peer: StreamPeer, input: Input): string | null {
  const { role, bytes, sizes, maxMessageSize } = input
  const ours = readOurselves(input)
  const theirs = peer.read(role, cutBySizes(bytes, sizes), maxMessageSize)
  const failure = ours.violation?.code ?? null
  if (ours.events === theirs.events && failure === theirs.failure) return null
  const difference = explanationOf(peer.name, ours, theirs)
  if (difference !== null) return explain(`${peer.name}: ${difference.reason}`)
  return `we: ${JSON.stringify({ ...ours, violation: ours.violation?.name })}\n${peer.name}: ${JSON.stringify(theirs)}`
}

const fuzzerOf = (peer: StreamPeer): Fuzzer =>
  defineFuzzer<Input>({
    name: `versus-${peer.name}`,
    about: `the same frames for our session and ${peer.name}: the same verdict, or a reason from the table of differences`,
    weight: 2,
    generate: (random) => {
      const role = random.pick(peer.roles)
      const bytes = randomStream(random, role)
      return {
        role,
        bytes,
        sizes: randomSizes(random, bytes.length),
        maxMessageSize: random.oneIn(3) ? 150 : 1_000_000,
      }
    },
    check: (input) => check(peer, input),
    show: ({ bytes, ...rest }) => `${toHex(bytes)} ${JSON.stringify(rest)}`,
    shrink: function* (input) {
      for (const bytes of smaller(input.bytes)) yield { ...input, bytes }
    },
  })

export const versusWs = fuzzerOf(ws)
export const versusUndici = fuzzerOf(undici)
