/** Bounds the end of a connection: restarted by progress, under a cap on the whole. */
import { startTimer, type Timeouts } from './settings.ts'

/** A timer that counts from its making. */
export class ClosingTimer {
  readonly #timeouts: Timeouts
  readonly #expire: () => void
  readonly #startedAt: number
  #progressAt: number
  #timer: NodeJS.Timeout | undefined

  /** `expire` is called once: `closeMs` after the last progress or `closeTotalMs` after the start, unless stopped. */
  constructor(timeouts: Timeouts, expire: () => void) {
    this.#timeouts = timeouts
    this.#expire = expire
    this.#startedAt = performance.now()
    this.#progressAt = this.#startedAt
    this.#timer = undefined
    this.#wait()
  }

  /** The peer took output, or answered. The running timer looks at it when it fires: progress costs no timer. */
  progress(): void {
    this.#progressAt = performance.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #wait(): void {
    const { closeMs, closeTotalMs } = this.#timeouts
    const dueAt = Math.min(this.#progressAt + closeMs, this.#startedAt + closeTotalMs)
    const delayMs = dueAt - performance.now()
    if (delayMs <= 0) this.#expire()
    else this.#timer = startTimer(() => this.#wait(), Math.ceil(delayMs))
  }
}
