/** The codes of DEFLATE (RFC 1951 section 3.2.2), made of the lengths of their words. */

const MAX_BITS = 15
/**
 * Words of up to so many bits, nearly all that occur, are found with one look. 9 cost a tenth more for messages of 1 KiB, as
 * larger tables are made, 7 a twentieth more for long texts of many characters (bench/deflate.ts, "Fragments", Node 20).
 */
const FAST_BITS = 8
const FAST_MASK = (1 << FAST_BITS) - 1

/** What `find` gives: the symbol above, the bits of its word below. */
export const LENGTH_BITS = 4
export const LENGTH_MASK = 15

/** A code: finds the symbol whose word the next bits begin with. */
export class Huffman {
  /** By the next FAST_BITS bits; 0 where the word is longer or is none. */
  readonly #fast = zeros(1 << FAST_BITS)
  /** How many words each length has, and the symbols in the order of their words. */
  readonly #counts = zeros(MAX_BITS + 1)
  readonly #symbols: number[]
  /** Words that could still be given out: 0 for a complete code, below 0 when there are more than can be. */
  readonly #left: number
  readonly #longest: number

  /** @param lengths of the word of each symbol; 0 for a symbol without one */
  constructor(lengths: Uint8Array) {
    const counts = this.#counts
    for (const length of lengths) counts[length] += 1
    counts[0] = 0
    const next = zeros(MAX_BITS + 2)
    const word = zeros(MAX_BITS + 2)
    let left = 1
    let longest = 0
    for (let length = 1; length <= MAX_BITS; length++) {
      const count = counts[length]
      next[length + 1] = next[length] + count
      word[length + 1] = (word[length] + count) << 1
      left = 2 * left - count
      if (count > 0) longest = length
    }
    this.#left = left
    this.#longest = longest
    const symbols = zeros(next[MAX_BITS + 1])
    this.#symbols = symbols
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol]
      if (length === 0) continue
      symbols[next[length]++] = symbol
      if (length <= FAST_BITS) this.#enter(reverse(word[length]++, length), length, symbol)
    }
  }

  /** Every sequence of bits is one of words. */
  get complete(): boolean {
    return this.#left === 0
  }

  /** Complete, or with one word of one bit or none at all, which is taken for the codes of blocks (as zlib does). */
  get usable(): boolean {
    return this.#left === 0 || (this.#left > 0 && this.#longest <= 1)
  }

  /** The symbol and the length of the word that `bits` begin with (their lowest first), as one number; 0 when there is none. */
  find(bits: number): number {
    const found = this.#fast[bits & FAST_MASK]
    return found === 0 ? this.#findLong(bits) : found
  }

  #enter(start: number, length: number, symbol: number): void {
    const fast = this.#fast
    for (let i = start; i <= FAST_MASK; i += 1 << length) fast[i] = (symbol << LENGTH_BITS) | length
  }

  #findLong(bits: number): number {
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length <= this.#longest; length++) {
      code = (code << 1) | ((bits >>> (length - 1)) & 1)
      const count = this.#counts[length]
      if (code - first < count) return (this.#symbols[index + code - first] << LENGTH_BITS) | length
      index += count
      first = (first + count) << 1
    }
    return 0
  }
}

/** 3.1.1: "Huffman codes are packed starting with the most-significant bit of the code." */
function reverse(word: number, length: number): number {
  let reversed = 0
  for (let i = 0; i < length; i++) reversed |= ((word >> i) & 1) << (length - 1 - i)
  return reversed
}

/**
 * No typed arrays: those of this size have their memory beside V8's heap, and a thread of its own gives it back. With them a block with codes
 * of its own took 17 to 20 µs in place of 7 to 9 where the other core was idle, and as much, 5, where it was busy (bench/deflate.ts,
 * "Blocks", in turns, Node 20).
 */
const zeros = (length: number): number[] => new Array<number>(length).fill(0)
