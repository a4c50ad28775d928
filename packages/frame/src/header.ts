/**
 * Frame headers (RFC 6455 section 5.2): what they say, and how they are written.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-------+-+-------------+-------------------------------+
 *     |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
 *     |I|S|S|S|  (4)  |A|     (7)     |             (16/64)           |
 *     |N|V|V|V|       |S|             |   (if payload len==126/127)   |
 *     | |1|2|3|       |K|             |                               |
 *     +-+-+-+-+-------+-+-------------+ - - - - - - - - - - - - - - - +
 *     |     Extended payload length continued, if payload len == 127  |
 *     + - - - - - - - - - - - - - - - +-------------------------------+
 *     |                               |Masking-key, if MASK set to 1  |
 *     +-------------------------------+-------------------------------+
 *     | Masking-key (continued)       |          Payload Data         |
 *     +-------------------------------- - - - - - - - - - - - - - - - +
 */

/** What a header on the wire says, judged by nobody. A reader has one and fills it anew for each frame. */
export interface FrameHeader {
  /** FIN: this is the final fragment of a message. */
  fin: boolean
  /** The reserved bits, 0–7: see `Rsv`. */
  rsv: number
  /** 0–15: see `Opcode`. */
  opcode: number
  /** MASK: a masking key follows. */
  masked: boolean
  /** The masking key as a big-endian unsigned 32-bit number; 0 when not masked. */
  maskingKey: number
  /** Octets of payload that follow: exact up to 2^53 - 1, rounded above. */
  payloadLength: number
  /** How the length was written: in octets of extended payload length. */
  lengthBytes: 0 | 2 | 8
  /** Upper 32 bits of a 64-bit length, unsigned; 0 for shorter forms. */
  lengthHigh: number
}

export const FIN_BIT = 0x80
export const MASK_BIT = 0x80
export const RSV_SHIFT = 4
export const RSV_BITS = 0x7
export const OPCODE_BITS = 0xf
export const LENGTH_BITS = 0x7f

/** Values of the 7-bit length that announce an extended one of 16 or 64 bits. */
export const LENGTH_16 = 126
export const LENGTH_64 = 127

export const MAX_LENGTH_16 = 0xffff
export const TWO_POW_32 = 0x1_0000_0000
/** Octets before the extended length, and of a masking key. */
export const SHORT_HEADER = 2
export const KEY_BYTES = 4
export const MAX_HEADER = SHORT_HEADER + 8 + KEY_BYTES

/** Octets of the header that `writeHeader` writes. */
export function headerLength(payloadLength: number, masked: boolean): number {
  const extended = payloadLength < LENGTH_16 ? 0 : payloadLength <= MAX_LENGTH_16 ? 2 : 8
  return SHORT_HEADER + extended + (masked ? KEY_BYTES : 0)
}

/**
 * Writes a header into `target` at `offset`, with the length in its minimal form, and nothing else.
 *
 * @param rsv 0–7
 * @param opcode 0–15
 * @param maskingKey written only when `masked`
 * @param payloadLength 0 to 2^53 - 1
 * @returns the offset behind the header; `headerLength` octets must be free there
 */
export function writeHeader(
  target: Uint8Array,
  offset: number,
  fin: boolean,
  rsv: number,
  opcode: number,
  masked: boolean,
  maskingKey: number,
  payloadLength: number,
): number {
  const maskBit = masked ? MASK_BIT : 0
  target[offset++] = (fin ? FIN_BIT : 0) | (rsv << RSV_SHIFT) | opcode
  if (payloadLength < LENGTH_16) {
    target[offset++] = maskBit | payloadLength
  } else if (payloadLength <= MAX_LENGTH_16) {
    target[offset++] = maskBit | LENGTH_16
    target[offset++] = payloadLength >>> 8
    target[offset++] = payloadLength
  } else {
    target[offset++] = maskBit | LENGTH_64
    offset = writeUint32(target, offset, Math.floor(payloadLength / TWO_POW_32))
    offset = writeUint32(target, offset, payloadLength >>> 0)
  }
  return masked ? writeUint32(target, offset, maskingKey) : offset
}

/** Writes the lower 32 bits of `value`, most significant octet first; returns the offset behind them. */
export function writeUint32(target: Uint8Array, offset: number, value: number): number {
  target[offset] = value >>> 24
  target[offset + 1] = value >>> 16
  target[offset + 2] = value >>> 8
  target[offset + 3] = value
  return offset + 4
}
