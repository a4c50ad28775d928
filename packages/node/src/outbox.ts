/**
 * The sending half of a connection: whole messages, messages in parts, and waiting for room.
 *
 * While a message is sent in parts, other messages wait behind it: 5.4: "The fragments of one message MUST NOT be
 * interleaved between the fragments of another message".
 */
import { StatusCode } from '@hybi/frame'
import {
  type CloseOutcome,
  type FragmentOptions,
  Message,
  PreparedMessage,
  prepareMessage,
  type SendOptions,
  violations,
} from '@hybi/session'
import { Deferred } from './deferred.ts'
import { notSentChannel } from './diagnostics.ts'
import { ConnectionClosedError } from './errors.ts'
import type { Limits } from './settings.ts'
import type { OutputWaiter, Transport } from './transport.ts'

/** What can be sent as one message. */
export type Sendable = string | Uint8Array | Message | PreparedMessage

/** The parts of one message: all strings, or all bytes. */
export type MessageParts = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>

/** How a message is sent in parts. */
export interface StreamOptions extends SendOptions {
  /** Gives up: a message that was begun cannot be taken back, so that the connection is closed with 1011. */
  readonly signal?: AbortSignal | undefined
}

/** What waits behind a message that is sent in parts: a message, or the turn of another such message. */
type Waiting = WaitingMessage | Deferred<void>

interface WaitingMessage {
  readonly data: Message | PreparedMessage
  readonly options: SendOptions | undefined
}

/** The connection that this is the output of. */
interface Closable {
  close(code: number): Promise<unknown>
}

const NO_BYTES = new Uint8Array(0)

/** The output of one connection. */
export class Outbox implements OutputWaiter {
  /** Messages that were given to `send` and not sent, because closing had begun or the socket was gone. */
  notSent: number
  readonly #connection: Closable
  readonly #transport: Transport
  readonly #limits: Limits
  #drainWaiters: Deferred<void>[] | null
  /** What waits while a message is sent in parts; null when none is. */
  #waiting: Waiting[] | null
  #waitingSize: number
  /** The part that a source is asked for. */
  #part: Deferred<IteratorResult<string | Uint8Array>> | null
  #outcome: CloseOutcome | null

  constructor(connection: Closable, transport: Transport, limits: Limits) {
    this.notSent = 0
    this.#connection = connection
    this.#transport = transport
    this.#limits = limits
    this.#drainWaiters = null
    this.#waiting = null
    this.#waitingSize = 0
    this.#part = null
    this.#outcome = null
  }

  /** Octets that were accepted and that the operating system does not have yet. */
  get pending(): number {
    return this.#transport.pendingOutput + this.#waitingSize
  }

  /** True while more is pending than the high-water mark. */
  get isHigh(): boolean {
    return this.pending > this.#limits.highWaterMark
  }

