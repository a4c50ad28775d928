/**
 * Collects outgoing frames (RFC 6455 section 5.2) so that many leave in one write: small frames are joined, large payloads
 * stay where they are.
 */

import { headerLength, writeHeader } from './header.ts'
import { maskInPlace, maskInto } from './mask.ts'
import { host } from './native.ts'
import { Opcode } from './opcode.ts'

/** Octets of a slab, the memory in which small frames are joined. */
const SLAB = 65_536
/** Octets of unmasked payload from which it is its own piece, not copied. */
const BY_REFERENCE = 16_384
/** Octets from which a masked frame gets memory of its own. */
const OWN_MEMORY = 16_384

const EMPTY = /* @__PURE__ */ new Uint8Array(0)

/** One slab for all output buffers, used front to back, never twice: an idle connection holds no memory. */
let slab: Uint8Array = EMPTY
let slabUsed = 0

/** Frames to be written, as few pieces of memory. */
export class OutputBuffer {
  #pieces: Uint8Array[] = []
  #length = 0
  /** The piece that still grows: `open[from, to)`. */
  #open: Uint8Array = EMPTY
  #from = 0
  #to = 0

  /** Octets not taken yet. */
  get length(): number {
    return this.#length
  }

  /**
   * Adds a frame with the payload `payload[start, end)`.
   *
   * @param rsv 0–7: see `Rsv`
   * @param opcode 0–15: see `Opcode`
   * @param maskingKey unsigned 32-bit number, or null for a frame without mask
   * @param payload never modified. Without mask it may go out by reference: the caller leaves it as it is until it is written
   */
  writeFrame(
    fin: boolean,
    rsv: number,
    opcode: number,
    maskingKey: number | null,
    payload: Uint8Array,
    start: number,
    end: number,
  ): void {
    const size = end - start
    const masked = maskingKey !== null
    const key = maskingKey ?? 0
    const header = headerLength(size, masked)
    const byReference = !masked && size >= BY_REFERENCE
    const target = this.#reserve(byReference ? header : header + size)
    const offset = writeHeader(target, this.#to, fin, rsv, opcode, masked, key, size)
    if (byReference) {
      this.#grow(offset)
      this.#closePiece()
      this.#pieces.push(start === 0 && end === payload.length ? payload : payload.subarray(start, end))
      this.#length += size
      return
    }
    maskInto(payload, start, end, target, offset, key)
    this.#grow(offset + size)
  }

  /**
   * Adds a frame with `text` in UTF-8, lone surrogates as U+FFFD.
   *
   * @param rsv 0–7: see `Rsv`
   * @param opcode TEXT or CONTINUATION
   * @param maskingKey unsigned 32-bit number, or null for a frame without mask
   */
  writeText(
    fin: boolean,
    rsv: number,
    maskingKey: number | null,
    text: string,
    opcode: number = Opcode.TEXT,
  ): void {
    const masked = maskingKey !== null
    const key = maskingKey ?? 0
    const size = host.measureText(text)
    const target = this.#reserve(headerLength(size, masked) + size)
    const offset = writeHeader(target, this.#to, fin, rsv, opcode, masked, key, size)
    host.writeText(target, offset, text)
    if (masked) maskInPlace(target, offset, offset + size, key)
    this.#grow(offset + size)
  }

  /** All that was written since the last call, in order. The pieces are the caller's: nothing is written into them again. */
  take(): Uint8Array[] {
    this.#closePiece()
    const pieces = this.#pieces
    this.#pieces = []
    this.#length = 0
    return pieces
  }

  /** Memory with `size` free octets at `#to`, where the open piece goes on when it can. */
  #reserve(size: number): Uint8Array {
    if (this.#open === slab && this.#to === slabUsed && slabUsed + size <= slab.length) return slab
    this.#closePiece()
    if (size >= OWN_MEMORY) {
      this.#open = host.allocate(size)
      this.#from = this.#to = 0
      return this.#open
    }
    if (slabUsed + size > slab.length) {
      slab = host.allocate(SLAB)
      slabUsed = 0
    }
    this.#open = slab
    this.#from = this.#to = slabUsed
    return slab
  }

  /** The open piece now ends at `to`. */
  #grow(to: number): void {
    this.#length += to - this.#to
    this.#to = to
    if (this.#open === slab) slabUsed = to
  }

  #closePiece(): void {
    if (this.#to > this.#from) this.#pieces.push(this.#open.subarray(this.#from, this.#to))
    this.#open = EMPTY
    this.#from = this.#to = 0
  }
}
