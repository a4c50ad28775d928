/**
 * Connections between accepting TCP and the end of the TLS handshake: one deadline covers both, and the head after them.
 *
 * Node tells of the TCP socket when it accepts it and of the TLS socket when that is secure, and has no way to get from one to
 * the other; their addresses, and the port of the peer, are the same. (A peer may use one port for two addresses of ours.)
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

  constructor(endpoint: Endpoint<Data>) {
    this.#endpoint = endpoint
  }

  /**
   * For `tls.createServer`; it is what bounds connections whose peers have no address: over unix sockets, and of a peer that
   * had reset the connection before it was accepted.
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
    if (key === null) return
    const arrival = new Arrival(socket, timeouts.handshakeMs)
    this.#arrivals.set(key, arrival)
    visitors.enter(arrival)
    socket.once('close', () => {
      if (this.#arrivals.get(key) === arrival) this.#arrivals.delete(key)
      arrival.leave()
      visitors.leave(arrival)
    })
  }

  /** TLS is there: goes on with what is left of the handshake's time. */
  secured(socket: Socket, goOn: (leftMs: number) => void): void {
    const key = keyOf(socket)
    const arrival = key === null ? undefined : this.#arrivals.get(key)
    if (key === null || arrival === undefined) {
      goOn(this.#endpoint.timeouts.handshakeMs)
      return
    }
    this.#arrivals.delete(key)
    arrival.leave()
    this.#endpoint.visitors.leave(arrival)
    goOn(arrival.leftMs)
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
