/** Time as the runner uses it. Injected, so that tests run on a clock of their own. */

export interface Clock {
  /** Milliseconds, monotonic, with fractions. */
  now(): number
  /** Wall time, for reports. */
  date(): Date
  /** Runs `action` after `ms` and as much longer as the event loop was held up; the result cancels it. */
  after(ms: number, action: () => void): () => void
  /** Resolves in a later turn of the event loop. */
  turn(): Promise<void>
  /** All milliseconds by which the event loop has been late so far. */
  lateMs(): number
}

/** How often the event loop is looked at. */
const SAMPLE_MS = 20
/** Less than this is the ordinary inexactness of timers. */
const ORDINARY_MS = 10

/** The machine's clock. Its sampling timer does not keep the process alive. */
export class SystemClock implements Clock {
  #late = 0
  #sampled = performance.now()
  readonly #sampler: NodeJS.Timeout

  constructor() {
    this.#sampler = setInterval(() => this.#sample(), SAMPLE_MS).unref()
  }

  now(): number {
    return performance.now()
  }

  date(): Date {
    return new Date()
  }

  lateMs(): number {
    return this.#late
  }

  after(ms: number, action: () => void): () => void {
    const lateBefore = this.#late
    let granted = 0
    const expire = (): void => {
      this.#sample()
      const owed = this.#late - lateBefore - granted
      if (owed <= ORDINARY_MS) {
        action()
        return
      }
      // The peer's answer may lie unread in the kernel while this process was busy: the wait grows by that time.
      granted += owed
      timer = setTimeout(expire, owed)
    }
    let timer = setTimeout(expire, ms)
    return () => clearTimeout(timer)
  }

  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }

  /** Stops sampling. */
  close(): void {
    clearInterval(this.#sampler)
  }

  #sample(): void {
    const now = performance.now()
    const late = now - this.#sampled - SAMPLE_MS
    this.#sampled = now
    if (late > ORDINARY_MS) this.#late += late
  }
}
