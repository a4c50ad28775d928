/**
 * Connections between accepting TCP and the end of the TLS handshake: one deadline covers both, and the head after them.
 *
 * Node tells of the TCP socket when it accepts it and of the TLS socket when that is secure, and has no documented way to get from one to
 * the other; their addresses, and the port of the peer, are the same. (A peer may use one port for two addresses of ours.) Where peers have no
 * address, on a unix socket, the one is looked for among the properties of the other.
 */
import type { Socket } from 'node:net'
import type { Endpoint } from './endpoint.ts'
import { Member } from './roster.ts'
import { startTimer } from './settings.ts'
import type { Visitor } from './visitors.ts'

/** Node takes an integer, and no infinity. */
const LONGEST_MS = 2 ** 31 - 1

/** The TCP sockets of one listener that are not secure yet. */
export class TlsArrivals<Data> {
  readonly #endpoint: Endpoint<Data>
  readonly #arrivals = new Map<string, Arrival>()
  /** Those whose peers have no address. */
  readonly #nameless = new Set<Arrival>()

  constructor(endpoint: Endpoint<Data>) {
    this.#endpoint = endpoint
  }

  /**
   * For `tls.createServer`; it is what bounds connections whose peers have no address, where one cannot be told from the other.
   */
  get handshakeTimeoutMs(): number {
    return Math.min(this.#endpoint.timeouts.handshakeMs, LONGEST_MS)
  }

  /** TCP was accepted, TLS begins. */
  accepted(socket: Socket): void {
    const { visitors, limits, timeouts, size } = this.#endpoint
    // What goes wrong here ends the socket, and nobody has to know.
    socket.on('error', ignore)
    if (size >= limits.maxConnections) {
      socket.destroy()
      return
    }
    const key = keyOf(socket)
    const arrival = new Arrival(socket, timeouts.handshakeMs)
    if (key === null) this.#nameless.add(arrival)
    else this.#arrivals.set(key, arrival)
    visitors.enter(arrival)
    socket.once('close', () => {
      if (key !== null && this.#arrivals.get(key) === arrival) this.#arrivals.delete(key)
      this.#leave(arrival)
    })
  }

  /** TLS is there: goes on with what is left of the handshake's time. */
  secured(socket: Socket, goOn: (leftMs: number) => void): void {
    const key = keyOf(socket)
    const arrival = key === null ? this.#findNameless(socket) : this.#arrivals.get(key)
    if (key !== null) this.#arrivals.delete(key)
    if (arrival !== undefined) this.#leave(arrival)
    goOn(arrival?.leftMs ?? this.#endpoint.timeouts.handshakeMs)
  }

  #leave(arrival: Arrival): void {
    this.#nameless.delete(arrival)
    arrival.leave()
    this.#endpoint.visitors.leave(arrival)
  }

  /** The one over whose socket this one is. Where no property says so, nobody is kept who might be secure by now. */
  #findNameless(socket: Socket): Arrival | undefined {
    const properties: unknown[] = Object.values(socket)
    const found = [...this.#nameless].find((arrival) => properties.includes(arrival.socket))
    if (found === undefined) for (const arrival of this.#nameless) this.#leave(arrival)
    return found
  }
}

/** One TCP socket in its TLS handshake. */
class Arrival extends Member implements Visitor {
  /** Null once it has left: what was in a `Map` may be referred to for long after (see roster.ts), and is to be little. */
  #socket: Socket | null
  readonly #deadline: number
  readonly #timer: NodeJS.Timeout | undefined

  constructor(socket: Socket, deadlineMs: number) {
    super()
    this.#socket = socket
    this.#deadline = performance.now() + deadlineMs
    this.#timer = startTimer(() => this.drop(), deadlineMs)
  }

  get leftMs(): number {
    return Math.max(0, this.#deadline - performance.now())
  }

  get socket(): Socket | null {
    return this.#socket
  }

  leave(): void {
    clearTimeout(this.#timer)
    this.#socket = null
  }

  hurry(): void {
    this.#socket?.destroy()
  }

  drop(): void {
    this.#socket?.destroy()
  }
}

function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string | null {
  return remoteAddress === undefined || remotePort === undefined
    ? null
    : `${remoteAddress} ${remotePort} ${localAddress}`
}

function ignore(): void {
  // See where it is used.
}