  /** Sends a message, or lets it wait behind the one that is sent in parts. See `Connection.send`. */
  send(data: Sendable, options: SendOptions | undefined): boolean {
    const transport = this.#transport
    const { session } = transport
    if (transport.isOpen && this.pending > this.#limits.maxPendingOutput)
      transport.fail(violations.pendingOutputTooBig)
    if (!transport.isOpen) return this.#refuse(data)
    const before = session.pendingOutput
    if (this.#waiting !== null) this.#queue(this.#waiting, data, options)
    else if (!session.sendMessage(data, options)) return this.#refuse(data)
    transport.countOutput(session.pendingOutput - before)
    transport.outputAdded()
    return !this.isHigh
  }

  /** Sends one message from a source of any length. See `Connection.sendStream`. */
  async sendStream(parts: MessageParts, options: StreamOptions): Promise<void> {
    const { signal, binary, compress } = options
    signal?.throwIfAborted()
    await this.#takeTurn(signal)
    let begun = false
    try {
      const source = iterate(parts)
      try {
        for (
          let next = await this.#pull(source, signal);
          !next.done;
          next = await this.#pull(source, signal)
        ) {
          this.#sendFragment(next.value, { fin: false, binary, compress })
          begun = true
          if (this.isHigh) await this.drained(signal)
        }
      } catch (error) {
        // Not awaited: a source that does not answer may not answer this either.
        void Promise.resolve(source.return?.()).catch(ignore)
        throw error
      }
      this.#sendFragment(NO_BYTES, { fin: true, binary, compress })
    } catch (error) {
      if (begun) void this.#connection.close(StatusCode.INTERNAL_ERROR)
      throw error
    } finally {
      this.#passTurn()
    }
  }

  /** Waits until there is room below the high-water mark. See `Connection.drained`. */
  drained(signal: AbortSignal | undefined): Promise<void> {
    const waiter = new Deferred<void>(signal)
    const { state } = this.#transport.session
    if (this.#isLost()) waiter.reject(this.#closedError())
    else if (!this.isHigh || state === 'closed') waiter.resolve()
    else this.#awaitDrained(waiter)
    return waiter.promise
  }

  /** Tells who waits, when there is room. */
  outputLeft(): void {
    if (this.isHigh || this.#isLost()) return
    for (const waiter of this.#takeDrainWaiters()) waiter.resolve()
  }

  /** The connection has ended. */
  end(outcome: CloseOutcome): void {
    this.#outcome = outcome
    this.socketClosed()
  }

  /** Nothing more will leave. */
  socketClosed(): void {
    for (const waiter of this.#takeDrainWaiters()) {
      if (this.#isLost()) waiter.reject(this.#closedError())
      else waiter.resolve()
    }
    this.#part?.reject(this.#closedError())
  }

  #awaitDrained(waiter: Deferred<void>): void {
    if (this.#drainWaiters === null) this.#drainWaiters = [waiter]
    else this.#drainWaiters.push(waiter)
    this.#transport.outputWaiter = this
  }

  #takeDrainWaiters(): Deferred<void>[] {
    const waiters = this.#drainWaiters ?? []
    this.#drainWaiters = null
    this.#transport.outputWaiter = null
    return waiters
  }

  #isLost(): boolean {
    return this.notSent > 0 || this.#transport.outputWasLost
  }

  #closedError(): ConnectionClosedError {
    const { notSent } = this
    const what =
      notSent === 0
        ? 'the connection closed'
        : `${notSent} messages were not sent, as the connection was closing`
    return new ConnectionClosedError(what, this.#outcome ?? undefined)
  }

  /** Counts a message that is not sent; a wrong argument still throws. */
  #refuse(data: Sendable): false {
    prepare(data, undefined)
    this.notSent++
    if (notSentChannel.hasSubscribers) notSentChannel.publish({ connection: this.#connection, data })
    return false
  }

  #queue(waiting: Waiting[], data: Sendable, options: SendOptions | undefined): void {
    const prepared = prepare(data, options)
    waiting.push({ data: prepared, options })
    this.#waitingSize += sizeOf(prepared)
  }

  #sendFragment(data: string | Uint8Array, options: FragmentOptions): void {
    const { isOpen, session } = this.#transport
    if (!isOpen || !session.sendFragment(data, options)) throw this.#closedError()
    this.#transport.outputAdded()
  }

  /** The next part, unless the signal or the end of the connection comes first. */
  #pull(source: PartIterator, signal: AbortSignal | undefined): Promise<IteratorResult<string | Uint8Array>> {
    const part = new Deferred<IteratorResult<string | Uint8Array>>(signal)
    this.#part = part
    if (this.#transport.isGone) part.reject(this.#closedError())
    else part.follow(Promise.resolve(source.next()))
    return part.promise
  }

  async #takeTurn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting === null) {
      this.#waiting = []
      return
    }
    const turn = new Deferred<void>(signal)
    this.#waiting.push(turn)
    await turn.promise
  }

  /** A message has been sent in parts: sends what waited behind it, up to the next such message. */
  #passTurn(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = null
    for (const [index, entry] of waiting.entries()) {
      if (entry instanceof Deferred) {
        if (entry.settled) continue
        this.#waiting = waiting.slice(index + 1)
        entry.resolve()
        return
      }
      this.#waitingSize -= sizeOf(entry.data)
      const { isOpen, session } = this.#transport
      if (isOpen && session.sendMessage(entry.data, entry.options)) this.#transport.outputAdded()
      else this.#refuse(entry.data)
    }
  }
}

type PartIterator = AsyncIterator<string | Uint8Array> | Iterator<string | Uint8Array>

function iterate(parts: MessageParts): PartIterator {
  if (Symbol.asyncIterator in parts) return parts[Symbol.asyncIterator]()
  if (typeof parts !== 'string' && Symbol.iterator in parts) return parts[Symbol.iterator]()
  throw new TypeError(`the parts of a message must be iterable, but were ${String(parts)}`)
}

function prepare(data: Sendable, options: SendOptions | undefined): Message | PreparedMessage {
  const isMessage = data instanceof Message || data instanceof PreparedMessage
  return isMessage ? data : prepareMessage(data, { binary: options?.binary })
}

function sizeOf(message: Message | PreparedMessage): number {
  return message instanceof Message ? message.size : message.payload.length
}

function ignore(): void {
  // The error that matters is on its way already.
}
