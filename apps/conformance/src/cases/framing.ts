/** Category 1: one whole message of every length that changes the header (RFC 6455 5.2), as text and as binary. */
import type { CaseDraft } from './case.ts'
import { binaryEvent, ok, script, textEvent } from './outcomes.ts'
import { binary, killAfter, repeat, text } from './step.ts'

interface Row {
  readonly length: number
  readonly chop?: number
}

/** 125 is the last length that fits into seven bits, 65535 the last that fits into sixteen. */
const ROWS: readonly Row[] = [
  { length: 0 },
  { length: 125 },
  { length: 126 },
  { length: 127 },
  { length: 128 },
  { length: 65_535 },
  { length: 65_536 },
  { length: 65_536, chop: 997 },
]

/** Messages from this length on get ten seconds. */
const LONG = 65_535

function framingCase(isBinary: boolean, row: Row, index: number): CaseDraft {
  const kind = isBinary ? 'binary' : 'text'
  const chopped = row.chop === undefined ? '' : `, written ${row.chop} octets at a time`
  const payload = repeat(isBinary ? Uint8Array.of(0xfe) : '*', row.length)
  const options = row.chop === undefined ? {} : { chop: row.chop }
  const send = isBinary ? binary(payload, options) : text(payload, options)
  return {
    id: `1.${isBinary ? 2 : 1}.${index + 1}`,
    section: isBinary ? 'Binary messages' : 'Text messages',
    title: `${kind} message of ${row.length} octets${chopped}`,
    description: `One ${kind} frame with ${row.length} octets of payload${chopped}.`,
    expectation: 'The same message comes back.',
    plan: script([send, killAfter(row.length >= LONG ? 10_000 : 1000)], {
      outcomes: [ok(isBinary ? binaryEvent(payload) : textEvent(payload))],
    }),
  }
}

export const framing: readonly CaseDraft[] = [false, true].flatMap((isBinary) =>
  ROWS.map((row, index) => framingCase(isBinary, row, index)),
)
