/** A session that echoes, fed with any stream in any chunks in each of its modes, against a model of the whole protocol. */
import { Opcode } from '@hybi/frame'
import { Session, violations } from '@hybi/session'
import { randomStream } from '../corpus/frames.ts'
import { cutBySizes, randomSizes } from '../cuts.ts'
import { defineFuzzer } from '../fuzzer.ts'
import { type ModelOptions, type ModelView, type Role, viewStream } from '../model/endpoint.ts'
import { smaller } from '../mutate.ts'
import { toHex } from '../octets.ts'
import type { Random } from '../random.ts'
import {
  closedLine,
  closeLine,
  controlLine,
  driveEcho,
  messageLine,
  type Seen,
  sentClose,
  sentLine,
} from './drive.ts'

interface Input {
  readonly role: Role
  readonly bytes: Uint8Array
  readonly sizes: readonly number[]
  readonly transient: boolean
  readonly streamed: boolean
  /** Limits low enough to be met. */
  readonly low: boolean
}

const LOW = { maxMessageSize: 150, maxFragments: 5 }
const HIGH = { maxMessageSize: 100_000, maxFragments: 1000 }
const MASKING_KEY = 0x01020304

function generate(random: Random): Input {
  const role = random.oneIn(2) ? 'server' : 'client'
  const bytes = randomStream(random, role)
  return {
    role,
    bytes,
    sizes: randomSizes(random, bytes.length),
    transient: random.oneIn(2),
    streamed: random.oneIn(3),
    low: random.oneIn(2),
  }
}

function run(
  { role, bytes, low }: Input,
  sizes: readonly number[],
  transient: boolean,
  streamed: boolean,
): Seen {
  const session = new Session({
    role,
    ...(low ? LOW : HIGH),
    // A Pong for every Ping, whenever output is taken: how many are left out is not for this model to say.
    maxPendingPongs: Number.MAX_SAFE_INTEGER,
    maskingKey: () => MASKING_KEY,
    transientInput: transient,
    receiveMode: streamed ? 'streamed' : 'whole',
  })
  return driveEcho(session, cutBySizes(bytes, sizes), transient)
}

/** Names of the rows that answer with a status code: they are the reason of the Close. */
const reasons = new Map<number, Set<string>>()
for (const { code, name } of Object.values(violations)) {
  reasons.set(code, (reasons.get(code) ?? new Set()).add(name))
}

/** What the session must see and say. The reason of a Close that fails the connection is left out of `sent`. */
function expectation({ events, failure }: ModelView, streamed: boolean): Seen {
  let seen = ''
  let sent = ''
  let closed = closedLine(1006, failure === null ? 'half-close' : 'violation', false, failure)
  for (const event of events) {
    if (event.kind === 'message') {
      if (event.whole || streamed) seen += messageLine(event.binary, event.whole, event.payload)
      if (event.whole && !streamed)
        sent += sentLine(event.binary ? Opcode.BINARY : Opcode.TEXT, event.payload)
    } else if (event.kind === 'close') {
      const code =
        event.payload === '' ? 1005 : event.payload.charCodeAt(0) * 256 + event.payload.charCodeAt(1)
      seen += closeLine(code, event.payload.slice(2))
      sent += code === 1005 ? sentLine(Opcode.CLOSE, '') : sentClose(code, '')
      closed = closedLine(code, 'close', true, null)
    } else {
      seen += controlLine(event.kind, event.payload)
      if (event.kind === 'ping') sent += sentLine(Opcode.PONG, event.payload)
    }
  }
  return { events: seen + closed, sent }
}

/**
 * The unfinished message stands at the end of the model's events; the session hands out its parts as they come, and the log
 * writes them down when they end: in front of a Close.
 */
function moveUnfinished(view: ModelView): ModelView {
  const last = view.events.at(-1)
  const before = view.events.at(-2)
  if (last?.kind !== 'message' || last.whole || before?.kind !== 'close') return view
  return { ...view, events: [...view.events.slice(0, -2), last, before] }
}

function compare(seen: Seen, expected: Seen, failure: number | null): string | null {
  if (seen.events !== expected.events)
    return `saw ${JSON.stringify(seen.events)}\ninstead of ${JSON.stringify(expected.events)}`
  let { sent } = expected
  if (failure !== null) {
    const names = [...(reasons.get(failure) ?? [])]
    const name = names.find((reason) => seen.sent === sent + sentClose(failure, reason))
    if (name !== undefined) sent = seen.sent
    else sent += sentClose(failure, '(the name of a row)')
  }
  return seen.sent === sent ? null : `sent ${JSON.stringify(seen.sent)}\ninstead of ${JSON.stringify(sent)}`
}

function check(input: Input): string | null {
  const { role, bytes, low, sizes, transient, streamed } = input
  const options: ModelOptions = { role, ...(low ? LOW : HIGH) }
  const view = moveUnfinished(viewStream(bytes, options))
  return (
    compare(run(input, [bytes.length || 1], false, false), expectation(view, false), view.failure) ??
    compare(run(input, sizes, transient, streamed), expectation(view, streamed), view.failure)
  )
}

export const session = defineFuzzer<Input>({
  name: 'session',
  about:
    'a session that echoes, any stream in any chunks, whole and streamed, owned and lent, against a model',
  weight: 4,
  generate,
  check,
  show: ({ bytes, ...rest }) => `${toHex(bytes)} ${JSON.stringify(rest)}`,
  shrink: function* (input) {
    for (const bytes of smaller(input.bytes)) yield { ...input, bytes }
  },
})
