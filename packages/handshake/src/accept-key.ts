/** Sec-WebSocket-Key and Sec-WebSocket-Accept (RFC 6455, 4.1, 4.2.2 and 1.3). */
import { encodeBase64, host } from './native.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Octets of the nonce behind a key. */
export const NONCE_SIZE = 16

// 16 octets are 22 characters of base64 and two of padding. The four spare bits of the last character may be anything: in the
// RFC's own example, "AQIDBAUGBwgJCgsMDQ4PEC==" (4.1), they are not zero.
const key = /^[A-Za-z0-9+/]{22}==$/

/** True for the base64 of 16 octets. */
export const isKey = (text: string): boolean => key.test(text)

/** The key for a nonce: 16 octets, freshly and unpredictably chosen for each connection. Throws RangeError for another size. */
export function createKey(nonce: Uint8Array): string {
  if (nonce.length !== NONCE_SIZE) {
    throw new RangeError(`a key is made of ${NONCE_SIZE} octets, not of ${nonce.length}`)
  }
  return encodeBase64(nonce)
}

/** The value of Sec-WebSocket-Accept that answers `key`. */
export const acceptKey = (key: string): string => host.hashToBase64(key + GUID)
