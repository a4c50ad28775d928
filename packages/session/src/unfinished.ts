/** A message that the application sends in fragments (RFC 6455, 5.4). */
import { Opcode } from '@hybi/frame'
import { Utf8Validator } from '@hybi/utf8'
import { toBytes } from './arguments.ts'

/** What is known of the message between its fragments. */
export class UnfinishedMessage {
  readonly binary: boolean
  /** True when the transform encodes it. */
  readonly encoded: boolean
  #opcode: number
  readonly #text: Utf8Validator | null

  constructor(binary: boolean, encoded: boolean) {
    this.binary = binary
    this.encoded = encoded
    this.#opcode = binary ? Opcode.BINARY : Opcode.TEXT
    this.#text = binary ? null : new Utf8Validator()
  }

  /** The opcode of the next frame: the message's own first, then CONTINUATION. */
  takeOpcode(): number {
    const opcode = this.#opcode
    this.#opcode = Opcode.CONTINUATION
    return opcode
  }

  /**
   * The payload of the next fragment. Text may be cut between any two bytes; given as strings, not between the two
   * surrogates of one code point. Throws a TypeError when the message could not be valid any more.
   */
  toPayload(data: unknown, fin: boolean): Uint8Array {
    const bytes = toBytes(data)
    // 5.6: "the whole message MUST contain valid UTF-8"
    const valid = this.#text === null || (this.#text.push(bytes) && (!fin || this.#text.complete))
    if (!valid) throw new TypeError('these bytes do not continue the text message as UTF-8')
    return bytes
  }
}
