/**
 * How long one connection may be served in a row. One peer that sent a MiB of small compressed messages kept all others waiting for
 * half a second without this, for four with context takeover (`npm run hostile -- --only deflate.flood`).
 *
 * In a row means that no other connection was served in between: where many take turns, none of them has to rest. To rest is two changes of
 * what the process polls for, two system calls each (`strace -c -e epoll_ctl` beside `npm run bench -- frag`).
 *
 * Only bytes that come, and a rest, begin a shift. Connections whose handlers wake one another may take turns for long without the event
 * loop having been round: there each has its own shift, and rests.
 */
import type { SessionEvent } from '@hybi/session'
import { now } from './clock.ts'

const SHIFT_MS = 5

/** Octets of a read from which it is worth a look at the clock whether the shift is over. */
const LARGE_READ = 4_096

/** Events that pass without a look at the clock, which takes 50 ns (`npx pnpm --filter @hybi/node bench`, Node 20). */
const EVENTS_UNSEEN = 64

/** The shift of the connection that was served last. */
let latest: Shift | null = null

/** The time for which one connection has been served, in milliseconds as of `now`. */
export class Shift {
  #began: number
  #workedAt: number
  /** Events until the clock is looked at. */
  #untilLook: number

  constructor(time: number) {
    this.#began = time
    this.#workedAt = time
    this.#untilLook = EVENTS_UNSEEN
  }

  /**
   * Bytes have come. Node reads the same socket many times in a row: what comes right behind belongs to the same shift, unless another
   * connection was served meanwhile. (Streams that share one socket take turns without the loop having been round. They are rare.)
   */
  work(time: number): void {
    if (latest !== this || time - this.#workedAt > SHIFT_MS) this.#began = time
    this.#workedAt = time
    latest = this
  }

  /** A new shift begins, after a rest. */
  begin(time: number): void {
    this.#began = time
  }

  /** After all of a read: true when the shift is over. Frames that are no events yet take their time as well. */
  endsWithRead(size: number): boolean {
    return size >= LARGE_READ && this.#isOver()
  }

  /** After an event: true when the shift is over. The clock is looked at now and then; what was inflated is dear, each of it. */
  endsWithEvent(event: SessionEvent): boolean {
    if (--this.#untilLook > 0 && !(event.type === 'message' && event.compressed)) return false
    this.#untilLook = EVENTS_UNSEEN
    return this.#isOver()
  }

  #isOver(): boolean {
    return now() - this.#began >= SHIFT_MS
  }
}
