/**
 * One message on its way through a stream off the event loop, piece by piece: the limit and the budget hold while it
 * inflates, whatever its ratio.
 */
import type { Account, Budget } from './budget.ts'
import { EMPTY, join } from './bytes.ts'
import type { Codec, InflateFailure, Inflater } from './codec.ts'
import type { History } from './history.ts'
import { isOver, StreamCount } from './streams.ts'
import { LAST_BLOCK } from './tail.ts'

/**
 * What a stream may hold beside the text that was counted: zlib's window and state (42 KiB), our history (32), a piece
 * that waits to be counted (32), and up to three that zlib has made or is making ahead (96).
 */
const STREAM_BYTES = 212_992

/**
 * While text is handed over it is there three times: in the pieces that zlib made, in one piece, and in the message that
 * it is put into. What is counted for the first two is given back then. (200 connections with a text of 16 MiB each, 64 KiB on the
 * wire: 591 MiB of growth with one counted, 330 with three; `npm run hostile -- --only deflate.many`.)
 */
export const COPIES_HANDED_OVER = 3

/** Begins with the first part and ends with the last; `close` it then. */
export class OffLoopMessage {
  readonly #codec: Codec
  readonly #budget: Budget
  readonly #account: Account
  readonly #history: History
  readonly #streams = new StreamCount()
  #inflater: Inflater | null = null
  /** A stream is over, and none has begun behind it. */
  #ended = false
  /** The last block, which is ours, was written. */
  #lastWritten = false
  /** Compressed bytes that no stream has seen, and those that it saw last. */
  #waiting: Uint8Array[] = []
  #current = EMPTY
  #received = 0
  #size = 0
  #closed = false
  /** `inflate` stopped at `atMost`, and there may be more. */
  more = false

  /**
   * `history` is what back-references of the message may reach; it grows with the message. `giveUp` closes the message, whose bytes
   * others have waited for.
   */
  constructor(options: { codec: Codec; budget: Budget }, history: History, giveUp: () => void) {
    this.#codec = options.codec
    this.#budget = options.budget
    this.#account = options.budget.open(giveUp)
    this.#history = history
  }

  /** Waits for the memory that a stream needs; false: closed meanwhile. */
  reserve(): Promise<boolean> {
    return this.#account.take(STREAM_BYTES)
  }

  /** Adds compressed bytes, which now belong to the message; the last ones with the tail. */
  add(bytes: Uint8Array): void {
    this.#account.goOn()
    this.#received += bytes.length
    this.#waiting.push(bytes)
  }

  /** The plain text of what was added, or `atMost` bytes of it and what one piece has more. `fin`: all is added. */
  async inflate(fin: boolean, limit: number, atMost: number): Promise<Uint8Array | InflateFailure> {
    const pieces: Uint8Array[] = []
    let length = 0
    this.more = false
    // Who takes the text in portions does not let it pile up.
    const pilesUp = atMost === Number.POSITIVE_INFINITY
    while (length < atMost) {
      const piece = await this.#budget.run(() => this.#next(fin))
      if (this.#closed) return 'internal'
      if (piece === 'needs-input' || piece === 'over') {
        if (pilesUp) this.#account.give((COPIES_HANDED_OVER - 1) * length)
        if (!fin) this.#account.stall()
        return join(pieces)
      }
      if (typeof piece === 'string') return piece
      this.#size += piece.length
      if (this.#size > limit) return 'too-big'
      this.#history.append(piece)
      pieces.push(piece)
      length += piece.length
      if (pilesUp && !(await this.#account.take(COPIES_HANDED_OVER * piece.length))) return 'internal'
    }
    this.more = true
    return join(pieces)
  }

  /** Gives everything back; an `inflate` under way resolves with whatever. */
  close(): void {
    this.#closed = true
    this.#inflater?.close()
    this.#account.close()
  }

  /** The next piece of plain text; goes on with what was added, and from stream to stream. */
  async #next(fin: boolean): Promise<Uint8Array | 'needs-input' | 'over' | InflateFailure> {
    while (!this.#closed) {
      if (this.#ended) {
        const left = this.#waiting.reduce((sum, { length }) => sum + length, 0)
        if (fin && isOver(left, this.#lastWritten)) return 'over'
        if (left === 0 && !fin) return 'needs-input'
        if (!this.#streams.add(this.#received - left)) return 'too-big'
        this.#ended = false
      }
      this.#inflater ??= this.#codec.createInflater(this.#history.bytes)
      const step = await this.#inflater.read()
      if (step === 'ended') this.#endStream(this.#inflater)
      else if (step !== 'needs-input') return this.#lastWritten ? 'invalid-data' : step
      else if (!this.#write(this.#inflater, fin)) return fin ? 'invalid-data' : step
    }
    return 'internal'
  }

  /** Hands over what was added, and then the last block, by itself: see there. False: there is nothing. */
  #write(inflater: Inflater, fin: boolean): boolean {
    if (fin && this.#waiting.length === 0 && !this.#lastWritten) {
      this.#waiting.push(LAST_BLOCK)
      this.#lastWritten = true
    }
    const next = this.#waiting.shift()
    if (next === undefined) return false
    this.#current = next
    inflater.write(next, this.#lastWritten && this.#waiting.length === 0)
    return true
  }

  /** A block with BFINAL is over: what is left belongs to the next stream. */
  #endStream(inflater: Inflater): void {
    const { unused } = inflater
    inflater.close()
    this.#inflater = null
    this.#ended = true
    if (unused > 0) this.#waiting.unshift(this.#current.subarray(this.#current.length - unused))
  }
}
