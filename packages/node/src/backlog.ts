/**
 * Backpressure, out: how much pending output is much, and whether what is pending are answers that pile up, so that nothing more is
 * read which would be answered. Why like this: docs/decisions/node-backpressure.md.
 */
import type { Session } from '@hybi/session'
import type { Limits } from './settings.ts'

/**
 * Where it is known late what has left, this many times the high-water mark may be pending until then: what two turns of the loop
 * bring, as the answers of one are still on their way when those of the next come.
 */
const MARKS_UNTRIED = 6

/** The one whose output is pending. */
interface Sender {
  /** In octets. */
  readonly pendingOutput: number
}

/** The pending output of one connection, and what caused it. */
export class Backlog {
  readonly #sender: Sender
  readonly #mark: number
  /** A server that reads on with more than this pending is taken to answer in later turns. */
  readonly #mostHeard: number
  readonly #knownLate: boolean
  /** True when output is pending that may have left already; always false where that is known at once. */
  #untried: boolean
  /** Octets that were sent in answer to input since less than the high-water mark was pending. */
  #answered: number
  /** True when a server has read on with much pending: what it sends from then on counts as answers. */
  #heardWhileFull: boolean

  /** @param knownLate true for a socket that says a turn of the loop later what has left, although it left at once: one with TLS */
  constructor(sender: Sender, role: Session['role'], limits: Limits, knownLate: boolean) {
    this.#sender = sender
    this.#mark = limits.highWaterMark
    this.#mostHeard = role === 'server' ? limits.maxPendingOutput / 2 : Number.POSITIVE_INFINITY
    this.#knownLate = knownLate
    this.#untried = knownLate
    this.#answered = 0
    this.#heardWhileFull = false
  }

  /** True when `size` octets are more than may wait for the end of the turn. */
  isMuch(size: number): boolean {
    return size > this.#patience()
  }

  /**
   * True when answers pile up. Other output does not count; with two peers that send much of their own accord, each would wait for
   * the other to read.
   */
  get isOfAnswers(): boolean {
    const patience = this.#patience()
    return this.#answered > patience && this.#sender.pendingOutput > patience
  }

  /** Something was received. */
  heard(): void {
    if (this.#sender.pendingOutput > this.#mostHeard) this.#heardWhileFull = true
  }

  /** `size` octets were sent; `answering` while the application is at work on a message. */
  add(size: number, answering: boolean): void {
    if (answering || this.#heardWhileFull) this.#answered += size
  }

  /** What the socket takes was written. */
  written(): void {
    if ((this.#answered > 0 || this.#heardWhileFull) && this.#sender.pendingOutput <= this.#mark) {
      this.#answered = 0
      this.#heardWhileFull = false
    }
  }

  /** Of what was written it is known whether it has left: all of it, or not. What is written next has to be tried again. */
  tried(allLeft: boolean): void {
    this.#untried = this.#knownLate && allLeft
  }

  #patience(): number {
    return this.#untried ? MARKS_UNTRIED * this.#mark : this.#mark
  }
}
