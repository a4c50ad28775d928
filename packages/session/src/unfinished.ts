/** A message that the application sends in fragments (RFC 6455, 5.4). */
import { Opcode } from '@hybi/frame'
import { Utf8Validator } from '@hybi/utf8'
import { toBytes } from './arguments.ts'
import { cloneBytes, EMPTY } from './memory.ts'

/** First octets of a code point that takes several are 110xxxxx and above, those behind them are 10xxxxxx. */
const LEAST_FIRST_OCTET = 0b1100_0000

/** What is known of the message between its fragments. */
export class UnfinishedMessage {
  readonly binary: boolean
  /** True when the transform encodes it. */
  readonly encoded: boolean
  #opcode: number
  /** Of text: the octets of a code point that the last fragment has not completed. */
  #open: Uint8Array = EMPTY

  constructor(binary: boolean, encoded: boolean) {
    this.binary = binary
    this.encoded = encoded
    this.#opcode = binary ? Opcode.BINARY : Opcode.TEXT
  }

  /** The opcode of the next frame: the message's own first, then CONTINUATION. */
  takeOpcode(): number {
    const opcode = this.#opcode
    this.#opcode = Opcode.CONTINUATION
    return opcode
  }

  /**
   * The payload of the next fragment. Text may be cut between any two bytes; given as strings, not between the two
   * surrogates of one code point. Throws a TypeError when the message could not be valid any more, and takes nothing then.
   */
  toPayload(data: unknown, fin: boolean): Uint8Array {
    const bytes = toBytes(data)
    if (!this.binary) this.#continueText(bytes, fin)
    return bytes
  }

  #continueText(bytes: Uint8Array, fin: boolean): void {
    const text = new Utf8Validator()
    text.push(this.#open)
    // 5.6: "the whole message MUST contain valid UTF-8"
    if (!text.push(bytes) || (fin && !text.complete)) {
      throw new TypeError('these bytes do not continue the text message as UTF-8')
    }
    this.#open = text.complete ? EMPTY : lastCodePoint(this.#open, bytes)
  }
}

/** What is there of the code point that `bytes` end in, of which `open` may be the beginning. */
function lastCodePoint(open: Uint8Array, bytes: Uint8Array): Uint8Array {
  const start = bytes.findLastIndex((octet) => octet >= LEAST_FIRST_OCTET)
  return start === -1 ? Uint8Array.of(...open, ...bytes) : cloneBytes(bytes, start, bytes.length)
}
