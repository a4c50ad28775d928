/**
 * A session between a hostile peer and a restless application: whatever both do, in whatever order, what it writes is legal,
 * everything that it accepted is in there, and it ends exactly once.
 */
import { Session, violations } from '@hybi/session'
import { randomStream } from '../corpus/frames.ts'
import { randomText } from '../corpus/texts.ts'
import { defineFuzzer } from '../fuzzer.ts'
import { type Role, viewStream } from '../model/endpoint.ts'
import { concat, toHex, toLatin1 } from '../octets.ts'
import type { Random } from '../random.ts'

type Command =
  | { readonly do: 'receive'; readonly bytes: Uint8Array; readonly pulls: number }
  | { readonly do: 'message' | 'ping' | 'pong'; readonly binary: boolean; readonly payload: Uint8Array }
  | { readonly do: 'fragment'; readonly payload: Uint8Array; readonly fin: boolean }
  | { readonly do: 'close'; readonly code: number; readonly reason: string }
  | { readonly do: 'pull' | 'take' | 'end' | 'fail' | 'lose' | 'switch' }
  | { readonly do: 'limit'; readonly size: number }

interface Input {
  readonly role: Role
  readonly transient: boolean
  readonly commands: readonly Command[]
}

const CODES = [1000, 1001, 1003, 1008, 1011, 1014, 3000, 4999]
const MASKING_KEY = 0xa0b1c2d3
const UNLIMITED = { maxMessageSize: Number.MAX_SAFE_INTEGER, maxFragments: Number.MAX_SAFE_INTEGER }

function generate(random: Random): Input {
  const role = random.oneIn(2) ? 'server' : 'client'
  const stream = randomStream(random, role)
  const commands: Command[] = []
  let at = 0
  for (let left = random.size(30); left > 0; left--) {
    if (random.oneIn(2) && at < stream.length) {
      const end = at + 1 + random.size(stream.length - at)
      commands.push({
        do: 'receive',
        bytes: stream.slice(at, end),
        pulls: random.oneIn(3) ? random.below(4) : Infinity,
      })
      at = end
    } else commands.push(randomCommand(random))
  }
  return { role, transient: random.oneIn(2), commands }
}

function randomCommand(random: Random): Command {
  const choice = random.below(24)
  if (choice < 7)
    return { do: 'message', binary: random.oneIn(2), payload: randomText(random, random.size(300)) }
  if (choice < 12)
    return { do: 'fragment', payload: randomText(random, random.size(40)), fin: random.oneIn(2) }
  if (choice < 15)
    return { do: random.oneIn(2) ? 'ping' : 'pong', binary: true, payload: random.bytes(random.size(125)) }
  if (choice < 18) return { do: 'take' }
  if (choice < 20) return { do: 'pull' }
  if (choice === 20) return { do: 'close', code: random.pick(CODES), reason: 'x'.repeat(random.size(123)) }
  if (choice === 21) return { do: 'limit', size: random.size(1000) }
  if (choice === 22) return { do: 'switch' }
  return { do: random.pick(['end', 'fail', 'lose'] as const) }
}

/** One run: the session, what was accepted for sending, and what it wrote and reported. */
class Run {
  readonly #session: Session
  readonly #transient: boolean
  readonly #output: Uint8Array[] = []
  readonly #accepted: string[] = []
  #fragments: string | null = null
  #closedEvents = 0
  #eventsAfterClosed = 0
  #lost = false

  constructor({ role, transient }: Input) {
    this.#transient = transient
    this.#session = new Session({ role, transientInput: transient, maskingKey: () => MASKING_KEY })
  }

