/** DEFLATE read bit by bit (RFC 1951), and what RFC 7692, section 7.2.2, makes of a message. */

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
]
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
]
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const TAIL = [0x00, 0x00, 0xff, 0xff]
const END_OF_BLOCK = 256
const LONGEST_CODE = 15

/** Bits ran out: the data are cut short. */
class CutShort extends Error {}
/** The data are not DEFLATE, or reach too far back. */
class Invalid extends Error {}

/** What a message stands for. */
export interface ModelText {
  /** As far as it could be read. */
  readonly text: Uint8Array
  readonly valid: boolean
  /** Blocks with BFINAL. */
  readonly finals: number
  /** It was cut short inside a block with BFINAL. */
  readonly cutInFinal: boolean
}

interface Code {
  /** How many codes there are of each length. */
  readonly counts: readonly number[]
  readonly symbols: readonly number[]
}

class Bits {
  readonly #bytes: Uint8Array
  #at = 0
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }
  get left(): number {
    return 8 * this.#bytes.length - this.#at
  }
  take(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) {
      if (this.left === 0) throw new CutShort()
      value += ((this.#bytes[this.#at >> 3] >> (this.#at & 7)) & 1) << i
      this.#at++
    }
    return value
  }
  align(): void {
    this.#at = (this.#at + 7) & ~7
  }
  /** 3.2.2: codes are packed from their most significant bit on. */
  decode({ counts, symbols }: Code): number {
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length <= LONGEST_CODE; length++) {
      code += this.take(1)
      const count = counts[length]
      if (code - first < count) return symbols[index + code - first]
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw new Invalid('no such code')
  }
}

/** 3.2.2: codes from their lengths. `mayBeSingle`: one code of one bit is allowed to be all there is. */
function makeCode(lengths: readonly number[], mayBeSingle: boolean): Code {
  const counts = Array.from(
    { length: LONGEST_CODE + 1 },
    (_, length) => lengths.filter((own) => own === length).length,
  )
  counts[0] = 0
  let left = 1
  for (let length = 1; length <= LONGEST_CODE; length++) {
    left = 2 * left - counts[length]
    if (left < 0) throw new Invalid('too many codes')
  }
  const used = lengths.filter((length) => length > 0).length
  if (left > 0 && !(mayBeSingle && (used === 0 || (used === 1 && counts[1] === 1))))
    throw new Invalid('too few codes')
  const symbols = [...lengths.keys()]
    .filter((symbol) => lengths[symbol] > 0)
    .sort((a, b) => lengths[a] - lengths[b] || a - b)
  return { counts, symbols }
}

const FIXED_LITERALS = makeCode(
  Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
  false,
)
const FIXED_DISTANCES = makeCode(
  Array.from({ length: 32 }, () => 5),
  false,
)

/** What the payload of a message stands for. `history`: the text before it that may be referred to. */
export function inflateMessage(payload: Uint8Array, windowBits: number, history: Uint8Array): ModelText {
  const text: number[] = [...history]
  let finals = 0
  const bits = new Bits(Uint8Array.of(...payload, ...TAIL))
  let final = false
  const result = (valid: boolean, cutInFinal = false): ModelText => ({
    text: Uint8Array.from(text.slice(history.length)),
    valid,
    finals,
    cutInFinal,
  })
  try {
    for (;;) {
      // 7.2.3.6 is not kept by all: an empty message may be no octet at all.
      final = false
      final = bits.take(1) === 1
      readBlock(bits, text, 2 ** windowBits)
      if (final) {
        finals++
        bits.align()
        // A payload that ends with its block with BFINAL, without the octet that 7.2.3.4 puts behind it.
        if (bits.left === 8 * TAIL.length) return result(true)
      }
      if (bits.left === 0) return result(true)
    }
  } catch (error) {
    if (error instanceof CutShort || error instanceof Invalid)
      return result(false, error instanceof CutShort && final)
    throw error
  }
}

function readBlock(bits: Bits, text: number[], window: number): void {
  switch (bits.take(2)) {
    case 0: {
      bits.align()
      const length = bits.take(16)
      if (bits.take(16) !== (length ^ 0xffff)) throw new Invalid('length of a stored block')
      for (let i = 0; i < length; i++) text.push(bits.take(8))
      return
    }
    case 1:
      readSymbols(bits, text, window, FIXED_LITERALS, FIXED_DISTANCES)
      return
    case 2:
      readSymbols(bits, text, window, ...readCodes(bits))
      return
    default:
      throw new Invalid('type of a block')
  }
}

function readCodes(bits: Bits): [Code, Code] {
  const literals = bits.take(5) + 257
  const distances = bits.take(5) + 1
  const lengthCodes = bits.take(4) + 4
  if (literals > 286 || distances > 30) throw new Invalid('too many symbols')
  const lengths: number[] = Array.from({ length: 19 }, () => 0)
  for (let i = 0; i < lengthCodes; i++) lengths[CODE_LENGTH_ORDER[i]] = bits.take(3)
  const code = makeCode(lengths, false)
  const all: number[] = []
  while (all.length < literals + distances) {
    const symbol = bits.decode(code)
    if (symbol < 16) all.push(symbol)
    else {
      if (symbol === 16 && all.length === 0) throw new Invalid('nothing to repeat')
      const repeated = symbol === 16 ? all[all.length - 1] : 0
      const count = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7)
      for (let i = 0; i < count; i++) all.push(repeated)
    }
  }
  if (all.length > literals + distances) throw new Invalid('too many lengths')
  if (all[END_OF_BLOCK] === 0) throw new Invalid('no end of block')
  return [makeCode(all.slice(0, literals), true), makeCode(all.slice(literals), true)]
}

function readSymbols(bits: Bits, text: number[], window: number, literals: Code, distances: Code): void {
  for (;;) {
    const symbol = bits.decode(literals)
    if (symbol < END_OF_BLOCK) text.push(symbol)
    else if (symbol === END_OF_BLOCK) return
    else {
      const base = LENGTH_BASE[symbol - END_OF_BLOCK - 1]
      if (base === undefined) throw new Invalid('no such length')
      const length = base + bits.take(LENGTH_EXTRA[symbol - END_OF_BLOCK - 1])
      const distanceSymbol = bits.decode(distances)
      const distanceBase = DISTANCE_BASE[distanceSymbol]
      if (distanceBase === undefined) throw new Invalid('no such distance')
      const distance = distanceBase + bits.take(DISTANCE_EXTRA[distanceSymbol])
      if (distance > text.length || distance > window) throw new Invalid('too far back')
      for (let i = 0; i < length; i++) text.push(text[text.length - distance])
    }
  }
}
