/**
 * Holds a peer to the window that was agreed on (RFC 7692 sections 7.1.2.1 and 7.1.2.2): reads DEFLATE blocks
 * (RFC 1951 section 3.2) without inflating them and looks at the distances of the back-references.
 *
 * An inflater cannot be asked to do that: zlib takes any distance that lies within its output buffer, whatever its
 * window. It is used only where a window smaller than 32 KiB was agreed on and a message is longer than it.
 */

const MAX_BITS = 15
const END_OF_BLOCK = 256
const LITERAL_CODES = 288
const DISTANCE_CODES = 30
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
/** Extra bits of length codes 257 to 285, and of distance codes 0 to 29 with the distances they begin at. */
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
]

const BlockType = { STORED: 0, FIXED: 1, DYNAMIC: 2 } as const
const NEEDS_INPUT = -1
const NO_SUCH_CODE = -2

/** Looks at one message's payload as it arrives. */
export class WindowCheck {
  readonly #bits = new BitReader()
  readonly #walk: Generator<void, boolean>
  #done = false
  #within = true

  constructor(windowBits: number) {
    this.#walk = walkBlocks(this.#bits, 2 ** windowBits)
    this.#walk.next()
  }

  /**
   * Takes the next bytes; false once a distance was greater than the window. Data that is no DEFLATE stream ends the
   * check: the inflater refuses it.
   */
  push(bytes: Uint8Array): boolean {
    if (this.#done) return this.#within
    this.#bits.feed(bytes)
    const step = this.#walk.next()
    if (step.done === true) {
      this.#done = true
      this.#within = step.value
    }
    return this.#within
  }
}

/** Walks over blocks for ever; returns true when they are no DEFLATE stream, false at a distance that is too great. */
function* walkBlocks(bits: BitReader, window: number): Generator<void, boolean> {
  for (;;) {
    while (!bits.has(3)) yield
    const final = bits.take(1) === 1
    const type = bits.take(2)
    if (type === BlockType.STORED) {
      bits.alignToByte()
      while (!bits.has(16)) yield
      let left = bits.take(16)
      while (!bits.has(16)) yield
      bits.take(16)
      for (left = bits.skipBytes(left); left > 0; left = bits.skipBytes(left)) yield
    } else if (type === BlockType.FIXED || type === BlockType.DYNAMIC) {
      const codes = type === BlockType.FIXED ? fixedCodes() : yield* readCodes(bits)
      if (codes === null) return true
      const within = yield* walkSymbols(bits, codes, window)
      if (within !== null) return within
    } else return true
    // RFC 7692, 7.2.1: 'When any DEFLATE block with the "BFINAL" bit set to 1 doesn't end at a byte boundary, an
    // endpoint MUST add minimal padding bits of 0 to make it end at a byte boundary.'
    if (final) bits.alignToByte()
  }
}

interface Codes {
  readonly literals: Huffman
  readonly distances: Huffman
}

/** One compressed block up to its end: null when it ended, else what {@link walkBlocks} returns. */
function* walkSymbols(bits: BitReader, codes: Codes, window: number): Generator<void, boolean | null> {
  for (;;) {
    let symbol = bits.decode(codes.literals)
    while (symbol === NEEDS_INPUT) {
      yield
      symbol = bits.decode(codes.literals)
    }
    if (symbol === END_OF_BLOCK) return null
    if (symbol === NO_SUCH_CODE) return true
    if (symbol < END_OF_BLOCK) continue
    const lengthBits = LENGTH_EXTRA[symbol - END_OF_BLOCK - 1]
    if (lengthBits === undefined) return true
    while (!bits.has(lengthBits)) yield
    bits.take(lengthBits)
    let code = bits.decode(codes.distances)
    while (code === NEEDS_INPUT) {
      yield
      code = bits.decode(codes.distances)
    }
    const distanceBits = DISTANCE_EXTRA[code]
    if (distanceBits === undefined) return true
    while (!bits.has(distanceBits)) yield
    if (DISTANCE_BASE[code] + bits.take(distanceBits) > window) return false
  }
}

/** RFC 1951, 3.2.7: the codes of a block with dynamic Huffman codes; null when they are none. */
function* readCodes(bits: BitReader): Generator<void, Codes | null> {
  while (!bits.has(14)) yield
  const literalCount = bits.take(5) + 257
  const distanceCount = bits.take(5) + 1
  const lengthCount = bits.take(4) + 4
  const order = new Uint8Array(CODE_LENGTH_ORDER.length)
  for (let i = 0; i < lengthCount; i++) {
    while (!bits.has(3)) yield
    order[CODE_LENGTH_ORDER[i]] = bits.take(3)
  }
  const lengthCodes = new Huffman(order)
  const lengths = new Uint8Array(literalCount + distanceCount)
  for (let i = 0; i < lengths.length; ) {
    const symbol = bits.decode(lengthCodes)
    if (symbol === NEEDS_INPUT) {
      yield
      continue
    }
    if (symbol === NO_SUCH_CODE) return null
    if (symbol < 16) {
      lengths[i++] = symbol
      continue
    }
    // 16 repeats the length before it 3 to 6 times, 17 and 18 stand for 3 to 10 and 11 to 138 zeros.
    const extra = symbol === 16 ? 2 : symbol === 17 ? 3 : 7
    while (!bits.has(extra)) yield
    const end = i + bits.take(extra) + (symbol === 18 ? 11 : 3)
    if (end > lengths.length || (symbol === 16 && i === 0)) return null
    lengths.fill(symbol === 16 ? lengths[i - 1] : 0, i, end)
    i = end
  }
  return {
    literals: new Huffman(lengths.subarray(0, literalCount)),
    distances: new Huffman(lengths.subarray(literalCount)),
  }
}

/** RFC 1951, 3.2.6. */
function fixedCodes(): Codes {
  const lengths = new Uint8Array(LITERAL_CODES)
    .fill(8, 0, 144)
    .fill(9, 144, 256)
    .fill(7, 256, 280)
    .fill(8, 280)
  return { literals: new Huffman(lengths), distances: new Huffman(new Uint8Array(DISTANCE_CODES).fill(5)) }
}

/** A canonical Huffman code (RFC 1951, 3.2.2): how many codes each length has, and the symbols in order of code. */
class Huffman {
  readonly counts = new Uint16Array(MAX_BITS + 1)
  readonly symbols: Uint16Array

