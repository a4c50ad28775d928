/** Byte strings that are put together from parts. */

/** No bytes. */
export const EMPTY: Uint8Array = new Uint8Array(0)

/** All parts in one; a single part is returned as it is. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 0) return EMPTY
  if (parts.length === 1) return parts[0]
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** Collects small parts by copying them: a thousand parts of one byte cost a thousand bytes, not a thousand arrays. */
export class Collector {
  #buffer = EMPTY
  #length = 0

  get length(): number {
    return this.#length
  }

  append(part: Uint8Array): void {
    const needed = this.#length + part.length
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2))
      grown.set(this.#buffer.subarray(0, this.#length))
      this.#buffer = grown
    }
    this.#buffer.set(part, this.#length)
    this.#length = needed
  }

  /** What was collected, which now belongs to the caller; the collector begins anew. */
  take(): Uint8Array {
    const collected = this.#buffer.subarray(0, this.#length)
    this.#buffer = EMPTY
    this.#length = 0
    return collected
  }
}
