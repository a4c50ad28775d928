/** Compressed payloads of the own cases: legal ones by zlib, illegal ones by hand. */
import { constants, deflateRawSync } from 'node:zlib'
import { octets } from '../step.ts'

const TAIL_LENGTH = 4

/** The payload of a compressed message (RFC 7692 7.2.1). `context`: plain octets sent before that it may refer to. */
export function deflated(payload: Uint8Array | string, context?: Uint8Array | string): Uint8Array {
  const stream = deflateRawSync(octets(payload), {
    finishFlush: constants.Z_SYNC_FLUSH,
    ...(context === undefined ? {} : { dictionary: octets(context) }),
  })
  return new Uint8Array(stream.subarray(0, stream.length - TAIL_LENGTH))
}

/** One stored block, by hand; `complement` wrong makes it no DEFLATE stream. */
export function storedBlock(payload: Uint8Array | string, complement?: number): Uint8Array {
  const content = octets(payload)
  const block = Buffer.alloc(6 + content.length)
  block.writeUInt16LE(content.length, 1)
  block.writeUInt16LE(complement ?? ~content.length & 0xffff, 3)
  block.set(content, 5)
  // 7.2.1: the stream ends with an empty stored block whose length fields are cut off: one octet of header is left.
  return new Uint8Array(block)
}

/** `length` octets of zero, compressed as well as DEFLATE can. */
export const bomb = (length: number): Uint8Array => {
  const stream = deflateRawSync(Buffer.alloc(length), { level: 9, finishFlush: constants.Z_SYNC_FLUSH })
  return new Uint8Array(stream.subarray(0, stream.length - TAIL_LENGTH))
}

/** A literal "a" and a back-reference of three octets at distance 100, before the beginning of everything. */
export const REFERENCE_TO_NOTHING = writeBits([
  [0, 1],
  [1, 2],
  // Literal 0x61: eight bits, most significant first (RFC 1951 3.2.6).
  [reverse(0x30 + 0x61, 8), 8],
  // Length 3 is symbol 257: seven bits.
  [reverse(1, 7), 7],
  // Distance 97 to 128 is symbol 13 with five extra bits: 97 + 3.
  [reverse(13, 5), 5],
  [3, 5],
  // End of block, then the empty stored block without its length fields.
  [0, 7],
  [0, 1],
  [0, 2],
])

function reverse(code: number, length: number): number {
  let reversed = 0
  for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit)
  return reversed
}

/** Values with their numbers of bits, lowest bit first. */
function writeBits(fields: readonly (readonly [value: number, length: number])[]): Uint8Array {
  const total = fields.reduce((sum, [, length]) => sum + length, 0)
  const written = new Uint8Array(Math.ceil(total / 8))
  let at = 0
  for (const [value, length] of fields)
    for (let bit = 0; bit < length; bit++, at++) written[at >> 3] |= ((value >> bit) & 1) << (at & 7)
  return written
}
