/**
 * Frames as they are told (RFC 6455 section 5.2): every header the wire can carry, legal or not. For test peers and tools; an
 * endpoint that talks to others writes with `OutputBuffer`.
 */

import {
  FIN_BIT,
  KEY_BYTES,
  LENGTH_16,
  LENGTH_64,
  MASK_BIT,
  MAX_LENGTH_16,
  OPCODE_BITS,
  RSV_BITS,
  RSV_SHIFT,
  SHORT_HEADER,
  writeUint32,
} from './header.ts'
import { maskInto } from './mask.ts'

/** What a frame shall say. */
export interface FrameFields {
  /** 0–15, reserved ones included. */
  opcode: number
  /** True by default. */
  fin?: boolean
  /** 0–7: see `Rsv`; 0 by default. */
  rsv?: number
  /** Unsigned 32-bit number, most significant octet first on the wire. The frame is masked if, and only if, it is given. */
  maskingKey?: number
  /** Octets of extended payload length; by default the minimal form, as 5.2 demands. */
  lengthBytes?: 0 | 2 | 8
  /** The length to claim instead of the payload's own, up to 2^64 - 1. */
  payloadLength?: number | bigint
}

const EMPTY = /* @__PURE__ */ new Uint8Array(0)

/**
 * The header alone, in new memory.
 *
 * @param payloadLength the length to write, unless `fields.payloadLength` claims another
 * @throws RangeError for a field that its bits cannot hold
 */
export function encodeHeader(fields: FrameFields, payloadLength: number): Uint8Array {
  const { opcode, fin = true, rsv = 0, maskingKey } = fields
  requireInteger('opcode', opcode, OPCODE_BITS)
  requireInteger('rsv', rsv, RSV_BITS)
  const masked = maskingKey !== undefined
  if (masked) requireInteger('maskingKey', maskingKey, 0xffff_ffff)
  const length = toLength(fields.payloadLength ?? payloadLength)
  const lengthBytes = fields.lengthBytes ?? minimalLengthBytes(length)
  const most = lengthBytes === 0 ? LENGTH_16 - 1 : lengthBytes === 2 ? MAX_LENGTH_16 : MAX_LENGTH_64
  if (length > most)
    throw new RangeError(
      `payloadLength ${length} does not fit: at most ${most} with lengthBytes ${lengthBytes}`,
    )

  const header = new Uint8Array(SHORT_HEADER + lengthBytes + (masked ? KEY_BYTES : 0))
  const view = new DataView(header.buffer)
  header[0] = (fin ? FIN_BIT : 0) | (rsv << RSV_SHIFT) | opcode
  header[1] =
    (masked ? MASK_BIT : 0) | (lengthBytes === 0 ? Number(length) : lengthBytes === 2 ? LENGTH_16 : LENGTH_64)
  if (lengthBytes === 2) view.setUint16(SHORT_HEADER, Number(length))
  if (lengthBytes === 8) view.setBigUint64(SHORT_HEADER, length)
  if (masked) writeUint32(header, SHORT_HEADER + lengthBytes, maskingKey)
  return header
}

/**
 * A whole frame, in new memory: the header as told, then the payload, masked when there is a key. `payload` is not modified.
 *
 * @throws RangeError as `encodeHeader`
 */
export function encodeFrame(fields: FrameFields, payload: Uint8Array = EMPTY): Uint8Array {
  const header = encodeHeader(fields, payload.length)
  const frame = new Uint8Array(header.length + payload.length)
  frame.set(header)
  maskInto(payload, 0, payload.length, frame, header.length, fields.maskingKey ?? 0)
  return frame
}

const MAX_LENGTH_64 = 0xffff_ffff_ffff_ffffn

function minimalLengthBytes(length: bigint): 0 | 2 | 8 {
  return length < LENGTH_16 ? 0 : length <= MAX_LENGTH_16 ? 2 : 8
}

function toLength(length: number | bigint): bigint {
  if (typeof length === 'number' && !Number.isInteger(length))
    throw new RangeError(`payloadLength must be a whole number, not ${length}`)
  if (length < 0) throw new RangeError(`payloadLength must be 0 or more, not ${length}`)
  return BigInt(length)
}

function requireInteger(name: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new RangeError(`${name} must be a whole number from 0 to ${most}, not ${value}`)
}
