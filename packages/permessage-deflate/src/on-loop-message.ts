/**
 * One message that is inflated in JavaScript, at once as it arrives: its fragments are small, so that a trip to a thread for each
 * would cost more, or it has to keep to a window that zlib does not hold it to. What turns out to be much text is inflated in turns,
 * between which the event loop does other things.
 */
import type { Account, Budget } from './budget.ts'
import { join } from './bytes.ts'
import type { InflateFailure } from './codec.ts'
import { INFLATE_STREAM_BYTES, InflateStream } from './inflate-stream.ts'
import { COPIES_HANDED_OVER } from './off-loop-message.ts'
import { isOver, StreamCount } from './streams.ts'
import { LAST_BLOCK } from './tail.ts'

/** Text that is made in one turn, in 0.25 (JSON) to 0.9 ms (many characters; bench/deflate.ts, "Fragments", Node 20). */
const TURN = 65_536
/**
 * What blocks may cost in one turn, by `InflateStream.work`, however many fragments they come in: some 0.3 ms.
 * (8 MiB of empty blocks with codes of their own held the process for 10 seconds when only text was counted:
 * `npm run hostile -- --only deflate.blocks`.)
 */
const WORK_OF_TURN = 8_192

/** Begins with the first part and ends with the last; `close` it then. */
export class OnLoopMessage {
  readonly #stream: InflateStream
  readonly #streams = new StreamCount()
  readonly #account: Account
  #received = 0
  #size = 0
  /** Text that `inflate` has made and not given yet. */
  #pieces: Uint8Array[] = []
  #made = 0
  /** Bytes that the budget has still to grant for it, and those that it gets back when it is handed over. */
  #owed = 0
  #lent = 0
  /** What blocks had cost when this turn began. */
  #workBefore = 0
  #closed = false
  /** The last block, which is ours, was pushed. */
  #lastPushed = false
  /** `inflate` stopped at `atMost`, and there may be more. */
  more = false

  /** `history` is what its back-references may reach; copied. `giveUp` closes the message, whose bytes others have waited for. */
  constructor(
    options: { budget: Budget; windowBits: number },
    history: Uint8Array | undefined,
    giveUp: () => void,
  ) {
    this.#account = options.budget.open(giveUp)
    this.#stream = new InflateStream(options.windowBits, history)
  }

  /** Takes the memory that it needs; false: there is none now. */
  reserveNow(): boolean {
    return this.#account.takeNow(INFLATE_STREAM_BYTES)
  }

  /** Waits for the memory that it needs; false: closed meanwhile. */
  reserve(): Promise<boolean> {
    return this.#account.take(INFLATE_STREAM_BYTES)
  }

  /** What back-references of the next message may reach: a view. */
  get history(): Uint8Array {
    return this.#stream.history
  }

  /** Adds compressed bytes, which now belong to the message; the last ones with the tail. */
  add(bytes: Uint8Array): void {
    this.#account.goOn()
    this.#received += bytes.length
    this.#stream.push(bytes)
  }

  /** The plain text of what was added, or `atMost` bytes of it and what one piece has more. `fin`: all is added. */
  inflate(
    fin: boolean,
    limit: number,
    atMost: number,
  ): Uint8Array | InflateFailure | Promise<Uint8Array | InflateFailure> {
    this.more = false
    return this.#takeTurn(fin, limit, atMost) ?? this.#takeTurns(fin, limit, atMost)
  }

  /** Gives everything back; an `inflate` under way resolves with whatever. */
  close(): void {
    this.#closed = true
    this.#account.close()
  }

  async #takeTurns(fin: boolean, limit: number, atMost: number): Promise<Uint8Array | InflateFailure> {
    for (;;) {
      if (this.#owed > 0 && !(await this.#account.take(this.#owed))) return 'internal'
      this.#owed = 0
      await nextTurn()
      if (this.#closed) return 'internal'
      this.#workBefore = this.#stream.work
      const text = this.#takeTurn(fin, limit, atMost)
      if (text !== null) return text
    }
  }

  /** Goes on until there is an answer; null when it takes another turn. */
  #takeTurn(fin: boolean, limit: number, atMost: number): Uint8Array | InflateFailure | null {
    const end = this.#made + TURN
    while (this.#made < end && this.#stream.work - this.#workBefore < WORK_OF_TURN) {
      const step = this.#stream.read()
      if (step === 'needs-input') {
        if (!fin) return this.#stall()
        if (this.#lastPushed) return 'invalid-data'
        this.#stream.push(LAST_BLOCK)
        this.#lastPushed = true
      } else if (step === 'ended') {
        const { left } = this.#stream
        if (fin && isOver(left, this.#lastPushed)) return this.#give()
        if (left === 0 && !fin) return this.#stall()
        if (!this.#streams.add(this.#received - left)) return 'too-big'
        this.#stream.nextStream()
      } else if (step === 'invalid-data') return step
      else if (step === 'goes-on') continue
      else if (this.#lastPushed) return 'invalid-data'
      else if (!this.#keep(step, limit)) return 'too-big'
      else if (this.#made >= atMost) {
        this.more = true
        return this.#give()
      } else if (atMost === Number.POSITIVE_INFINITY && !this.#payFor(step.length)) return null
    }
    return null
  }

  #keep(piece: Uint8Array, limit: number): boolean {
    this.#size += piece.length
    this.#made += piece.length
    this.#pieces.push(piece)
    return this.#size <= limit
  }

  /** Who takes the text in portions does not let it pile up, and does not pay; false: the budget has to be waited for. */
  #payFor(length: number): boolean {
    const bytes = COPIES_HANDED_OVER * length
    this.#lent += bytes - length
    if (this.#account.takeNow(bytes)) return true
    this.#owed = bytes
    return false
  }

  /** All there is, until the peer sends more. */
  #stall(): Uint8Array {
    this.#account.stall()
    return this.#give()
  }

  #give(): Uint8Array {
    if (this.#lent > 0) this.#account.give(this.#lent)
    this.#lent = 0
    const text = join(this.#pieces)
    this.#pieces = []
    this.#made = 0
    return text
  }
}

/** Resolves when the event loop has been round. */
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
