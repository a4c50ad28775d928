/** Finds out whether a silent peer is still there: a Ping after silence, and the end when that brings nothing. */
import { now } from './clock.ts'
import { type Heartbeat, startTimer } from './settings.ts'
import type { Transport } from './transport.ts'

/** The heartbeat of one connection; any byte of the peer counts, and so does output that it takes. */
export class HeartbeatTimer {
  readonly #transport: Transport
  readonly #settings: Heartbeat
  /** When the Ping was sent that nothing has answered yet; 0 while none is out. */
  #pingedAt: number
  #timer: NodeJS.Timeout | undefined

  constructor(transport: Transport, settings: Heartbeat) {
    this.#transport = transport
    this.#settings = settings
    this.#pingedAt = 0
    this.#wait(settings.intervalMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #wait(delayMs: number): void {
    this.#timer = startTimer(() => this.#check(), Math.ceil(delayMs))
    this.#timer?.unref()
  }

  #check(): void {
    const { session, heardAt, holdsMessage } = this.#transport
    // The closing timer takes over.
    if (session.state !== 'open') return
    const { intervalMs, graceMs } = this.#settings
    const time = now()
    // The Pong may come within the millisecond of the Ping; what came before it did not, as there was silence.
    if (heardAt >= this.#pingedAt) this.#pingedAt = 0
    if (holdsMessage) {
      // Nothing is read because the application does not pull: the peer's silence says nothing.
      this.#pingedAt = 0
      this.#wait(intervalMs)
    } else if (this.#pingedAt > 0) {
      const leftMs = this.#pingedAt + graceMs - time
      if (leftMs > 0) this.#wait(leftMs)
      else this.#transport.destroy('timeout')
    } else if (time - heardAt < intervalMs) {
      this.#wait(heardAt + intervalMs - time)
    } else {
      this.#pingedAt = time
      session.sendPing()
      this.#transport.planFlush()
      this.#wait(graceMs)
    }
  }
}
