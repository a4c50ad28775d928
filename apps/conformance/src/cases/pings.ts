/** Category 2: pings and pongs (RFC 6455 5.5.2, 5.5.3). */
import type { CaseDraft, ReceivedEvent } from './case.ts'
import { failedByPeer } from './case.ts'
import { ok, pongEvent, script } from './outcomes.ts'
import { close, closeAfter, hex, killAfter, ping, pong, repeat, type Step } from './step.ts'

const LONGEST = repeat(Uint8Array.of(0xfe), 125)
const TOO_LONG = repeat(Uint8Array.of(0xfe), 126)
const UNSOLICITED = 'unsolicited pong payload'
const TEN = Array.from({ length: 10 }, (_, index) => `payload-${index}`)

interface Row {
  readonly title: string
  readonly description: string
  readonly expectation: string
  readonly steps: readonly Step[]
  readonly events?: readonly ReceivedEvent[]
  readonly failed?: boolean
}

const answered = 'One pong with the payload of the ping.'

const ROWS: readonly Row[] = [
  {
    title: 'ping without payload',
    description: 'A ping with an empty payload.',
    expectation: 'One pong with an empty payload.',
    steps: [ping(), closeAfter(1000)],
    events: [pongEvent('')],
  },
  {
    title: 'ping with text',
    description: 'A ping that carries a short text.',
    expectation: answered,
    steps: [ping('Hello, world!'), closeAfter(1000)],
    events: [pongEvent('Hello, world!')],
  },
  {
    title: 'ping with octets that are not UTF-8',
    description: 'A ping that carries eight octets which are no text.',
    expectation: answered,
    steps: [ping(hex('00fffefdfcfb00ff')), closeAfter(1000)],
    events: [pongEvent(hex('00fffefdfcfb00ff'))],
  },
  {
    title: 'ping of 125 octets',
    description: 'A ping with the longest payload a control frame may have.',
    expectation: answered,
    steps: [ping(LONGEST), closeAfter(1000)],
    events: [pongEvent(LONGEST)],
  },
  {
    title: 'ping of 126 octets',
    description: 'A ping with one octet more than a control frame may have.',
    expectation: 'The connection is failed at once: control frames hold at most 125 octets.',
    steps: [ping(TOO_LONG), killAfter(1000)],
    failed: true,
  },
  {
    title: 'ping of 125 octets, octet by octet',
    description: 'A ping with the longest payload, every octet written by itself.',
    expectation: answered,
    steps: [ping(LONGEST, { chop: 1 }), closeAfter(2000)],
    events: [pongEvent(LONGEST)],
  },
  {
    title: 'pong nobody asked for, empty',
    description: 'A pong without payload that no ping preceded; then the close.',
    expectation: 'Nothing but the answer to the close.',
    steps: [pong(), close(1000), closeAfter(1000)],
  },
  {
    title: 'pong nobody asked for, with payload',
    description: 'A pong with payload that no ping preceded; then the close.',
    expectation: 'Nothing but the answer to the close.',
    steps: [pong(UNSOLICITED), close(1000), closeAfter(1000)],
  },
  {
    title: 'pong nobody asked for, then a ping',
    description: 'A pong that no ping preceded, then a ping with another payload.',
    expectation: 'One pong, for the ping.',
    steps: [pong(UNSOLICITED), ping('ping payload'), closeAfter(1000)],
    events: [pongEvent('ping payload')],
  },
  {
    title: 'ten pings at once',
    description: 'Ten pings with different payloads, none waiting for an answer.',
    expectation: 'Ten pongs in the order of the pings.',
    steps: [...TEN.map((payload) => ping(payload)), closeAfter(3000)],
    events: TEN.map(pongEvent),
  },
  {
    title: 'ten pings at once, octet by octet',
    description: 'Ten pings with different payloads, every octet written by itself.',
    expectation: 'Ten pongs in the order of the pings.',
    steps: [...TEN.map((payload) => ping(payload, { chop: 1 })), closeAfter(3000)],
    events: TEN.map(pongEvent),
  },
]

export const pings: readonly CaseDraft[] = ROWS.map((row, index) => ({
  id: `2.${index + 1}`,
  section: '',
  title: row.title,
  description: row.description,
  expectation: row.expectation,
  plan: script(row.steps, {
    outcomes: [ok(...(row.events ?? []))],
    ...(row.failed === true ? { close: failedByPeer(1002) } : {}),
  }),
}))
