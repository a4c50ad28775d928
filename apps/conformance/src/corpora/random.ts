/** Deterministic pseudo-random numbers: the corpora must be the same on every machine. */

/** Marsaglia's xorshift, 32 bits. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1
  }

  /** 0 to 2^32 - 1. */
  next(): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state >>> 0
    return this.#state
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return this.next() % limit
  }

  /** One of `list`; low positions are likelier the larger `bias` is. */
  pick<T>(list: readonly T[], bias = 1): T {
    const position = (this.next() / 0x1_0000_0000) ** bias
    return list[Math.floor(position * list.length)]
  }
}
