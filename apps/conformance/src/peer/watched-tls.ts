/**
 * TLS over a TCP socket that stays in sight. Node's own TLS socket says "end" for close_notify and for a bare FIN alike; here the FIN
 * is told to TLS a moment later, so that an end that comes before it can only be close_notify.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { SocketWire } from './socket-wire.ts'

/** Turns of the event loop that TLS gets to decrypt what came before the FIN. */
const TURNS = 3

/** The TCP socket as TLS sees it. */
class Below extends Duplex {
  readonly #tcp: Socket
  finSeen = false

  constructor(tcp: Socket) {
    super({ allowHalfOpen: true })
    this.#tcp = tcp
    tcp.on('data', (chunk) => this.push(chunk))
    tcp.on('end', () => this.#endLater(TURNS))
    tcp.on('error', (error) => this.destroy(error))
    tcp.on('close', () => this.destroy())
  }

  #endLater(turns: number): void {
    if (turns > 0) {
      setImmediate(() => this.#endLater(turns - 1))
      return
    }
    this.finSeen = true
    this.push(null)
  }

  override _read(): void {
    // Octets are pushed as they come: a case never sends more than fits into memory.
  }

  override _write(chunk: Uint8Array, _: string, done: (error?: Error | null) => void): void {
    this.#tcp.write(chunk, done)
  }

  override _final(done: () => void): void {
    this.#tcp.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#tcp.destroy()
    done(error)
  }
}

/** A wire that knows about close_notify, and how to leave it out. */
export class WatchedTlsWire extends SocketWire {
  readonly #tcp: Socket

  constructor(tcp: Socket, below: Below, secured: TLSSocket) {
    super(secured, true)
    this.#tcp = tcp
    // Before the listener that the base class has put there is told of the end.
    secured.prependOnceListener('end', () => {
      this.closeNotify = !below.finSeen
    })
  }

  override truncate(): void {
    this.#tcp.end()
  }
}

/** Secures a connected TCP socket; rejects when the TLS handshake fails. */
export function secure(tcp: Socket, options: ConnectionOptions): Promise<WatchedTlsWire> {
  return new Promise((resolve, reject) => {
    const below = new Below(tcp)
    const withHalfOpen = { ...options, socket: below, allowHalfOpen: true }
    const secured = connect(withHalfOpen)
    secured.once('error', reject)
    secured.once('secureConnect', () => {
      secured.off('error', reject)
      resolve(new WatchedTlsWire(tcp, below, secured))
    })
  })
}
