/** Who waits for the next item of an iteration, first come, first served. Items are never kept here. */

interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void
  readonly reject: (reason: unknown) => void
}

/** The calls of `next` that wait. */
export class PullQueue<T> {
  readonly #waiting: Waiting<T>[] = []
  #over = false
  #failure: { readonly reason: unknown } | null = null

  /** True when no item will follow. */
  get over(): boolean {
    return this.#over
  }

  /** True when somebody waits for an item. */
  get wanted(): boolean {
    return this.#waiting.length > 0
  }

  /** Waits for an item. */
  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      if (!this.#over) {
        this.#waiting.push({ resolve, reject })
      } else if (this.#failure === null) {
        resolve({ done: true, value: undefined })
      } else {
        // As a generator that threw: once the reason, then the end.
        reject(this.#failure.reason)
        this.#failure = null
      }
    })
  }

  /** Gives an item to who waits longest; false when nobody does. */
  offer(value: T): boolean {
    const waiting = this.#waiting.shift()
    waiting?.resolve({ done: false, value })
    return waiting !== undefined
  }

  /** No item will follow. */
  end(): void {
    this.#over = true
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined })
  }

  /** No item will follow, for a reason that who waits, now or next, is told. */
  fail(reason: unknown): void {
    if (this.#over) return
    this.#over = true
    if (this.#waiting.length === 0) this.#failure = { reason }
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
  }
}
