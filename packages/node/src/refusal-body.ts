/** The body of a refusal (RFC 9112, 6 and 7), as much of it as is wanted. */
import { findHeader, type ResponseHead } from '@hybi/handshake'

/** Where a reader of chunked coding stands. */
type ChunkState = 'size' | 'data' | 'data-end'

const LINE_FEED = 10

/**
 * RFC 9112, 6.3: "any response with a 1xx (Informational), 204 (No Content), or 304 (Not Modified) status code is always terminated by the
 * first empty line after the header fields".
 */
const BODILESS: ReadonlySet<number> = new Set([204, 304])

/** Reads a body by its length, by its chunks, or until the connection ends. */
export class RefusalBody {
  /** True when nothing more is to be read: the body is whole, cut off, or not what it says it is. */
  complete: boolean
  readonly #pieces: Uint8Array[]
  /** Octets that are still wanted. */
  #room: number
  /** Octets that are left of the body, or of the chunk. */
  #left: number
  #chunk: ChunkState | null
  #sizeLine: string
  /** Octets of sizes and extensions that are still taken: a body may cost as much again, and no more. */
  #framing: number

  /** @param limit octets that are kept at most */
  constructor({ status, headers }: ResponseHead, limit: number) {
    const isChunked = /\bchunked\s*$/i.test(findHeader(headers, 'transfer-encoding') ?? '')
    const length = findHeader(headers, 'content-length')
    this.#pieces = []
    this.#room = limit
    this.#left = length !== undefined && /^\d+$/.test(length) ? Number(length) : Number.POSITIVE_INFINITY
    this.#chunk = isChunked ? 'size' : null
    this.#sizeLine = ''
    this.#framing = limit + MAX_SIZE_LINE
    this.complete = limit === 0 || BODILESS.has(status) || (!isChunked && this.#left === 0)
  }

  /** What was read. */
  get bytes(): Uint8Array {
    return Buffer.concat(this.#pieces)
  }

  /** Takes the next bytes from the connection. */
  receive(bytes: Uint8Array): void {
    if (this.#chunk === null) this.#take(bytes, 0)
    else for (let at = 0; at < bytes.length && !this.complete; ) at = this.#takeChunked(bytes, at)
    if (this.#chunk === null && this.#left === 0) this.complete = true
  }

  /** Keeps what belongs to the body from `start` on; returns where that ends. */
  #take(bytes: Uint8Array, start: number): number {
    const end = Math.min(bytes.length, start + this.#left)
    const wanted = bytes.subarray(start, Math.min(end, start + this.#room))
    // A small part of what was read is copied: a view of it would keep all of that.
    this.#pieces.push(wanted.length * 2 < bytes.length ? Buffer.from(wanted) : wanted)
    this.#room -= wanted.length
    this.#left -= end - start
    if (this.#room === 0) this.complete = true
    return end
  }

  #takeChunked(bytes: Uint8Array, start: number): number {
    if (this.#chunk === 'data') {
      const end = this.#take(bytes, start)
      if (this.#left === 0) this.#chunk = 'data-end'
      return end
    }
    // RFC 9112, 7.1: chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
    const lineFeed = bytes.indexOf(LINE_FEED, start)
    const end = lineFeed === -1 ? bytes.length : lineFeed + 1
    this.#sizeLine += Buffer.from(bytes.subarray(start, end)).toString('latin1')
    this.#framing -= end - start
    if (this.#sizeLine.length > MAX_SIZE_LINE || this.#framing < 0) this.complete = true
    if (lineFeed !== -1) this.#endLine()
    return end
  }

  #endLine(): void {
    const line = this.#sizeLine
    this.#sizeLine = ''
    if (this.#chunk === 'data-end') {
      this.#chunk = 'size'
      return
    }
    const size = /^[0-9a-f]{1,8}(?=[;\s])/i.exec(line)?.[0]
    this.#left = size === undefined ? 0 : Number.parseInt(size, 16)
    this.#chunk = 'data'
    // The last chunk has the size 0; trailers behind it are of no interest.
    if (this.#left === 0) this.complete = true
  }
}

/** A chunk's size and extensions: more than that is nothing we want to keep. */
const MAX_SIZE_LINE = 4096
