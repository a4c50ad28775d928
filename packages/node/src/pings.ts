/** Pings that wait for their Pong (RFC 6455, 5.5.2 and 5.5.3), and how long it took. */
import { Deferred } from './deferred.ts'
import { ConnectionClosedError } from './errors.ts'
import type { Transport } from './transport.ts'

interface PendingPing {
  readonly payload: Uint8Array
  readonly sentAt: number
  readonly answered: Deferred<number>
}

/** The application's Pings of one connection, oldest first. */
export class PendingPings {
  #pings: PendingPing[] = []
  #count = 0

  /** Sends a Ping, with a payload that no Ping before it had unless one is given. See `Connection.ping`. */
  send(
    transport: Transport,
    data: string | Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const payload = data === undefined ? this.#nextPayload() : Buffer.from(data)
    const answered = new Deferred<number>(signal)
    if (answered.settled) return answered.promise
    if (transport.isOpen && transport.session.sendPing(payload)) {
      this.#pings.push({ payload, sentAt: performance.now(), answered })
      transport.planFlush()
    } else {
      answered.reject(new ConnectionClosedError('the Ping was not sent, as closing had begun'))
    }
    return answered.promise
  }

  /**
   * A Pong has come: settles its Ping and those before it. 5.5.3: the peer "MAY elect to send a Pong frame for only the
   * most recently processed Ping frame." A Pong that answers nothing is let pass: "A response to an unsolicited Pong
   * frame is not expected."
   */
  answer(payload: Uint8Array): void {
    const index = this.#pings.findIndex((ping) => Buffer.compare(ping.payload, payload) === 0)
    const now = performance.now()
    for (const { answered, sentAt } of this.#pings.splice(0, index + 1)) answered.resolve(now - sentAt)
  }

  /** No Pong will come any more. */
  fail(error: Error): void {
    for (const { answered } of this.#pings.splice(0)) answered.reject(error)
  }

  #nextPayload(): Uint8Array {
    const payload = Buffer.alloc(4)
    payload.writeUInt32BE(this.#count++)
    return payload
  }
}
