/**
 * Takes a stream of octets apart into frames (RFC 6455 section 5.2) and judges none of them. A cursor: the owner hands over
 * chunks, cut anywhere, and asks for the next step until more data is needed. Nothing is allocated per frame, and nothing
 * because of what a header claims.
 *
 *     receive(81 85 37fa213d 7f9f4d) -> HEADER  PAYLOAD "Hel"  NEED_DATA
 *     receive(51 58 89 00)           ->         PAYLOAD "lo"  END  HEADER  END  NEED_DATA
 */

import {
  FIN_BIT,
  type FrameHeader,
  KEY_BYTES,
  LENGTH_16,
  LENGTH_64,
  LENGTH_BITS,
  MASK_BIT,
  MAX_HEADER,
  OPCODE_BITS,
  RSV_BITS,
  RSV_SHIFT,
  SHORT_HEADER,
  TWO_POW_32,
} from './header.ts'
import { maskInPlace } from './mask.ts'

/** What `FrameReader.next` came to. A frame is HEADER, any number of PAYLOAD, END. */
export const Step = {
  /** Everything received has been read. */
  NEED_DATA: 0,
  /** `header` tells of a new frame. */
  HEADER: 1,
  /** `chunk[start, end)` is the next part of its payload, of at least one octet, unmasked. */
  PAYLOAD: 2,
  /** The frame's payload is complete. */
  END: 3,
} as const
export type Step = (typeof Step)[keyof typeof Step]

const EMPTY = /* @__PURE__ */ new Uint8Array(0)

/** Reads frames out of chunks, step by step. */
export class FrameReader {
  /** What the current frame's header says. One object, filled anew at each HEADER step. */
  readonly header: FrameHeader = {
    fin: false,
    rsv: 0,
    opcode: 0,
    masked: false,
    maskingKey: 0,
    payloadLength: 0,
    lengthBytes: 0,
    lengthHigh: 0,
  }

  /**
   * At a PAYLOAD step, `chunk[start, end)` is the payload's next part, unmasked where it was received. It may be kept for as long
   * as the chunk that was handed over may be.
   */
  chunk: Uint8Array = EMPTY
  start = 0
  end = 0
  /** At a PAYLOAD step: octet of the frame's payload that stands at `start`. */
  payloadOffset = 0

  /** What `next` looks for. */
  #expected: Step = Step.HEADER
  /** Octets of the frame's payload handed out. */
  #taken = 0
  /** The chunk being read, and how far. */
  #current: Uint8Array = EMPTY
  #at = 0
  /** Chunks after it, from `#first` on; those before `#kept` were copied by `keepUnread`. */
  #queue: Uint8Array[] = []
  #first = 0
  #kept = 0
  #currentKept = false
  #queued = 0
  /** A header that was cut by the end of a chunk: its first octets. */
  #cut: Uint8Array = EMPTY
  #cutLength = 0

  /**
   * Takes the next octets of the stream and the ownership of `chunk`: payload in it will be unmasked in place.
   * Reads nothing yet.
   */
  receive(chunk: Uint8Array): void {
    if (this.#at === this.#current.length && this.#queued === 0) {
      this.#current = chunk
      this.#currentKept = false
      this.#at = 0
    } else {
      this.#queue.push(chunk)
      this.#queued += chunk.length
    }
  }