  act(command: Command): void {
    const session = this.#session
    switch (command.do) {
      case 'receive': {
        const chunk = command.bytes.slice()
        session.receive(chunk)
        const rests = this.#pull(command.pulls)
        if (!this.#transient) return
        if (!rests) session.keepUnread()
        chunk.fill(0xee)
        return
      }
      case 'message': {
        if (this.#fragments !== null) return
        const { binary, payload } = command
        if (session.sendMessage(payload, { binary })) this.#accepted.push(toLatin1(payload))
        return
      }
      case 'fragment': {
        const { fin, payload } = command
        if (!session.sendFragment(payload, { fin, binary: false })) return
        const message = (this.#fragments ?? '') + toLatin1(payload)
        if (fin) this.#accepted.push(message)
        this.#fragments = fin ? null : message
        return
      }
      case 'ping':
        session.sendPing(command.payload)
        return
      case 'pong':
        session.sendPong(command.payload)
        return
      case 'close':
        session.close(command.code, command.reason)
        return
      case 'pull':
        this.#pull(Infinity)
        return
      case 'take':
        this.#take()
        return
      case 'limit':
        session.maxMessageSize = command.size
        return
      case 'switch':
        session.receiveMode = session.receiveMode === 'whole' ? 'streamed' : 'whole'
        return
      case 'end':
        session.receiveEnd()
        return
      case 'fail':
        session.fail(violations.internalError)
        return
      default:
        this.#lost = true
        session.transportLost('reset')
    }
  }

  /** Brings it to an end; what is wrong with how it came to it. */
  finish(): string | null {
    const session = this.#session
    this.#pull(Infinity)
    this.#take()
    session.receiveEnd()
    this.#pull(Infinity)
    this.#take()
    this.#pull(Infinity)
    if (this.#closedEvents !== 1)
      return `closed was reported ${this.#closedEvents} times, state ${session.state}`
    if (this.#eventsAfterClosed > 0) return 'there were events after the last one'
    if (session.pendingOutput !== 0 || session.state !== 'closed') return 'something is left at the end'
    if (session.sendMessage('late') || session.sendPing()) return 'something was accepted after the end'
    return this.#judgeOutput(concat(this.#output))
  }

  #judgeOutput(output: Uint8Array): string | null {
    const reader = this.#session.role === 'server' ? 'client' : 'server'
    const { events, failure, read, complete } = viewStream(output, { role: reader, ...UNLIMITED })
    if (failure !== null) return `wrote what is answered with ${failure}: ${toHex(output.subarray(read))}`
    // The loss of the transport drops what was not taken, but never a part of a frame.
    if (!complete || read !== output.length)
      return `wrote after its Close, or half a frame: ${toHex(output.subarray(read))}`
    const written = events.flatMap((event) =>
      event.kind === 'message' && event.whole ? [event.payload] : [],
    )
    const accepted = this.#lost ? this.#accepted.slice(0, written.length) : this.#accepted
    return JSON.stringify(written) === JSON.stringify(accepted)
      ? null
      : `wrote ${JSON.stringify(written)}, accepted ${JSON.stringify(accepted)}`
  }

  #pull(most: number): boolean {
    for (let pulled = 0; pulled < most; pulled++) {
      const event = this.#session.next()
      if (event === null) return true
      if (this.#closedEvents > 0) this.#eventsAfterClosed++
      if (event.type === 'closed') this.#closedEvents++
    }
    return false
  }

  #take(): void {
    this.#output.push(...this.#session.takeOutput())
  }
}

function check(input: Input): string | null {
  const run = new Run(input)
  for (const command of input.commands) run.act(command)
  return run.finish()
}

export const sessionCommands = defineFuzzer<Input>({
  name: 'session-commands',
  about:
    'any commands between any chunks: what is written is legal and all that was accepted, and the end comes once',
  weight: 3,
  generate,
  check,
  show: ({ commands, ...rest }) =>
    JSON.stringify({ ...rest, commands }, (_, value) => (value instanceof Uint8Array ? toHex(value) : value)),
  shrink: function* (input) {
    for (let i = 0; i < input.commands.length; i++)
      yield { ...input, commands: input.commands.filter((_, index) => index !== i) }
  },
})
