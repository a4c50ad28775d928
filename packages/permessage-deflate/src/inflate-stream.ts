/**
 * Inflates DEFLATE (RFC 1951) as it arrives, in JavaScript and at once. For what Node's zlib has no call for: small fragments,
 * which it inflates only with a trip to a thread for each (docs/decisions/deflate-fragments.md), and windows of less than 32 KiB,
 * which it does not hold a peer to.
 *
 * It stops anywhere between two symbols. What it needs of the bits is read as if zeros followed the input; when more was read
 * than there is, the symbol is put back.
 */
import { EMPTY, join } from './bytes.ts'
import { Huffman, LENGTH_BITS, LENGTH_MASK } from './huffman.ts'

const END_OF_BLOCK = 256
const LITERAL_CODES = 288
const DISTANCE_CODES = 30
/** zlib's limits on what a block may declare: no more than there are symbols. */
const MAX_LITERALS = 286
const MAX_DISTANCES = 30
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
/** 3.2.5: extra bits of the length codes 257 to 285 and the lengths that they begin at, and the same for distances. */
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
]
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
]

const BlockType = { STORED: 0, FIXED: 1, DYNAMIC: 2 } as const

/** One symbol makes no more than this. */
const LONGEST_MATCH = 258
/** The least number of bits at hand after `#fill`: a word and its extra bits (15 and 5), but for those of a distance. At most 30. */
const FILLED = 23
/** Text that `read` gives at once, at most, but for one match. 4 KiB cost a tenth more, 64 KiB no less ("Fragments"). */
const PIECE = 16_384
/** Least memory, for short messages; it grows with the text, to the window and two pieces. */
const LEAST_MEMORY = 2_048

/** Bytes that an inflater may hold: its memory while it grows, and its codes. */
export const INFLATE_STREAM_BYTES = 81_920

/** Zero behind the input. To read behind the end of an array makes all of its reads slower: an eighth of the time for 1 KiB of JSON (Node 20). */
const octetAt = (input: Uint8Array, at: number): number => (at < input.length ? input[at] : 0)

/** What it does next. */
const State = { BLOCK: 0, STORED: 1, SYMBOLS: 2, ENDED: 3, INVALID: 4 } as const
type State = (typeof State)[keyof typeof State]

/**
 * What a block costs before it has made any text: 0.04 µs, and with codes of its own 5 to 6, nearly 150 times as much
 * (bench/deflate.ts, "Blocks", Node 20).
 */
const WORK = { BLOCK: 1, CODES: 128 } as const
/** So much of that `read` does at once, at most: 0.03 to 0.05 ms. */
const WORK_AT_ONCE = 1_024

/** Why there is no more text for now: see `read`. */
export type Stop = 'needs-input' | 'ended' | 'invalid-data' | 'goes-on'

/** One DEFLATE stream after another, over one window. */
export class InflateStream {
  /** What blocks have cost so far, whatever text they have made: grows with the input, 1 for each block, 129 with codes. */
  work = 0
  readonly #window: number
  #state: State = State.BLOCK
  /** The block being read is the stream's last. */
  #final = false
  /** Bytes of a stored block that are still to come. */
  #stored = 0
  #literals: Huffman = FIXED_LITERALS
  #distances: Huffman = FIXED_DISTANCES

  #input: Uint8Array = EMPTY
  #at = 0
  /** Bits of the input before `#at` that were not used, lowest first. */
  #bits = 0
  #count = 0

  /** The window, and behind it the text: `[#given, #end)` is what `read` has not given yet. */
  #memory: Uint8Array
  #given: number
  #end: number

  /** @param history what the first back-references may reach; copied, no longer than the window */
  constructor(windowBits: number, history: Uint8Array = EMPTY) {
    this.#window = 2 ** windowBits
    this.#memory = new Uint8Array(history.length + LEAST_MEMORY)
    this.#memory.set(history)
    this.#given = history.length
    this.#end = history.length
  }

  /** Adds bytes, which stay as they are until they are used. */
  push(bytes: Uint8Array): void {
    const left = this.left
    this.#input = left === 0 ? bytes : join([this.#input.subarray(this.#at), bytes])
    this.#at = 0
  }

  /**
   * The next piece of text, which belongs to the caller. Without one: the stream is over, is none, or needs more input; or it goes
   * on, after many blocks without text.
   */
  read(): Uint8Array | Stop {
    this.#makeRoom()
    const stop = this.#inflate()
    if (this.#end === this.#given) return stop
    const text = this.#memory.slice(this.#given, this.#end)
    this.#given = this.#end
    return text
  }

  /** How many bytes of the input were not used, not even in part. */
  get left(): number {
    return this.#input.length - this.#at
  }

  /** After 'ended': goes on with the stream that follows. */
  nextStream(): void {
    this.#state = State.BLOCK
  }

  /** The last bytes of the text, as far as back-references of what follows may reach: a view. */
  get history(): Uint8Array {
    return this.#memory.subarray(Math.max(0, this.#end - this.#window), this.#end)
  }

  /** All text was given: moves the window to the front when what is behind it becomes short. */
  #makeRoom(): void {
    const excess = this.#end - this.#window
    if (excess < PIECE) return
    this.#memory.copyWithin(0, excess, this.#end)
    this.#end -= excess
    this.#given = this.#end
  }

