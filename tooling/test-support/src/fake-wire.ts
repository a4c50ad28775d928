/** Two endpoints on a wire that is only memory: bytes move when the test says so, and either end may vanish at any byte. */

/** What an endpoint on a wire must be able to do; `Session` of @hybi/session is one. */
export interface WireEndpoint<Event> {
  receive(chunk: Uint8Array): void
  receiveEnd(): void
  transportLost(cause: 'reset'): void
  next(): Event | null
  takeOutput(): Uint8Array[]
  readonly outputEnded: boolean
}

/** One endpoint with its end of the wire: what it has sent and the other has not got yet, and what it has seen. */
export class WireEnd<Event> {
  readonly endpoint: WireEndpoint<Event>
  /** All events so far. */
  readonly events: Event[] = []
  #onEvent: (event: Event) => void
  #inFlight: Uint8Array[] = []
  #finSent = false
  #finDelivered = false
  #lost = false

  constructor(endpoint: WireEndpoint<Event>, onEvent: (event: Event) => void) {
    this.endpoint = endpoint
    this.#onEvent = onEvent
  }

  /** Octets that the endpoint has written and the other has not read. */
  get inFlight(): number {
    return this.#inFlight.reduce((size, { length }) => size + length, 0)
  }

  /** True while something can still move from here to the other end. */
  get busy(): boolean {
    return !this.#lost && (this.inFlight > 0 || (this.#finSent && !this.#finDelivered))
  }

  /** As a driver does at the end of a turn: pulls until null, then puts the output on the wire. */
  turn(): void {
    this.#pull()
    const output = this.endpoint.takeOutput()
    if (this.#lost) return
    if (output.length > 0 && this.#finSent) throw new Error('output after the end of the output')
    this.#inFlight.push(...output)
    this.#finSent = this.endpoint.outputEnded
    this.#pull()
  }

  /** Moves up to `octets` to the other end in one chunk; and the FIN when nothing is left before it. */
  deliver(to: WireEnd<Event>, octets: number): void {
    if (this.#lost) return
    const bytes = Uint8Array.from(this.#inFlight.flatMap((piece) => [...piece]))
    const chunk = bytes.slice(0, octets)
    this.#inFlight = chunk.length < bytes.length ? [bytes.slice(octets)] : []
    if (chunk.length > 0) to.endpoint.receive(chunk)
    if (this.#inFlight.length === 0 && this.#finSent && !this.#finDelivered) {
      this.#finDelivered = true
      to.endpoint.receiveEnd()
    }
    to.turn()
  }

  /** The wire breaks here: what was in flight is gone, and the endpoint is told. */
  lose(): void {
    this.turn()
    this.#lost = true
    this.#inFlight = []
    this.endpoint.transportLost('reset')
    this.turn()
  }

  #pull(): void {
    for (let event = this.endpoint.next(); event !== null; event = this.endpoint.next()) {
      this.events.push(event)
      this.#onEvent(event)
    }
  }
}

/** Lets everything arrive, both ways, until nothing moves any more. */
export function settleWire<Event>(left: WireEnd<Event>, right: WireEnd<Event>): void {
  left.turn()
  right.turn()
  while (left.busy || right.busy) {
    left.deliver(right, Infinity)
    right.deliver(left, Infinity)
  }
}
