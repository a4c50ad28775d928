/**
 * Puts the pieces of a message together in one growing buffer, so that a message of one-byte fragments costs what its
 * bytes cost. The buffer grows with what has arrived, never with what a header declares.
 */
import { copyBytes, EMPTY } from './memory.ts'
import { allocate } from './native.ts'

/** A declared length is believed up to this many times of what has arrived: 64 KiB read, at most 256 KiB allocated. */
const MOST_BELIEVED = 4

/** Least memory for a message whose length is not known. */
const LEAST_CAPACITY = 256

/** The growing buffer of one message. */
export class Assembly {
  #buffer: Uint8Array = EMPTY
  #size = 0

  /** Octets put in so far. */
  get size(): number {
    return this.#size
  }

  /**
   * Copies source[start, end) to the end of the message.
   *
   * @param declared octets that are still to come after these, as far as a header says so; null when more may follow
   */
  append(source: Uint8Array, start: number, end: number, declared: number | null): void {
    const size = this.#size + end - start
    if (size > this.#buffer.length) this.#grow(size, declared)
    copyBytes(source, start, end, this.#buffer, this.#size)
    this.#size = size
  }

  /** Hands over the memory and starts anew; the message is its first `size` octets. */
  take(): Uint8Array {
    const buffer = this.#buffer
    this.#buffer = EMPTY
    this.#size = 0
    return buffer
  }

  #grow(needed: number, declared: number | null): void {
    const capacity =
      declared === null
        ? Math.max(2 * needed, LEAST_CAPACITY)
        : Math.min(needed + declared, MOST_BELIEVED * needed)
    const buffer = allocate(capacity)
    copyBytes(this.#buffer, 0, this.#size, buffer, 0)
    this.#buffer = buffer
  }
}
