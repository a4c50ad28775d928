/**
 * Puts a message together in memory of the session's own: out of several reads or fragments, or out of a read buffer that the
 * driver will use again (transient input). A message of one-byte fragments costs what its bytes cost, and memory grows
 * with what has arrived, never with what a header declares.
 *
 * Small messages share a slab, filled from front to back, in which no octet is written twice. There is one for all sessions,
 * so that an idle connection holds no memory; no view of it is ever handed out, only what `keepBytes` makes of it.
 */
import { copyBytes, EMPTY } from './memory.ts'
import { Message } from './message.ts'
import { allocate } from './native.ts'

/** A declared length is believed up to this many times of what has arrived: 64 KiB read, at most 256 KiB allocated. */
const MOST_BELIEVED = 4

/** Least memory for a message whose length is not known. */
const LEAST_CAPACITY = 256

const SLAB = 16_384

/** Octets from which a message gets memory of its own: from there on `keepBytes` would hand out a view of the slab. */
const OWN_MEMORY = SLAB / 4

let slab: Uint8Array = EMPTY
let slabUsed = 0

/** The memory of one message after the other: `#memory[#start, #end)` so far, with room up to `#limit`. */
export class Assembly {
  #memory: Uint8Array = EMPTY
  #start = 0
  #end = 0
  #limit = 0

  /** Octets put in so far. */
  get size(): number {
    return this.#end - this.#start
  }

  /**
   * Copies source[start, end) to the end of the message.
   *
   * @param declared octets that are still to come after these, as far as a header says so; null when more may follow
   */
  append(source: Uint8Array, start: number, end: number, declared: number | null): void {
    const size = end - start
    if (this.#end + size > this.#limit) this.#makeRoom(this.size + size, declared)
    copyBytes(source, start, end, this.#memory, this.#end)
    this.#end += size
  }

  /** Hands over the message and starts anew. */
  take(binary: boolean, compressed: boolean): Message {
    const message = new Message(binary, compressed, this.#memory, this.#start, this.#end)
    if (this.#endsSlab()) slabUsed = this.#end
    this.#memory = EMPTY
    this.#start = 0
    this.#end = 0
    this.#limit = 0
    return message
  }

  #makeRoom(needed: number, declared: number | null): void {
    const capacity =
      declared === null
        ? Math.max(2 * needed, LEAST_CAPACITY)
        : Math.min(needed + declared, MOST_BELIEVED * needed)
    if (this.#endsSlab() && this.#start + capacity <= slab.length) {
      this.#limit = this.#start + capacity
      slabUsed = this.#limit
    } else {
      this.#move(capacity)
    }
  }

  /** True when what follows in the slab is free. */
  #endsSlab(): boolean {
    return this.#memory === slab && this.#limit === slabUsed
  }

  #move(capacity: number): void {
    const memory = this.#memory
    const start = this.#start
    const size = this.size
    if (capacity < OWN_MEMORY) {
      if (slabUsed + capacity > slab.length) {
        slab = allocate(SLAB)
        slabUsed = 0
      }
      this.#memory = slab
      this.#start = slabUsed
      slabUsed += capacity
    } else {
      this.#memory = allocate(capacity)
      this.#start = 0
    }
    copyBytes(memory, start, start + size, this.#memory, this.#start)
    this.#end = this.#start + size
    this.#limit = this.#start + capacity
  }
}