  /** Makes text until there is a piece, or reason to stop. */
  #inflate(): Stop {
    const enough = this.work + WORK_AT_ONCE
    for (;;) {
      const before = this.#state
      if (this.work >= enough) return 'goes-on'
      if (before === State.ENDED) return 'ended'
      if (before === State.INVALID) return 'invalid-data'
      if (before === State.BLOCK) this.#tryBlock()
      else if (before === State.STORED) this.#copyStored()
      else this.#readSymbols()
      if (this.#state === before) return 'needs-input'
    }
  }

  /** Reads what stands before the data of a block, or nothing when it is not all there. */
  #tryBlock(): void {
    const at = this.#at
    const bits = this.#bits
    const count = this.#count
    const state = this.#readBlock()
    this.#unfill()
    if (this.#at > this.#input.length) {
      this.#at = at
      this.#bits = bits
      this.#count = count
    } else {
      this.#state = state
    }
  }

  #readBlock(): State {
    this.work += WORK.BLOCK
    this.#final = this.#take(1) === 1
    const type = this.#take(2)
    if (type === BlockType.STORED) return this.#readStored()
    if (type === BlockType.DYNAMIC) return this.#readCodes()
    this.#literals = FIXED_LITERALS
    this.#distances = FIXED_DISTANCES
    return type === BlockType.FIXED ? State.SYMBOLS : State.INVALID
  }

  /** 3.2.4: LEN and its one's complement NLEN stand at a byte boundary. */
  #readStored(): State {
    this.#take(this.#count & 7)
    this.#stored = this.#take(16)
    return this.#stored === (this.#take(16) ^ 0xffff) ? State.STORED : State.INVALID
  }

  /** 3.2.7: the codes of a block with dynamic Huffman codes. */
  #readCodes(): State {
    this.work += WORK.CODES
    const literals = this.#take(5) + 257
    const distances = this.#take(5) + 1
    const used = this.#take(4) + 4
    if (literals > MAX_LITERALS || distances > MAX_DISTANCES) return State.INVALID
    const order = new Uint8Array(CODE_LENGTH_ORDER.length)
    for (let i = 0; i < used; i++) order[CODE_LENGTH_ORDER[i]] = this.#take(3)
    const code = new Huffman(order)
    if (!code.complete) return State.INVALID
    const lengths = new Uint8Array(literals + distances)
    for (let i = 0; i < lengths.length; ) {
      const symbol = this.#takeSymbol(code)
      if (symbol < 16) {
        lengths[i++] = symbol
        continue
      }
      // 16 repeats the length before it 3 to 6 times, 17 and 18 stand for 3 to 10 and 11 to 138 zeros.
      const end =
        i + (symbol === 16 ? this.#take(2) + 3 : symbol === 17 ? this.#take(3) + 3 : this.#take(7) + 11)
      if (end > lengths.length || (symbol === 16 && i === 0)) return State.INVALID
      lengths.fill(symbol === 16 ? lengths[i - 1] : 0, i, end)
      i = end
    }
    if (lengths[END_OF_BLOCK] === 0) return State.INVALID
    this.#literals = new Huffman(lengths.subarray(0, literals))
    this.#distances = new Huffman(lengths.subarray(literals))
    return this.#literals.usable && this.#distances.usable ? State.SYMBOLS : State.INVALID
  }

  #copyStored(): void {
    const size = Math.min(this.#stored, this.left, Math.max(0, this.#given + PIECE - this.#end))
    this.#reserve(size)
    this.#memory.set(this.#input.subarray(this.#at, this.#at + size), this.#end)
    this.#end += size
    this.#at += size
    this.#stored -= size
    if (this.#stored === 0) this.#endBlock()
  }

  #endBlock(): void {
    this.#state = this.#final ? State.ENDED : State.BLOCK
    if (!this.#final) return
    // RFC 7692, 7.2.1: 'When any DEFLATE block with the "BFINAL" bit set to 1 doesn't end at a byte boundary, an
    // endpoint MUST add minimal padding bits of 0 to make it end at a byte boundary.'
    this.#bits = 0
    this.#count = 0
  }

  /**
   * Symbol after symbol, its state in variables: the one loop that is run for every symbol. 4 to 8 ns for each byte of JSON
   * (bench/deflate.ts, "Fragments", Node 20).
   */
  #readSymbols(): void {
    const input = this.#input
    const window = this.#window
    const literals = this.#literals
    const distances = this.#distances
    const full = this.#given + PIECE
    let memory = this.#memory
    let at = this.#at
    let bits = this.#bits
    let count = this.#count
    let end = this.#end
    let state: State = State.SYMBOLS
    while (end < full) {
      if (end + LONGEST_MATCH > memory.length) {
        this.#end = end
        this.#reserve(LONGEST_MATCH)
        memory = this.#memory
      }
      const symbolAt = at
      const symbolBits = bits
      const symbolCount = count
      for (; count < FILLED; count += 8) bits |= octetAt(input, at++) << count
      const found = literals.find(bits)
      const symbol = found >> LENGTH_BITS
      bits >>>= found & LENGTH_MASK
      count -= found & LENGTH_MASK
      let length = 0
      let distance = 0
      if (symbol < END_OF_BLOCK) {
        if (found === 0) state = State.INVALID
      } else if (symbol > END_OF_BLOCK) {
        const lengthExtra = LENGTH_EXTRA[symbol - END_OF_BLOCK - 1]
        length = LENGTH_BASE[symbol - END_OF_BLOCK - 1] + (bits & ((1 << lengthExtra) - 1))
        bits >>>= lengthExtra
        count -= lengthExtra
        for (; count < FILLED; count += 8) bits |= octetAt(input, at++) << count
        const word = distances.find(bits)
        const code = word >> LENGTH_BITS
        bits >>>= word & LENGTH_MASK
        count -= word & LENGTH_MASK
        for (; count < FILLED; count += 8) bits |= octetAt(input, at++) << count
        const distanceExtra = DISTANCE_EXTRA[code]
        distance = DISTANCE_BASE[code] + (bits & ((1 << distanceExtra) - 1))
        bits >>>= distanceExtra
        count -= distanceExtra
        // A length code of 286 or 287, a distance code of 30 or 31, or no word at all: none of them stands for anything.
        const known = symbol - END_OF_BLOCK <= LENGTH_BASE.length && word !== 0 && code < DISTANCE_CODES
        if (!known || distance > window || distance > end) state = State.INVALID
      }
      if (at > input.length && at * 8 - count > input.length * 8) {
        // More was read than there is: the symbol is put back.
        at = symbolAt
        bits = symbolBits
        count = symbolCount
        state = State.SYMBOLS
        break
      }
      if (state === State.INVALID) break
      if (symbol < END_OF_BLOCK) {
        memory[end++] = symbol
      } else if (symbol === END_OF_BLOCK) {
        state = State.BLOCK
        break
      } else {
        for (const stop = end + length; end < stop; end++) memory[end] = memory[end - distance]
      }
    }
    this.#at = at
    this.#bits = bits
    this.#count = count
    this.#end = end
    this.#unfill()
    if (state === State.BLOCK) this.#endBlock()
    else this.#state = state
  }

  /** Memory for so many bytes more. */
  #reserve(size: number): void {
    if (this.#end + size <= this.#memory.length) return
    const most = this.#window + 2 * PIECE + LONGEST_MATCH
    const memory = new Uint8Array(Math.min(most, Math.max(2 * this.#memory.length, this.#end + size)))
    memory.set(this.#memory.subarray(0, this.#end))
    this.#memory = memory
  }

  #fill(): void {
    for (; this.#count < FILLED; this.#count += 8)
      this.#bits |= octetAt(this.#input, this.#at++) << this.#count
  }

  /** Gives whole octets back that were read ahead. */
  #unfill(): void {
    const octets = this.#count >> 3
    this.#at -= octets
    this.#count -= 8 * octets
    this.#bits &= (1 << this.#count) - 1
  }

  #take(count: number): number {
    this.#fill()
    const value = this.#bits & ((1 << count) - 1)
    this.#bits >>>= count
    this.#count -= count
    return value
  }

  #takeSymbol(code: Huffman): number {
    this.#fill()
    const found = code.find(this.#bits)
    this.#take(found & LENGTH_MASK)
    return found >> LENGTH_BITS
  }
}

const FIXED_DISTANCES = /* @__PURE__ */ new Huffman(/* @__PURE__ */ new Uint8Array(DISTANCE_CODES).fill(5))

/** 3.2.6: words of 8, 9, 7 and 8 bits. */
const FIXED_LITERALS = /* @__PURE__ */ makeFixedLiterals()

function makeFixedLiterals(): Huffman {
  const lengths = new Uint8Array(LITERAL_CODES).fill(8).fill(9, 144, 256).fill(7, 256, 280)
  return new Huffman(lengths)
}
