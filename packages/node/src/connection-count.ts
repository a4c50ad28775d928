/** Counts connections by key, so that one peer cannot have them all. */

/** How many connections each key has. */
export class ConnectionCount {
  readonly #most: number
  readonly #counts = new Map<string, number>()

  /** `most`: connections that one key may have. */
  constructor(most: number) {
    this.#most = most
  }

  /** Counts one more; false, and nothing is counted, when the key has as many as it may. */
  add(key: string): boolean {
    const count = this.#counts.get(key) ?? 0
    if (count >= this.#most) return false
    this.#counts.set(key, count + 1)
    return true
  }

  /** One of the connections is gone. */
  remove(key: string): void {
    const count = this.#counts.get(key) ?? 0
    if (count > 1) this.#counts.set(key, count - 1)
    else this.#counts.delete(key)
  }
}
