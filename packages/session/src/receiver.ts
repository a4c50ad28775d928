/** The data message that is being read (RFC 6455, 5.4, 5.6, 8.1): checks text as it arrives, makes messages or parts. */
import { Opcode } from '@hybi/frame'
import { Utf8Validator } from '@hybi/utf8'
import { Assembly } from './assembly.ts'
import type { MessagePart } from './events.ts'
import { cloneBytes, EMPTY, keepBytes } from './memory.ts'
import { Message } from './message.ts'
import { type Violation, violations } from './violations.ts'

/** Takes the payload of one data message after the other. */
export class MessageReceiver {
  /** Set when text turns out not to be UTF-8; nothing is to be received any more. */
  violation: Violation | null = null

  /** True when the memory of what is received is only lent. */
  readonly #lent: boolean
  #binary = false
  #compressed = false
  #streamed = false
  /** True once a part of the message was handed out. */
  #begun = false
  #validator: Utf8Validator | null = null
  #assembly: Assembly | null = null

  constructor(transientInput: boolean) {
    this.#lent = transientInput
  }

  /**
   * Begins a message.
   *
   * @param compressed its payload comes out of the transform
   * @param streamed it is handed out in parts
   */
  begin(opcode: number, compressed: boolean, streamed: boolean): void {
    this.#binary = opcode === Opcode.BINARY
    this.#compressed = compressed
    this.#streamed = streamed
    this.#begun = false
  }

  /**
   * Takes source[start, end), the next octets of the message as they were read.
   *
   * @param final they are the last ones
   * @param declared octets that will follow them, when a header says how many; else null
   */
  receive(
    source: Uint8Array,
    start: number,
    end: number,
    final: boolean,
    declared: number | null,
  ): Message | MessagePart | null {
    return this.#take(source, start, end, final, declared, this.#lent)
  }

  /** Takes octets that a transform made, and their memory with them. */
  receiveDecoded(bytes: Uint8Array, final: boolean): Message | MessagePart | null {
    // A transform may answer with the same array whenever there is nothing.
    return this.#take(bytes.length === 0 ? EMPTY : bytes, 0, bytes.length, final, null, false)
  }

  /** The chunk has been read to its end. */
  leaveChunk(): void {
    this.#assembly?.leaveChunk()
  }

  #take(
    source: Uint8Array,
    start: number,
    end: number,
    final: boolean,
    declared: number | null,
    lent: boolean,
  ): Message | MessagePart | null {
    const checked = this.#binary ? end : this.#checkText(source, start, end, final)
    if (this.#streamed) return this.#makePart(source, start, checked, final, lent)
    if (this.violation !== null) return null
    if (final && !lent && (this.#assembly === null || this.#assembly.size === 0)) {
      return new Message(this.#binary, this.#compressed, source, start, end)
    }
    this.#assembly ??= new Assembly()
    if (lent) this.#assembly.append(source, start, end, declared)
    else this.#assembly.adopt(source, start, end, declared)
    return final ? this.#assembly.take(this.#binary, this.#compressed) : null
  }

  /** Checks the next octets of a text message. Returns the index before which all of them are possible. */
  #checkText(source: Uint8Array, start: number, end: number, final: boolean): number {
    this.#validator ??= new Utf8Validator()
    const validator = this.#validator
    const possible = start + validator.accept(source, start, end)
    // 5.6: "the whole message MUST contain valid UTF-8."
    if (possible < end || (final && !validator.complete)) this.violation = violations.textNotUtf8
    if (final) validator.reset()
    return possible
  }

  #makePart(
    source: Uint8Array,
    start: number,
    end: number,
    ends: boolean,
    lent: boolean,
  ): MessagePart | null {
    const final = ends && this.violation === null
    if (start === end && !final) return null
    const first = !this.#begun
    this.#begun = true
    const bytes = lent ? cloneBytes(source, start, end) : keepBytes(source, start, end)
    return { type: 'part', binary: this.#binary, compressed: this.#compressed, first, final, bytes }
  }
}
