/**
 * How long one connection may be served in a row. One peer that sent a MiB of small compressed messages kept all others waiting for
 * half a second without this, for four with context takeover (`npm run hostile -- --only deflate.flood`).
 *
 * In a row means that no other connection was served in between: where many take turns, none of them has to rest. To rest is two changes of
 * what the process polls for, two system calls each (`strace -c -e epoll_ctl` beside `npm run bench -- frag`).
 */
import type { SessionEvent } from '@hybi/session'
import { now } from './clock.ts'

const SHIFT_MS = 5

/** Octets of a read from which it is worth a look at the clock whether the shift is over. */
const LARGE_READ = 4_096

/** Events that pass without a look at the clock, which costs as much as a small message. */
const EVENTS_UNSEEN = 64

/** Who was served last, and since when nobody else was. */
export class Shift {
  #worker: object | null
  #began: number
  #workedAt: number
  /** Events until the clock is looked at. */
  #untilLook: number

  constructor() {
    this.#worker = null
    this.#began = 0
    this.#workedAt = 0
    this.#untilLook = EVENTS_UNSEEN
  }

  /**
   * Bytes have come. Node reads the same socket many times in a row: what comes right behind belongs to the same shift, unless another
   * connection was served meanwhile. (Streams that share one socket take turns without the loop having been round. They are rare.)
   */
  work(worker: object, time: number): void {
    if (this.#worker !== worker || time - this.#workedAt > SHIFT_MS) this.begin(worker, time)
    this.#workedAt = time
  }

  /** A new shift begins, after a rest. */
  begin(worker: object, time: number): void {
    this.#worker = worker
    this.#began = time
  }

  /** After all of a read: true when the shift is over. Frames that are no events yet take their time as well. */
  endsWithRead(worker: object, size: number): boolean {
    return size >= LARGE_READ && this.#isOver(worker)
  }

  /** After an event: true when the shift is over. The clock is looked at now and then; what was inflated is dear, each of it. */
  endsWithEvent(worker: object, event: SessionEvent): boolean {
    if (--this.#untilLook > 0 && !(event.type === 'message' && event.compressed)) return false
    this.#untilLook = EVENTS_UNSEEN
    return this.#isOver(worker)
  }

  /** The connection is gone: it is not kept in memory for having been the last. */
  leave(worker: object): void {
    if (this.#worker === worker) this.#worker = null
  }

  #isOver(worker: object): boolean {
    const time = now()
    if (this.#worker !== worker) this.begin(worker, time)
    return time - this.#began >= SHIFT_MS
  }
}
