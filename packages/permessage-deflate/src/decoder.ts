/**
 * Payloads of compressed messages back into plain text (RFC 7692 section 7.2.2).
 *
 * A message that arrives in one small frame is inflated at once by the codec. One that begins with a small fragment is inflated at
 * once too, fragment by fragment, and so is all that has to keep to a smaller window than the codec's (`on-loop-message.ts`).
 * Everything else goes through a stream off the event loop (`off-loop-message.ts`).
 */

import type { Transformed, TransformFailure } from '@hybi/session'
import type { Account, Budget } from './budget.ts'
import { Collector, EMPTY, join } from './bytes.ts'
import type { Codec, Inflated, InflateFailure } from './codec.ts'
import { History } from './history.ts'
import { OffLoopMessage } from './off-loop-message.ts'
import { OnLoopMessage } from './on-loop-message.ts'
import { MAX_WINDOW_BITS } from './parameters.ts'
import { isOver, StreamCount } from './streams.ts'
import { LAST_BLOCK, TAIL, TAIL_AND_LAST_BLOCK } from './tail.ts'

/**
 * Messages whose text is more than this many times `syncSize` are inflated off the event loop, however small they came. By default
 * these are 256 KiB, inflated in 0.2 ms (bench/deflate.ts, "JSON at once", Node 20).
 */
const SYNC_RATIO = 4
/**
 * A message is inflated fragment by fragment at once when its first one has no more bytes than this: below that JavaScript costs
 * less than a trip to a thread, and there as much (bench/deflate.ts, "Fragments", Node 20).
 */
const SMALL_FRAGMENT = 2_048
/**
 * What arrives for a stream in smaller parts than this is collected, within a frame: each write is a trip to a thread. Without that,
 * 1 MiB in parts of 4 KiB costs half as much again (bench/deflate.ts, "by threads", Node 20).
 */
const WRITE_SIZE = 16_384

/** What a decoder needs to know. */
export interface DecoderOptions {
  readonly codec: Codec
  readonly budget: Budget
  /** Pays for the context, for as long as the connection lives. */
  readonly contexts: Account
  readonly windowBits: number
  readonly takeover: boolean
  readonly syncSize: number
}

/** Turns the parts of compressed messages into plain text, in order. */
export class Decoder {
  readonly #options: DecoderOptions
  /** Whether the peer has agreed to a window that the codec does not hold it to. */
  readonly #limited: boolean
  readonly #collected = new Collector()
  /** The window that the next message starts with; only with context takeover. */
  #context: History | null = null
  #message: OffLoopMessage | OnLoopMessage | null = null
  /** What is answered from now on: a message had to give up, or the connection is over. */
  #over: TransformFailure | null = null
  /** Is called when a message had to give up, for others: see Budget. */
  gaveUp: (() => void) | null = null

  constructor(options: DecoderOptions) {
    this.#options = options
    this.#limited = options.windowBits < MAX_WINDOW_BITS
  }

  /** True while the last `decode` has more to give than it was asked for at once. */
  get more(): boolean {
    return this.#message?.more ?? false
  }

  /** See MessageTransform and DeflateTransform. */
  decode(part: Uint8Array, frameEnd: boolean, fin: boolean, limit: number, atMost: number): Transformed {
    if (this.#over !== null) return this.#over
    const message = this.#message
    if (message?.more === true) return this.#inflate(message, fin, limit, atMost)
    const { syncSize } = this.#options
    const length = this.#collected.length + part.length
    if (!frameEnd && length <= (message === null ? syncSize : WRITE_SIZE)) {
      this.#collected.append(part)
      return EMPTY
    }
    if (message === null) {
      // Some servers send an empty message as a frame without payload: there is nothing to inflate, and the window
      // stays as it is.
      if (length === 0) return EMPTY
      if (fin && length <= syncSize && !this.#limited)
        return this.#decodeWhole(this.#gather(part, TAIL_AND_LAST_BLOCK), limit, atMost)
      return this.#begin(this.#gather(part, fin ? TAIL : null), fin, limit, atMost)
    }
    if (length === 0 && !fin) return EMPTY
    message.add(this.#gather(part, fin ? TAIL : null))
    return this.#inflate(message, fin, limit, atMost)
  }

  /** The connection is over. */
  release(): void {
    this.#over = { failure: 'internal' }
    this.#endMessage()
    this.#context = null
  }

  /** What was collected and the part behind it; at the end of a message with what belongs behind it. */
  #gather(part: Uint8Array, tail: Uint8Array | null): Uint8Array {
    const parts = this.#collected.length > 0 ? [this.#collected.take(), part] : [part]
    return join(tail === null ? parts : [...parts, tail])
  }

  #giveUp(): void {
    this.#over = { failure: 'too-big' }
    this.#endMessage()
    this.gaveUp?.()
  }

  #endMessage(): void {
    this.#message?.close()
    this.#message = null
    this.#collected.take()
  }

