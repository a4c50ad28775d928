/** What callers hand in: turned into bytes, or refused in plain words. */
import { MAX_CONTROL_PAYLOAD } from '@hybi/frame'
import { isUtf8 } from '@hybi/utf8'
import { isCloseCodeAllowed } from './close-codes.ts'

/** Octets that the status code leaves for the reason of a Close. */
const MAX_REASON = MAX_CONTROL_PAYLOAD - 2

const encoder = new TextEncoder()

/** The bytes of a string in UTF-8 (a lone surrogate becomes U+FFFD), or bytes as they are. Throws a TypeError for the rest. */
export function toBytes(data: unknown): Uint8Array {
  if (typeof data === 'string') return encoder.encode(data)
  if (data instanceof Uint8Array) return data
  throw new TypeError(`data is ${describe(data)}; allowed is a string or a Uint8Array`)
}

/** The bytes of a whole message. Throws a TypeError for what cannot be sent as one. */
export function toPayload(data: unknown, binary: boolean): Uint8Array {
  const bytes = toBytes(data)
  if (!binary && typeof data !== 'string' && !isUtf8(bytes)) {
    throw new TypeError('these bytes are not UTF-8 and cannot be sent as text')
  }
  return bytes
}

/** The payload of a Ping or Pong. Throws a RangeError when it is too long. */
export function toControlPayload(data: unknown): Uint8Array {
  const bytes = toBytes(data)
  if (bytes.length <= MAX_CONTROL_PAYLOAD) return bytes
  throw new RangeError(`the payload has ${bytes.length} octets; allowed are ${MAX_CONTROL_PAYLOAD}`)
}

/**
 * Throws a RangeError for a status code that must not be sent, or a reason that has no room in a control frame; a TypeError for a reason
 * that is no text.
 */
export function checkClose(code: number, reason: string): void {
  if (!isCloseCodeAllowed(code)) {
    throw new RangeError(`the status code is ${code}; allowed are 1000-1003, 1007-1014 and 3000-4999`)
  }
  const size = toPayload(reason, false).length
  if (size > MAX_REASON) throw new RangeError(`the reason has ${size} octets; allowed are ${MAX_REASON}`)
}

/** What kind of value this is, for a message to the caller. */
export function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value)
}
