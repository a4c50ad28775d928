/** Control frames as they come in (RFC 6455, 5.5): at most 125 octets, so the payload is gathered before it is judged. */
import { copyInto, decodeCloseBody, Opcode } from '@hybi/frame'
import { Utf8Validator } from '@hybi/utf8'
import { isCloseCodeAllowed } from './close-codes.ts'
import type { CloseReceived, PingReceived, PongReceived } from './events.ts'
import { type Violation, violations } from './violations.ts'

/** Octets of the status code in front of a Close frame's reason. */
const CODE_SIZE = 2

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A control frame that is being read. */
export class ControlFrame {
  readonly #opcode: number
  readonly #payload: Uint8Array
  /** Checks the reason of a Close while it arrives. */
  #reason: Utf8Validator | null = null

  /** Begins a frame whose header kept the rules, so that its length may be believed. */
  constructor(opcode: number, payloadLength: number) {
    this.#opcode = opcode
    this.#payload = new Uint8Array(payloadLength)
  }

  /** Takes source[start, end), the octets of the payload from `offset` on. A Close is judged as early as possible. */
  receive(source: Uint8Array, start: number, end: number, offset: number): Violation | null {
    copyInto(source, start, end, this.#payload, offset)
    return this.#opcode === Opcode.CLOSE ? this.#checkClose(offset, offset + end - start) : null
  }

  /** The frame is whole: says what it was. */
  finish(): PingReceived | PongReceived | CloseReceived | Violation {
    const payload = this.#payload
    if (this.#opcode === Opcode.PING) return { type: 'ping', payload }
    if (this.#opcode === Opcode.PONG) return { type: 'pong', payload }
    if (this.#reason !== null && !this.#reason.complete) return violations.closeReasonNotUtf8
    return decodeClose(payload)
  }

  /** Judges the first `end` octets of a Close body; those before `offset` have been. */
  #checkClose(offset: number, end: number): Violation | null {
    if (end < CODE_SIZE) return null
    // 7.4: codes that "MUST NOT be set as a status code in a Close control frame by an endpoint"
    const code = this.#payload[0] * 0x100 + this.#payload[1]
    if (!isCloseCodeAllowed(code)) return violations.closeCodeReserved
    if (end === CODE_SIZE) return null
    // 5.5.1: "Following the 2-byte integer, the body MAY contain UTF-8-encoded data with value /reason/"
    this.#reason ??= new Utf8Validator()
    const valid = this.#reason.push(this.#payload, Math.max(offset, CODE_SIZE), end)
    return valid ? null : violations.closeReasonNotUtf8
  }
}

function decodeClose(payload: Uint8Array): CloseReceived | Violation {
  const body = decodeCloseBody(payload)
  // 5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer"
  if (body === null) return violations.closeBodyTooShort
  return {
    type: 'close',
    code: body.code,
    reason: body.reason.length === 0 ? '' : decoder.decode(body.reason),
  }
}
