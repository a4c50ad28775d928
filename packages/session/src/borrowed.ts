/**
 * Copies messages out of a read buffer that the driver will use again (transient input). The small messages of one read
 * share one allocation.
 */
import { copyBytes, EMPTY } from './memory.ts'
import { allocate } from './native.ts'

/** Most memory that is allocated ahead of what is copied. */
const MOST_AHEAD = 16_384

/** Memory for the messages of one read. */
export class BorrowedInput {
  /** Where the last copy lies: memory[start, end). */
  memory: Uint8Array = EMPTY
  start = 0
  end = 0
  /** Octets that were read and may still have to be copied. */
  #unread = 0

  /** More input has been read: `size` octets. */
  expect(size: number): void {
    this.#unread += size
  }

  /** Copies source[start, end). */
  copy(source: Uint8Array, start: number, end: number): void {
    const size = end - start
    if (this.end + size > this.memory.length) {
      this.memory = allocate(Math.max(size, Math.min(this.#unread, MOST_AHEAD)))
      this.end = 0
    }
    this.#unread -= size
    this.start = this.end
    this.end += size
    copyBytes(source, start, end, this.memory, this.start)
  }

  /** All input has been looked at: an idle connection keeps no memory. */
  release(): void {
    this.memory = EMPTY
    this.end = 0
    this.#unread = 0
  }
}
