/** A promise that is settled from outside, or by the signal that the caller gave. */

/** Settles once; what comes later is ignored. */
export class Deferred<T> {
  readonly promise: Promise<T>
  /** True once the promise is resolved or rejected. */
  settled: boolean
  #resolve: (value: T) => void = ignore
  #reject: (reason: unknown) => void = ignore
  readonly #signal: AbortSignal | undefined
  readonly #abort: (() => void) | undefined

  /** `signal` rejects the promise with its reason; nothing stays attached to it once the promise is settled. */
  constructor(signal?: AbortSignal) {
    this.settled = false
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#signal = signal
    this.#abort = signal === undefined ? undefined : () => this.reject(signal.reason)
    if (this.#abort === undefined) return
    if (signal?.aborted) this.#abort()
    else signal?.addEventListener('abort', this.#abort)
  }

  resolve(value: T): void {
    this.#settle()
    this.#resolve(value)
  }

  reject(reason: unknown): void {
    this.#settle()
    this.#reject(reason)
  }

  /** Settles as another promise does, unless something else comes first. */
  follow(promise: PromiseLike<T>): void {
    promise.then(
      (value) => this.resolve(value),
      (reason) => this.reject(reason),
    )
  }

  #settle(): void {
    this.settled = true
    if (this.#abort !== undefined) this.#signal?.removeEventListener('abort', this.#abort)
  }
}

function ignore(): void {
  // Replaced before anyone can call it: the executor of a promise runs at once.
}