  #decodeWhole(stream: Uint8Array, limit: number, atMost: number): Transformed {
    if (!this.#takeContext()) return this.#decodeWholeLater(stream, limit, atMost)
    const soon = Math.min(this.#options.syncSize * SYNC_RATIO, atMost)
    const plain = this.#inflateWhole(stream, Math.min(limit, soon))
    // A stored block that is cut short takes for its text what was put behind it, which step by step shows.
    if (plain === 'too-big' ? limit > soon : typeof plain !== 'string' && endsInTail(plain))
      return this.#begin(stream.subarray(0, -LAST_BLOCK.length), true, limit, atMost)
    if (typeof plain === 'string') return { failure: plain }
    this.#context?.append(plain)
    return plain
  }

  async #decodeWholeLater(
    stream: Uint8Array,
    limit: number,
    atMost: number,
  ): Promise<Uint8Array | TransformFailure> {
    return (await this.#waitForContext()) ? this.#decodeWhole(stream, limit, atMost) : { failure: 'internal' }
  }

  /** Inflates a whole message in one call, or several when it holds blocks with BFINAL. */
  #inflateWhole(stream: Uint8Array, limit: number): Uint8Array | InflateFailure {
    const history = this.#context?.bytes
    const first = this.#options.codec.inflate(stream, history, limit)
    if (typeof first === 'string') return first
    if (hasTakenTail(stream, 0, first)) return 'invalid-data'
    return isOver(stream.length - first.consumed, true)
      ? first.bytes
      : this.#inflateStreams(stream, first, history, limit)
  }

  /** Goes on after a block with BFINAL: with a new stream that keeps the window. */
  #inflateStreams(
    bytes: Uint8Array,
    first: Inflated,
    before: Uint8Array | undefined,
    limit: number,
  ): Uint8Array | InflateFailure {
    const { codec, windowBits } = this.#options
    const history = new History(windowBits)
    if (before !== undefined) history.append(before)
    const streams = new StreamCount()
    const pieces = [first.bytes]
    let size = first.bytes.length
    let offset = first.consumed
    history.append(first.bytes)
    while (!isOver(bytes.length - offset, true)) {
      if (!streams.add(offset)) return 'too-big'
      const next = codec.inflate(bytes.subarray(offset), history.bytes, limit - size)
      if (typeof next === 'string') return next
      if (hasTakenTail(bytes, offset, next)) return 'invalid-data'
      history.append(next.bytes)
      pieces.push(next.bytes)
      size += next.bytes.length
      offset += next.consumed
    }
    return join(pieces)
  }

  /** Begins a message that comes in parts, or that may be much text. */
  #begin(bytes: Uint8Array, fin: boolean, limit: number, atMost: number): Transformed {
    const small = !fin && bytes.length <= Math.min(SMALL_FRAGMENT, this.#options.syncSize)
    if ((small || this.#limited) && this.#takeContext()) {
      const message = this.#createOnLoop()
      if (message.reserveNow()) {
        this.#message = message
        message.add(bytes)
        return this.#inflate(message, fin, limit, atMost)
      }
    }
    return this.#beginLater(bytes, fin, limit, atMost)
  }

  /** Whether the context is there, where one is kept, or could be had without waiting. */
  #takeContext(): boolean {
    const { takeover, windowBits, contexts } = this.#options
    if (!takeover || this.#context !== null) return true
    if (!contexts.takeNow(2 ** windowBits)) return false
    this.#context = new History(windowBits)
    return true
  }

  /** Waits for the context, which is not there; false: the connection is over. */
  async #waitForContext(): Promise<boolean> {
    const { windowBits, contexts } = this.#options
    if (!(await contexts.take(2 ** windowBits)) || this.#over !== null) return false
    this.#context = new History(windowBits)
    return true
  }

  /** Begins it off the event loop, or when the budget has room for it. */
  async #beginLater(
    bytes: Uint8Array,
    fin: boolean,
    limit: number,
    atMost: number,
  ): Promise<Uint8Array | TransformFailure> {
    if (!this.#takeContext() && !(await this.#waitForContext())) return { failure: 'internal' }
    const message = this.#limited ? this.#createOnLoop() : this.#createOffLoop()
    this.#message = message
    message.add(bytes)
    if (!(await message.reserve())) return { failure: 'internal' }
    return this.#inflate(message, fin, limit, atMost)
  }

  #createOnLoop(): OnLoopMessage {
    return new OnLoopMessage(this.#options, this.#context?.bytes, () => this.#giveUp())
  }

  #createOffLoop(): OffLoopMessage {
    const history = this.#context ?? new History(this.#options.windowBits)
    return new OffLoopMessage(this.#options, history, () => this.#giveUp())
  }

  #inflate(
    message: OffLoopMessage | OnLoopMessage,
    fin: boolean,
    limit: number,
    atMost: number,
  ): Transformed {
    const plain = message.inflate(fin, limit, atMost)
    return plain instanceof Promise
      ? plain.then((text) => this.#finish(message, text, fin))
      : this.#finish(message, plain, fin)
  }

  #finish(
    message: OffLoopMessage | OnLoopMessage,
    plain: Uint8Array | InflateFailure,
    fin: boolean,
  ): Uint8Array | TransformFailure {
    if (this.#over !== null) return this.#over
    const failed = typeof plain === 'string'
    if (failed || (fin && !message.more)) {
      if (message instanceof OnLoopMessage) this.#context?.replace(message.history)
      this.#endMessage()
    }
    return failed ? { failure: plain } : plain
  }
}

/**
 * Whether a stream that begins with a block with BFINAL (RFC 1951, 3.2.3: its first bit) has taken all that was put behind it: that
 * block was cut short, when it is not the one that we put there.
 */
function hasTakenTail(bytes: Uint8Array, start: number, { consumed }: Inflated): boolean {
  const takesAll = start + consumed === bytes.length && consumed !== LAST_BLOCK.length
  return takesAll && (bytes[start] & 1) === 1
}

/** Whether a text ends as what is put behind payloads does; nearly every one is told by its last octet. */
function endsInTail(plain: Uint8Array): boolean {
  const start = plain.length - TAIL_AND_LAST_BLOCK.length
  for (let i = TAIL_AND_LAST_BLOCK.length - 1; i >= 0; i--)
    if (plain[start + i] !== TAIL_AND_LAST_BLOCK[i]) return false
  return true
}
