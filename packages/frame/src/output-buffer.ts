/**
 * Collects outgoing frames (RFC 6455 section 5.2), so that many leave in one write: what is small is joined, a large payload
 * stays where it is.
 *
 *     writeFrame(5 octets) writeFrame(7 octets) writeFrame(64 KiB) writeFrame(3 octets)
 *     take() -> [ header, 5, header, 7, header ] [ 64 KiB, the caller's own ] [ header, 3 ]
 */

import { copyInto } from './copy.ts'
import { headerLength, writeHeader } from './header.ts'
import { maskInPlace, maskInto } from './mask.ts'
import { host } from './native.ts'
import { Opcode } from './opcode.ts'

/** Octets of a slab, the memory in which frames are joined: as many as one read brings, so that the answers to it fit. */
const SLAB = 65_536

/**
 * Octets from which an unmasked payload is a piece of its own, sent from where it lies: a write then takes 0.6 µs more for one
 * more piece, and at least twice that for a copy; up to 8,000 octets there is little between them (`npx pnpm --filter @hybi/frame bench send`,
 * Node 20). What a TLS record has room for beside the header of a frame, a little less than 16 KiB, is such a piece.
 */
export const LEAST_REFERRED = 16_000

/** Octets from which a frame that must be copied gets memory of its own, so that no more than a quarter of a slab is left unused. */
const OWN_MEMORY = 16_384

/** Octets of UTF-8 that a UTF-16 code unit can take. */
const OCTETS_PER_UNIT = 3

const EMPTY = /* @__PURE__ */ new Uint8Array(0)

/**
 * The slab of all output buffers, used from front to back; then a new one takes its place. One for all, so that a connection with
 * nothing to send holds no memory.
 */
let slab: Uint8Array = EMPTY
let slabUsed = 0

/** The piece of the slab that was closed last: it ends where the free part of the slab begins, unless more was written since. */
let lastPiece: Uint8Array = EMPTY
let lastFrom = 0
let lastTo = 0

/**
 * Gives back a piece that was taken and that nobody will look at any more: its memory is used again, when it is the last that was used.
 * Where every write leaves at once, the same few KiB serve all connections and stay in the cache, and V8 has less memory beside its heap to
 * look after: 1 KiB texts take a sixth less processor time, 16 fragments of 256 octets an eighth (`npm run bench -- text1k frag`, Node 20).
 */
export function giveBack(piece: Uint8Array): void {
  if (piece !== lastPiece || lastTo !== slabUsed) return
  slabUsed = lastFrom
  lastPiece = EMPTY
}

function renewSlab(): void {
  slab = host.allocate(SLAB)
  slabUsed = 0
  lastPiece = EMPTY
}

/**
 * A whole message without mask as one frame, in memory of its own, for the `writeShared` of many outputs.
 *
 * @param payload is copied
 */
export function encodeForMany(opcode: number, payload: Uint8Array): Uint8Array {
  const size = payload.length
  const frame = host.allocate(headerLength(size, false) + size)
  frame.set(payload, writeHeader(frame, 0, true, 0, opcode, false, 0, size))
  return frame
}

/** Frames to be written, in as few pieces of memory as it takes to copy little. */
export class OutputBuffer {
  /**
   * What is complete; null for nothing. With an empty list of its own in each output a write looks at one more place in memory, which is
   * in no cache when there are many connections: 1.7 % of `npm run bench -- broadcast` (Node 20).
   */
  #pieces: Uint8Array[] | null = null
  #length = 0
  /** The piece that still grows: `#open[#from, #to)`. */
  #open: Uint8Array = EMPTY
  #from = 0
  #to = 0
  /** An encoded frame that is all there is so far. */
  #lone: Uint8Array = EMPTY

  /** Octets that were written and not taken yet, headers included. */
  get length(): number {
    return this.#length
  }

