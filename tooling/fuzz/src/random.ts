/** Repeatable randomness that costs little: Chris Doty-Humphrey's sfc32, begun anew for every input from its number. */

/** A stream of numbers that depends on its three seeds alone. */
export class Random {
  #a = 0
  #b = 0
  #c = 0
  #counter = 1

  constructor(first = 0, second = 0, third = 0) {
    this.reseed(first, second, third)
  }

  /** Begins another stream. */
  reseed(first: number, second: number, third: number): void {
    this.#a = first | 0
    this.#b = second | 0
    this.#c = third | 0
    this.#counter = 1
    // The state needs some rounds until every bit of the seeds has reached every bit of it.
    for (let round = 0; round < 12; round++) this.next()
  }

  /** An unsigned integer of 32 bits. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * limit)
  }

  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]
  }

  /** A size from 0 to `most`, small ones being far more likely. */
  size(most: number): number {
    return this.below(Math.min(most, 2 ** this.below(Math.log2(most + 1) + 1)) + 1)
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let i = 0; i < length; i++) bytes[i] = this.next()
    return bytes
  }
}

/** A number that stands for a text (FNV-1a), so that a name can be a seed. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
