/**
 * Puts a message together out of several reads or fragments, or out of a read buffer that the driver will use again (transient
 * input). Small fragments of one chunk close ranks in it, large parts stay where they were read, and the others are copied into memory
 * of the session's own. A message of one-byte fragments costs what its bytes cost, and memory grows with what has arrived, never
 * with what a header declares.
 *
 *     chunk       [head He|head llo|...]      one message behind the other, as they were read
 *     closed up   [head Hello...       ]      no octet moves behind where the reader stands
 *
 * Small messages share a slab, filled from front to back, in which no octet is written twice. There is one for all sessions,
 * so that an idle connection holds no memory. No message in it reaches `OWN_MEMORY`, so no view of it is ever handed out: `keepBytes`
 * copies what is less than a quarter of its buffer.
 */
import { copyInto, LEAST_REFERRED } from '@hybi/frame'
import { EMPTY, isWorthPinning, viewBytes } from './memory.ts'
import { createMessageInPieces, Message } from './message.ts'
import { allocate } from './native.ts'

/** A declared length is believed up to this many times of what has arrived: 64 KiB read, at most 256 KiB allocated. */
const MOST_BELIEVED = 4

/** Least memory for a message whose length is not known: 256 such messages fit into a slab. */
const LEAST_CAPACITY = 256

/** Octets of the slab; why not less: docs/decisions/message-memory.md. */
const SLAB = 65_536

/** Octets from which a message has memory of its own, also when it grows so far: from there on `keepBytes` would hand out a view of the slab. */
const OWN_MEMORY = SLAB / 4

/**
 * True for a part that is better kept where it lies than copied, as it is when it is sent on: an echo of 64 KiB messages then takes a
 * third less processor time (`npm run bench -- bin64k`). The data of a TLS record, 16 KiB, with the header of a frame in it is such a part; to
 * copy that too took 9 µs of the echo (`perf record` beside `npm run bench -- tls64k`).
 */
export function isWorthAdopting(source: Uint8Array, start: number, end: number): boolean {
  return end - start >= LEAST_REFERRED && isWorthPinning(source, start, end)
}

let slab: Uint8Array = EMPTY
let slabUsed = 0

/**
 * The memory of one message after the other: `#pieces`, and behind them `#memory[#start, #end)`, with room up to `#limit`.
 */
export class Assembly {
  #pieces: Uint8Array[] | null = null
  /** Octets in the pieces. */
  #adopted = 0
  #memory: Uint8Array = EMPTY
  #start = 0
  #end = 0
  #limit = 0
  /** True while `#memory` is the chunk that is being read. */
  #inChunk = false

  /** Octets put in so far. */
  get size(): number {
    return this.#adopted + this.#end - this.#start
  }

  /**
   * Adds source[start, end), whose memory is ours, to the end of the message.
   *
   * @param declared as for `append`
   */
  adopt(source: Uint8Array, start: number, end: number, declared: number | null): void {
    if (isWorthAdopting(source, start, end)) this.#addPiece(viewBytes(source, start, end))
    else if (source === this.#memory && this.#end <= start) this.#closeUp(start, end)
    else if (declared === null && this.#end === this.#start) this.#beginInChunk(source, start, end)
    else this.append(source, start, end, declared)
  }

  /**
   * Copies source[start, end) to the end of the message.
   *
   * @param declared octets that are still to come after these, as far as a header says so; null when more may follow
   */
  append(source: Uint8Array, start: number, end: number, declared: number | null): void {
    const size = end - start
    if (this.#end + size > this.#limit) this.#makeRoom(this.#end - this.#start + size, declared)
    copyInto(source, start, end, this.#memory, this.#end)
    this.#end += size
  }

  /** Hands over the message and starts anew. */
  take(binary: boolean, compressed: boolean): Message {
    const pieces = this.#pieces
    if (pieces === null) {
      const message = new Message(binary, compressed, this.#memory, this.#start, this.#end)
      this.#leaveRegion()
      return message
    }
    this.#closeRegion(pieces)
    const message = createMessageInPieces(binary, compressed, pieces, this.#adopted)
    this.#pieces = null
    this.#adopted = 0
    return message
  }

  /** The chunk has been read: what has closed ranks in it moves on, so that a message that goes on does not keep all of the chunk. */
  leaveChunk(): void {
    if (this.#inChunk) this.#makeRoom(this.#end - this.#start, null)
  }

  #addPiece(piece: Uint8Array): void {
    this.#pieces ??= []
    this.#closeRegion(this.#pieces)
    this.#pieces.push(piece)
    this.#adopted += piece.length
  }

  #beginInChunk(chunk: Uint8Array, start: number, end: number): void {
    this.#leaveRegion()
    this.#memory = chunk
    this.#start = start
    this.#end = end
    this.#limit = end
    this.#inChunk = true
  }

  /**
   * Moves the next octets of the chunk up to those before them, which takes less than half of what a view and a copy into other memory
   * take: 256 octets 0.02 µs (`npx pnpm --filter @hybi/session bench`, Node 20).
   */
  #closeUp(start: number, end: number): void {
    this.#memory.copyWithin(this.#end, start, end)
    this.#end += end - start
    this.#limit = this.#end
  }

  /** What was put together so far becomes a piece. */
  #closeRegion(pieces: Uint8Array[]): void {
    const size = this.#end - this.#start
    if (size > 0) pieces.push(viewBytes(this.#memory, this.#start, this.#end))
    this.#adopted += size
    this.#leaveRegion()
  }

  #leaveRegion(): void {
    if (this.#endsSlab()) slabUsed = this.#end
    this.#memory = EMPTY
    this.#start = 0
    this.#end = 0
    this.#limit = 0
    this.#inChunk = false
  }

  #makeRoom(needed: number, declared: number | null): void {
    const capacity =
      declared === null
        ? Math.max(2 * needed, LEAST_CAPACITY)
        : Math.min(needed + declared, MOST_BELIEVED * needed)
    if (capacity < OWN_MEMORY && this.#endsSlab() && this.#start + capacity <= slab.length) {
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
    const size = this.#end - this.#start
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
    copyInto(memory, start, start + size, this.#memory, this.#start)
    this.#end = this.#start + size
    this.#limit = this.#start + capacity
    this.#inChunk = false
  }
}
