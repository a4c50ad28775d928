/** What a load has seen since its last mark. */

export interface Marked {
  /** Messages echoed and compared (connections, deliveries) since the mark before. */
  readonly messages: number
  readonly elapsedMs: number
  /** Milliseconds a batch took there and back. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time of the load generator per wall time, 1 being one core. */
  readonly loadShare: number
  /** Share of that time that the kernel used. */
  readonly systemShare: number
}

const MAX_SAMPLES = 100_000

const percentile = (sorted: Float64Array, share: number): number =>
  sorted.length === 0 ? 0 : (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)

export class Tally {
  messages = 0
  readonly #samples = new Float64Array(MAX_SAMPLES)
  #seen = 0
  #startedAt = performance.now()
  #cpu = process.cpuUsage()

  /** Counts a batch that was written at `sentAt` (`performance.now()`). */
  batchDone(messages: number, sentAt: number): void {
    this.messages += messages
    this.#samples[this.#seen++ % MAX_SAMPLES] = performance.now() - sentAt
  }

  /** Everything since the last mark; begins anew. */
  mark(): Marked {
    const sorted = this.#samples.slice(0, Math.min(this.#seen, MAX_SAMPLES)).sort()
    const elapsedMs = performance.now() - this.#startedAt
    const { user, system } = process.cpuUsage(this.#cpu)
    const marked = {
      messages: this.messages,
      elapsedMs,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      loadShare: (user + system) / 1000 / elapsedMs,
      systemShare: system / (user + system),
    }
    this.messages = 0
    this.#seen = 0
    this.#startedAt = performance.now()
    this.#cpu = process.cpuUsage()
    return marked
  }
}
