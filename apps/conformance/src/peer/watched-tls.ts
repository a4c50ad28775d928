/**
 * TLS over a TCP socket that stays in sight. Node's own TLS socket says "end" for close_notify and for a bare FIN alike; here TLS is
 * not told of the FIN: an end that it sees is close_notify, and a FIN without one is told to the listener from here.
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

  /** @param onFin the peer sent FIN, and TLS has had the time to look at what came before it */
  constructor(tcp: Socket, onFin: () => void) {
    super({ allowHalfOpen: true })
    this.#tcp = tcp
    tcp.on('data', (chunk) => this.push(chunk))
    tcp.on('end', () => later(TURNS, onFin))
    tcp.on('error', (error) => this.destroy(error))
    tcp.on('close', () => this.destroy())
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

function later(turns: number, action: () => void): void {
  if (turns === 0) action()
  else setImmediate(() => later(turns - 1, action))
}

/** A wire that knows about close_notify, and how to leave it out. */
class WatchedTlsWire extends SocketWire {
  readonly #tcp: Socket

  constructor(tcp: Socket, secured: TLSSocket) {
    super(secured, true)
    this.#tcp = tcp
    // Before the listener that the base class has put there is told of the end.
    secured.prependOnceListener('end', () => {
      this.closeNotify = true
    })
    tcp.once('close', () => secured.destroy())
  }

  /** FIN came: when TLS has not ended by now it was without close_notify. */
  takeFin(): void {
    this.closeNotify ??= false
    this.receiveFin()
  }

  override truncate(): void {
    this.#tcp.end()
  }
}

/** How long the TLS handshake may take. */
const SECURE_MS = 5000

/** Secures a connected TCP socket; rejects when the TLS handshake fails, ends early or takes too long. */
export function secure(tcp: Socket, options: ConnectionOptions): Promise<WatchedTlsWire> {
  return new Promise((resolve, reject) => {
    let wire: WatchedTlsWire | null = null
    const fail = (error: Error): void => {
      tcp.destroy()
      reject(error)
    }
    const below = new Below(tcp, () => {
      if (wire === null) fail(new Error('TCP ended within the TLS handshake'))
      else wire.takeFin()
    })
    const withHalfOpen = { ...options, socket: below, allowHalfOpen: true }
    const secured = connect(withHalfOpen)
    tcp.setTimeout(SECURE_MS, () => fail(new Error(`no TLS within ${SECURE_MS} ms`)))
    secured.once('error', fail)
    secured.once('secureConnect', () => {
      tcp.setTimeout(0)
      secured.off('error', fail)
      wire = new WatchedTlsWire(tcp, secured)
      resolve(wire)
    })
  })
}