  /** Goes on to the next step and says which it is; `header`, `chunk`, `start`, `end` and `payloadOffset` tell of it. */
  next(): Step {
    switch (this.#expected) {
      case Step.HEADER:
        if (!this.#readHeader()) return this.#needData()
        this.#taken = 0
        this.#expected = this.header.payloadLength === 0 ? Step.END : Step.PAYLOAD
        return Step.HEADER
      case Step.PAYLOAD:
        if (!this.#hasData()) return this.#needData()
        this.#readPayload()
        return Step.PAYLOAD
      default:
        this.#expected = Step.HEADER
        return Step.END
    }
  }

  /** Octets received that no step has told of yet. */
  get buffered(): number {
    return this.#cutLength + this.#current.length - this.#at + this.#queued
  }

  /**
   * Copies what is received and not yet read, so that the memory of the chunks may be used again. For an owner that
   * reads into one buffer again and again and stops before NEED_DATA. The current PAYLOAD step is over then.
   */
  keepUnread(): void {
    if (!this.#currentKept) {
      this.#current = copyFrom(this.#current, this.#at)
      this.#currentKept = true
      this.#at = 0
    }
    for (let i = this.#kept; i < this.#queue.length; i++) this.#queue[i] = copyFrom(this.#queue[i], 0)
    this.#kept = this.#queue.length
    this.#releaseChunk()
  }

  /** True when `#current` has an unread octet, after going on to the next chunk when needed. */
  #hasData(): boolean {
    while (this.#at === this.#current.length) {
      if (this.#first === this.#queue.length) return false
      this.#current = this.#queue[this.#first]
      this.#currentKept = this.#first < this.#kept
      this.#queue[this.#first++] = EMPTY
      this.#queued -= this.#current.length
      this.#at = 0
      if (this.#first === this.#queue.length) {
        this.#queue.length = 0
        this.#first = 0
        this.#kept = 0
      }
    }
    return true
  }

  /** Lets go of the chunks that were read: an idle reader holds no memory of its owner's. */
  #needData(): Step {
    this.#current = EMPTY
    this.#at = 0
    this.#releaseChunk()
    return Step.NEED_DATA
  }

  #releaseChunk(): void {
    this.chunk = EMPTY
    this.start = 0
    this.end = 0
  }

  #readPayload(): void {
    const { header } = this
    const available = this.#current.length - this.#at
    const wanted = header.payloadLength - this.#taken
    this.chunk = this.#current
    this.start = this.#at
    this.payloadOffset = this.#taken
    if (wanted <= available) {
      this.#at += wanted
      this.#expected = Step.END
    } else {
      this.#at += available
      this.#taken += available
    }
    this.end = this.#at
    if (header.masked) maskInPlace(this.chunk, this.start, this.end, header.maskingKey, this.payloadOffset)
  }

  /** Reads a header, out of one chunk or collected from several; false when there is not all of it. */
  #readHeader(): boolean {
    if (!this.#hasData()) return false
    if (this.#cutLength === 0) {
      const length = completeHeader(this.#current, this.#at, this.#current.length)
      if (length !== 0) {
        parseHeader(this.header, this.#current, this.#at)
        this.#at += length
        return true
      }
      if (this.#cut === EMPTY) this.#cut = new Uint8Array(MAX_HEADER)
    }
    do {
      this.#cut[this.#cutLength++] = this.#current[this.#at++]
      if (completeHeader(this.#cut, 0, this.#cutLength) !== 0) {
        parseHeader(this.header, this.#cut, 0)
        this.#cutLength = 0
        return true
      }
    } while (this.#hasData())
    return false
  }
}

/** New memory with what stands from `start` on; `slice` will not do, a Buffer's does not copy. */
function copyFrom(bytes: Uint8Array, start: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start))
}

/** Octets of the header at `at`, or 0 when it does not end before `end`. */
function completeHeader(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < SHORT_HEADER) return 0
  const short = bytes[at + 1] & LENGTH_BITS
  const length =
    SHORT_HEADER +
    (short < LENGTH_16 ? 0 : short === LENGTH_16 ? 2 : 8) +
    ((bytes[at + 1] & MASK_BIT) === 0 ? 0 : KEY_BYTES)
  return end - at < length ? 0 : length
}

function parseHeader(header: FrameHeader, bytes: Uint8Array, at: number): void {
  const first = bytes[at++]
  const second = bytes[at++]
  header.fin = (first & FIN_BIT) !== 0
  header.rsv = (first >> RSV_SHIFT) & RSV_BITS
  header.opcode = first & OPCODE_BITS
  header.masked = (second & MASK_BIT) !== 0
  header.lengthHigh = 0
  const short = second & LENGTH_BITS
  if (short < LENGTH_16) {
    header.lengthBytes = 0
    header.payloadLength = short
  } else if (short < LENGTH_64) {
    header.lengthBytes = 2
    header.payloadLength = (bytes[at] << 8) | bytes[at + 1]
    at += 2
  } else {
    header.lengthBytes = 8
    header.lengthHigh = readUint32(bytes, at)
    header.payloadLength = header.lengthHigh * TWO_POW_32 + readUint32(bytes, at + 4)
    at += 8
  }
  header.maskingKey = header.masked ? readUint32(bytes, at) : 0
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
}
