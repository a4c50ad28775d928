/**
 * The body of a Close frame (RFC 6455 section 5.5.1): "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned
 * integer (in network byte order) representing a status code with value /code/ [...] Following the 2-byte integer, the body
 * MAY contain UTF-8-encoded data with value /reason/". Neither is judged here.
 */

import { StatusCode } from './status-code.ts'

/** What a Close frame says. */
export interface CloseBody {
  /** Any 16-bit number; 1005 when the body is empty. */
  code: number
  /** A view of what follows the code: UTF-8 if the peer keeps the rules. */
  reason: Uint8Array
}

const CODE_BYTES = 2
const MAX_CODE = 0xffff

const EMPTY = /* @__PURE__ */ new Uint8Array(0)
const encoder = /* @__PURE__ */ new TextEncoder()

/** Most have no reason. */
const encodeText = (text: string): Uint8Array => (text === '' ? EMPTY : encoder.encode(text))

/**
 * A Close body, in new memory: empty without a code.
 *
 * @param code any 16-bit number, written as it is
 * @param reason written as it is, a string as UTF-8
 * @throws RangeError when the code does not fit in 16 bits, TypeError for a reason without a code
 */
export function encodeCloseBody(code?: number, reason: Uint8Array | string = ''): Uint8Array {
  if (code === undefined) {
    if (reason.length !== 0) throw new TypeError('a Close body cannot carry a reason without a code')
    return new Uint8Array(0)
  }
  if (!Number.isInteger(code) || code < 0 || code > MAX_CODE)
    throw new RangeError(`code must be a whole number from 0 to ${MAX_CODE}, not ${code}`)
  const text = typeof reason === 'string' ? encodeText(reason) : reason
  const body = new Uint8Array(CODE_BYTES + text.length)
  body[0] = code >>> 8
  body[1] = code
  body.set(text, CODE_BYTES)
  return body
}

/** Reads a Close body; null for a body of one octet, which cannot be one. */
export function decodeCloseBody(body: Uint8Array): CloseBody | null {
  // 7.1.5: "If this Close control frame contains no status code, _The WebSocket Connection Close Code_ is considered to be 1005."
  if (body.length === 0) return { code: StatusCode.NO_STATUS, reason: body }
  if (body.length < CODE_BYTES) return null
  return {
    code: (body[0] << 8) | body[1],
    reason: body.length === CODE_BYTES ? EMPTY : body.subarray(CODE_BYTES),
  }
}
