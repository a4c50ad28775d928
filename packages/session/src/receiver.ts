/** The data message that is being read (RFC 6455, 5.4, 5.6, 8.1): checks text as it arrives, makes messages or parts. */
import { Opcode } from '@hybi/frame'
import { Utf8Validator } from '@hybi/utf8'
import { Assembly } from './assembly.ts'
import { BorrowedInput } from './borrowed.ts'
import type { MessagePart } from './events.ts'
import { cloneBytes, keepBytes } from './memory.ts'
import { Message } from './message.ts'
import { type Violation, violations } from './violations.ts'

/** Takes the payload of one data message after the other. */
export class MessageReceiver {
  /** Set when text turns out not to be UTF-8; nothing is to be received any more. */
  violation: Violation | null = null

  /** Present when the memory of what is received is only lent. */
  readonly #borrowed: BorrowedInput | null
  #binary = false
  #compressed = false
  #streamed = false
  /** True once a part of the message was handed out. */
  #begun = false
  #validator: Utf8Validator | null = null
  #assembly: Assembly | null = null

  constructor(transientInput: boolean) {
    this.#borrowed = transientInput ? new BorrowedInput() : null
  }

  /** Input has been read: `size` octets. */
  expect(size: number): void {
    this.#borrowed?.expect(size)
  }

  /** All input has been looked at. */
  rest(): void {
    this.#borrowed?.release()
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
    return this.#take(source, start, end, final, declared, this.#borrowed)
  }

  /** Takes octets that a transform made, and their memory with them. */
  receiveDecoded(bytes: Uint8Array, final: boolean): Message | MessagePart | null {
    return this.#take(bytes, 0, bytes.length, final, null, null)
  }

  #take(
    source: Uint8Array,
    start: number,
    end: number,
    final: boolean,
    declared: number | null,
    borrowed: BorrowedInput | null,
  ): Message | MessagePart | null {
    const checked = this.#binary ? end : this.#checkText(source, start, end, final)
    if (this.#streamed) return this.#makePart(source, start, checked, final, borrowed !== null)
    if (this.violation !== null) return null
    if (final && (this.#assembly === null || this.#assembly.size === 0)) {
      return this.#makeMessage(source, start, end, borrowed)
    }
    this.#assembly ??= new Assembly()
    this.#assembly.append(source, start, end, declared)
    if (!final) return null
    const { size } = this.#assembly
    return new Message(this.#binary, this.#compressed, this.#assembly.take(), 0, size)
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

  #makeMessage(source: Uint8Array, start: number, end: number, borrowed: BorrowedInput | null): Message {
    if (borrowed === null) return new Message(this.#binary, this.#compressed, source, start, end)
    borrowed.copy(source, start, end)
    return new Message(this.#binary, this.#compressed, borrowed.memory, borrowed.start, borrowed.end)
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
