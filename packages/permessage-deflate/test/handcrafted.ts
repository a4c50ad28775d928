/** DEFLATE written by hand (RFC 1951), to say what no compressor would. */

/** One block with fixed Huffman codes: bytes as literals, and back-references. */
export type Token = { literal: number } | { length: number; distance: number }

/** Writes one block; the result ends at a byte boundary when `final`, and with a sync flush's 00 when not. */
export function fixedBlock(tokens: readonly Token[], final = false): Uint8Array {
  const bits: number[] = []
  const low = (value: number, count: number) => {
    for (let i = 0; i < count; i++) bits.push((value >>> i) & 1)
  }
  const high = (code: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) bits.push((code >>> i) & 1)
  }
  const symbol = (value: number) => {
    if (value < 144) high(0x30 + value, 8)
    else if (value < 256) high(0x190 + value - 144, 9)
    else if (value < 280) high(value - 256, 7)
    else high(0xc0 + value - 280, 8)
  }
  low(final ? 1 : 0, 1)
  low(1, 2)
  for (const token of tokens) {
    if ('literal' in token) {
      symbol(token.literal)
      continue
    }
    // Length 3 to 10 are codes 257 to 264, without extra bits.
    symbol(254 + token.length)
    const [code, base, extra] = distanceCode(token.distance)
    high(code, 5)
    low(token.distance - base, extra)
  }
  symbol(256)
  // The header of the empty stored block that a sync flush ends with; the padding of the byte is zero.
  if (!final) low(0, 3)
  const bytes = new Uint8Array(Math.ceil(bits.length / 8))
  for (const [i, bit] of bits.entries()) bytes[i >>> 3] |= bit << (i & 7)
  return bytes
}

function distanceCode(distance: number): [code: number, base: number, extra: number] {
  let base = 1
  for (let code = 0; code < 30; code++) {
    const extra = code < 4 ? 0 : (code >>> 1) - 1
    if (distance < base + 2 ** extra) return [code, base, extra]
    base += 2 ** extra
  }
  throw new RangeError(`no code for distance ${distance}`)
}

/** So many different literals, then a reference of three bytes that goes back `distance`. */
export function reachingBack(distance: number): Uint8Array {
  const tokens: Token[] = Array.from({ length: distance }, (_, i) => ({ literal: (i * 31) & 0xff }))
  return fixedBlock([...tokens, { length: 3, distance }])
}

/** Bits as they stand in the stream, one after the other; blanks are free. The last byte is filled with zeros. */
export function bitString(bits: string): Uint8Array {
  const compact = bits.replace(/\s+/g, '')
  const bytes = new Uint8Array(Math.ceil(compact.length / 8))
  for (let i = 0; i < compact.length; i++) bytes[i >>> 3] |= Number(compact[i]) << (i & 7)
  return bytes
}

/** Four blocks without text, each with codes of its own: the dearest that so few bytes can ask for. Ends at a byte boundary. */
export const emptyBlocks: Uint8Array = Buffer.from(
  '04c081000000000090ff6b100007020000000040feaf41001c080000000000f9bf060170200000000000e4ff1a',
  'hex',
)