  /**
   * Adds a frame whose payload is `payload[start, end)`.
   *
   * @param rsv 0–7: see `Rsv`
   * @param opcode 0–15: see `Opcode`
   * @param maskingKey 32-bit number, or null for a frame without mask
   * @param payload never modified. A large one without mask goes out by reference: the caller leaves it as it is until it is on its way
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
    if (maskingKey !== null) {
      const target = this.#reserve(headerLength(size, true) + size)
      const at = writeHeader(target, this.#to, fin, rsv, opcode, true, maskingKey, size)
      maskInto(payload, start, end, target, at, maskingKey)
      this.#grow(at + size)
    } else if (size < LEAST_REFERRED) {
      const target = this.#reserve(headerLength(size, false) + size)
      const at = writeHeader(target, this.#to, fin, rsv, opcode, false, 0, size)
      copyInto(payload, start, end, target, at)
      this.#grow(at + size)
    } else {
      this.#writeHeader(fin, rsv, opcode, size)
      this.#refer(start === 0 && end === payload.length ? payload : payload.subarray(start, end))
    }
  }

  /**
   * Adds a frame whose payload is what `pieces` hold, one after the other, which are `size` octets. Otherwise as `writeFrame`: each
   * piece that is large goes out by reference.
   */
  writePieces(
    fin: boolean,
    rsv: number,
    opcode: number,
    maskingKey: number | null,
    pieces: readonly Uint8Array[],
    size: number,
  ): void {
    if (maskingKey === null) {
      this.#writeHeader(fin, rsv, opcode, size)
      for (const piece of pieces) this.#append(piece)
      return
    }
    const target = this.#reserve(headerLength(size, true) + size)
    const payloadAt = writeHeader(target, this.#to, fin, rsv, opcode, true, maskingKey, size)
    let at = payloadAt
    for (const piece of pieces) {
      maskInto(piece, 0, piece.length, target, at, maskingKey, at - payloadAt)
      at += piece.length
    }
    this.#grow(at)
  }

  /**
   * Adds a frame with `text` as UTF-8, encoded where it goes out from; lone surrogates become U+FFFD.
   *
   * @param rsv 0–7: see `Rsv`
   * @param maskingKey 32-bit number, or null for a frame without mask
   * @param opcode TEXT by default, CONTINUATION for a later fragment
   */
  writeText(
    fin: boolean,
    rsv: number,
    maskingKey: number | null,
    text: string,
    opcode: number = Opcode.TEXT,
  ): void {
    const masked = maskingKey !== null
    const most = text.length * OCTETS_PER_UNIT
    // A short text is not measured, which would take about half as long as writing it (`npx pnpm --filter @hybi/frame bench text`,
    // Node 20): it gets room for the worst case, and the header that it needs if it is ASCII.
    const short = most < OWN_MEMORY
    const guess = short ? text.length : host.measureText(text)
    const room = short ? most : guess
    const target = this.#reserve(headerLength(room, masked) + room)
    const expected = this.#to + headerLength(guess, masked)
    const size = host.writeText(target, expected, text)
    const at = this.#to + headerLength(size, masked)
    if (at !== expected) target.copyWithin(at, expected, expected + size)
    writeHeader(target, this.#to, fin, rsv, opcode, masked, maskingKey ?? 0, size)
    if (masked) maskInPlace(target, at, at + size, maskingKey)
    this.#grow(at + size)
  }

  /**
   * Adds a frame of `encodeForMany`. Alone it goes out as it is, with others it is joined. It is not to be modified or given back as long as
   * any output has it.
   */
  writeShared(frame: Uint8Array): void {
    if (this.#length > 0) {
      this.#append(frame)
      return
    }
    this.#lone = frame
    this.#length = frame.length
  }

  /** All that was written since it was last asked, in order. Nothing is written into the pieces again, unless they are given back. */
  take(): Uint8Array[] {
    const last = this.#lone === EMPTY ? this.#endPiece() : this.#lone
    const pieces = this.#pieces
    this.#lone = EMPTY
    this.#length = 0
    if (pieces === null) return last === EMPTY ? [] : [last]
    if (last !== EMPTY) pieces.push(last)
    this.#pieces = null
    return pieces
  }

  /** A header without mask. */
  #writeHeader(fin: boolean, rsv: number, opcode: number, size: number): void {
    const target = this.#reserve(headerLength(size, false))
    this.#grow(writeHeader(target, this.#to, fin, rsv, opcode, false, 0, size))
  }

  /** Joins octets to what is there when they are few, and refers to them when they are many. */
  #append(octets: Uint8Array): void {
    if (octets.length < LEAST_REFERRED) this.#copy(octets)
    else this.#refer(octets)
  }

  #copy(octets: Uint8Array): void {
    const target = this.#reserve(octets.length)
    copyInto(octets, 0, octets.length, target, this.#to)
    this.#grow(this.#to + octets.length)
  }

  #refer(octets: Uint8Array): void {
    if (this.#lone !== EMPTY) this.#joinLone()
    this.#closePiece()
    this.#addPiece(octets)
    this.#length += octets.length
  }

  /** Something follows the frame that was all there is. */
  #joinLone(): void {
    const frame = this.#lone
    this.#lone = EMPTY
    this.#length -= frame.length
    this.#append(frame)
  }

  /** Memory with `size` free octets from `#to` on, behind what is already in the open piece if there is room. */
  #reserve(size: number): Uint8Array {
    if (this.#lone !== EMPTY) this.#joinLone()
    const fits = slabUsed + size <= slab.length
    const grows = this.#open === slab && this.#to === slabUsed
    if (fits && grows) return slab
    if (!fits && grows && size + this.#to - this.#from < OWN_MEMORY) return this.#move()
    this.#closePiece()
    if (size >= OWN_MEMORY) {
      this.#open = host.allocate(size)
      return this.#open
    }
    if (!fits) renewSlab()
    this.#open = slab
    this.#from = slabUsed
    this.#to = slabUsed
    return slab
  }

  /**
   * The open piece goes on in a new slab, so that small frames stay one piece: once a slab at most, and less than a quarter of one is
   * copied.
   */
  #move(): Uint8Array {
    const from = this.#open
    renewSlab()
    copyInto(from, this.#from, this.#to, slab, 0)
    this.#open = slab
    this.#to -= this.#from
    this.#from = 0
    slabUsed = this.#to
    return slab
  }

  /** The open piece now ends at `to`. */
  #grow(to: number): void {
    this.#length += to - this.#to
    this.#to = to
    if (this.#open === slab) slabUsed = to
  }

  #closePiece(): void {
    const piece = this.#endPiece()
    if (piece !== EMPTY) this.#addPiece(piece)
  }

  #addPiece(piece: Uint8Array): void {
    if (this.#pieces === null) this.#pieces = [piece]
    else this.#pieces.push(piece)
  }

  /** What the open piece has become; EMPTY when there was none. */
  #endPiece(): Uint8Array {
    let piece: Uint8Array = EMPTY
    if (this.#to > this.#from) {
      piece = this.#open.subarray(this.#from, this.#to)
      if (this.#open === slab) {
        lastPiece = piece
        lastFrom = this.#from
        lastTo = this.#to
      }
    }
    this.#open = EMPTY
    this.#from = 0
    this.#to = 0
    return piece
  }
}
