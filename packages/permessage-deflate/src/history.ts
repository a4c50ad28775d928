/**
 * The last bytes of plain text that back-references of what follows may reach: the LZ77 window of RFC 1951, kept
 * as text and not inside a compressor. This is all that an idle connection holds.
 */
export class History {
  readonly #size: number
  #buffer = new Uint8Array(0)
  #length = 0

  /** @param windowBits the window holds two to this power bytes, at most; memory grows with what is kept. */
  constructor(windowBits: number) {
    this.#size = 2 ** windowBits
  }

  /** Adds plain text; the bytes are copied. */
  append(bytes: Uint8Array): void {
    if (bytes.length >= this.#size) {
      this.#reserve(this.#size)
      this.#buffer.set(bytes.subarray(bytes.length - this.#size))
      this.#length = this.#size
      return
    }
    const keep = Math.min(this.#length, this.#size - bytes.length)
    this.#reserve(keep + bytes.length)
    if (keep < this.#length) this.#buffer.copyWithin(0, this.#length - keep, this.#length)
    this.#buffer.set(bytes, keep)
    this.#length = keep + bytes.length
  }

  /** Keeps these bytes instead; they are copied. */
  replace(bytes: Uint8Array): void {
    this.#length = 0
    this.append(bytes)
  }

  /** What is kept, oldest byte first; undefined when there is nothing. A view, valid until the next `append`. */
  get bytes(): Uint8Array | undefined {
    return this.#length === 0 ? undefined : this.#buffer.subarray(0, this.#length)
  }

  #reserve(needed: number): void {
    if (needed <= this.#buffer.length) return
    const grown = new Uint8Array(Math.min(this.#size, Math.max(needed, this.#buffer.length * 2)))
    grown.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = grown
  }
}
