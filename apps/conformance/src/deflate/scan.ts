/**
 * Reads a DEFLATE stream (RFC 1951) for one purpose: how far its back-references reach. zlib cannot be asked that, and a decoder with a
 * full window accepts what a peer with the agreed small one could not. Plain and slow; made for short messages.
 */

export interface DeflateScan {
  /** Octets that the stream stands for. */
  readonly length: number
  /** The farthest distance of all back-references; 0: none. */
  readonly farthest: number
  /** A back-reference reaches before the first octet: it needs the context of an earlier message. */
  readonly needsContext: boolean
}

interface Huffman {
  /** How many codes of each length there are. */
  readonly counts: Uint16Array
  /** Symbols in the order of their codes. */
  readonly symbols: Uint16Array
}

const MAX_BITS = 15
const END_OF_BLOCK = 256
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
]
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12_289, 16_385, 24_577,
]
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Scans the payload of a compressed message, without the four octets that the sender removed; null when it is no DEFLATE stream. */
export function scanDeflate(payload: Uint8Array): DeflateScan | null {
  try {
    return new Scanner(Buffer.concat([payload, Uint8Array.of(0, 0, 0xff, 0xff)])).scan()
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

class Scanner {
  readonly #octets: Uint8Array
  /** The next bit, counted from the first octet's lowest. */
  #at = 0
  #length = 0
  #farthest = 0
  #needsContext = false

  constructor(octets: Uint8Array) {
    this.#octets = octets
  }

  scan(): DeflateScan {
    while (this.#at + 3 <= this.#octets.length * 8) {
      this.#bits(1)
      const type = this.#bits(2)
      if (type === 0) this.#stored()
      else if (type === 1) this.#compressed(FIXED_LITERALS, FIXED_DISTANCES)
      else if (type === 2) this.#dynamic()
      else throw new RangeError('a block of the reserved type')
    }
    return { length: this.#length, farthest: this.#farthest, needsContext: this.#needsContext }
  }

  #bits(count: number): number {
    let value = 0
    for (let bit = 0; bit < count; bit++, this.#at++) {
      const octet = this.#octets.at(this.#at >> 3)
      if (octet === undefined || this.#at >= this.#octets.length * 8)
        throw new RangeError('the stream is cut off')
      value |= ((octet >> (this.#at & 7)) & 1) << bit
    }
    return value
  }

  #stored(): void {
    this.#at = (this.#at + 7) & ~7
    const length = this.#bits(16)
    this.#bits(16)
    this.#at += length * 8
    this.#length += length
  }

  #dynamic(): void {
    const literals = this.#bits(5) + 257
    const distances = this.#bits(5) + 1
    const codes = this.#bits(4) + 4
    const codeLengths = new Uint8Array(CODE_LENGTH_ORDER.length)
    for (let i = 0; i < codes; i++) codeLengths[CODE_LENGTH_ORDER[i]] = this.#bits(3)
    const lengths = this.#readLengths(makeHuffman(codeLengths), literals + distances)
    this.#compressed(makeHuffman(lengths.subarray(0, literals)), makeHuffman(lengths.subarray(literals)))
  }

  #readLengths(code: Huffman, count: number): Uint8Array {
    const lengths = new Uint8Array(count)
    for (let at = 0; at < count; ) {
      const symbol = this.#symbol(code)
      if (symbol < 16) {
        lengths[at++] = symbol
        continue
      }
      const repeated = symbol === 16 ? lengths[at - 1] : 0
      const times = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7)
      lengths.fill(repeated, at, at + times)
      at += times
    }
    return lengths
  }

  #compressed(literals: Huffman, distances: Huffman): void {
    for (;;) {
      const symbol = this.#symbol(literals)
      if (symbol === END_OF_BLOCK) return
      if (symbol < END_OF_BLOCK) {
        this.#length++
        continue
      }
      const index = symbol - END_OF_BLOCK - 1
      const length = LENGTH_BASE[index] + this.#bits(LENGTH_EXTRA[index])
      const code = this.#symbol(distances)
      const distance = DISTANCE_BASE[code] + this.#bits(DISTANCE_EXTRA[code])
      this.#farthest = Math.max(this.#farthest, distance)
      this.#needsContext ||= distance > this.#length
      this.#length += length
    }
  }

  #symbol({ counts, symbols }: Huffman): number {
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= this.#bits(1)
      const count = counts[length]
      if (code - count < first) return symbols[index + (code - first)]
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw new RangeError('a code that stands for nothing')
  }
}

/** RFC 1951 3.2.2: codes follow from their lengths alone. */
function makeHuffman(lengths: Uint8Array): Huffman {
  const counts = new Uint16Array(MAX_BITS + 1)
  for (const length of lengths) if (length > 0) counts[length]++
  const offsets = new Uint16Array(MAX_BITS + 2)
  for (let length = 1; length <= MAX_BITS; length++) offsets[length + 1] = offsets[length] + counts[length]
  const symbols = new Uint16Array(lengths.length)
  for (const [symbol, length] of lengths.entries()) if (length > 0) symbols[offsets[length]++] = symbol
  return { counts, symbols }
}

/** RFC 1951 3.2.6. */
const FIXED_LITERALS = makeHuffman(
  Uint8Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  ),
)
const FIXED_DISTANCES = makeHuffman(new Uint8Array(30).fill(5))