  constructor(lengths: Uint8Array) {
    for (const length of lengths) this.counts[length] += 1
    this.counts[0] = 0
    const next = new Uint16Array(MAX_BITS + 2)
    for (let length = 1; length <= MAX_BITS; length++) next[length + 1] = next[length] + this.counts[length]
    this.symbols = new Uint16Array(lengths.length)
    for (let symbol = 0; symbol < lengths.length; symbol++)
      if (lengths[symbol] > 0) this.symbols[next[lengths[symbol]]++] = symbol
  }
}

/** Bits of a stream of bytes, least significant first (RFC 1951, 3.1.1). */
class BitReader {
  #bytes: Uint8Array = new Uint8Array(0)
  #offset = 0
  #bits = 0
  #count = 0

  feed(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.#offset = 0
  }

  /** Whether `count` bits, at most 16, are there. */
  has(count: number): boolean {
    while (this.#count < count) {
      if (this.#offset === this.#bytes.length) return false
      this.#bits |= this.#bytes[this.#offset++] << this.#count
      this.#count += 8
    }
    return true
  }

  take(count: number): number {
    const value = this.#bits & ((1 << count) - 1)
    this.#bits >>>= count
    this.#count -= count
    return value
  }

  alignToByte(): void {
    this.take(this.#count & 7)
  }

  /** Leaves out whole bytes, at a byte boundary; returns how many of them have not arrived. */
  skipBytes(count: number): number {
    const skipped = Math.min(count, this.#bytes.length - this.#offset)
    this.#offset += skipped
    return count - skipped
  }

  /** The next symbol, NEEDS_INPUT (nothing is taken) or NO_SUCH_CODE. */
  decode(huffman: Huffman): number {
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length <= MAX_BITS; length++) {
      if (!this.has(length)) return NEEDS_INPUT
      code = (code << 1) | ((this.#bits >>> (length - 1)) & 1)
      const count = huffman.counts[length]
      if (code - first < count) {
        this.take(length)
        return huffman.symbols[index + code - first]
      }
      index += count
      first = (first + count) << 1
    }
    return NO_SUCH_CODE
  }
}
