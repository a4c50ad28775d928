/** A wire over a `net.Socket` or `tls.TLSSocket` that was made with `allowHalfOpen`. */
import type { Socket } from 'node:net'
import { NOBODY, type Wire, type WireListener } from './wire.ts'

export class SocketWire implements Wire {
  readonly secure: boolean
  readonly #socket: Socket
  #pendingWrites = 0
  #waiting: (() => void)[] = []
  #closed = false
  #finReceived = false
  /** TLS: told by whoever watches the records below; without a watcher it stays null. */
  closeNotify: boolean | null = null

  #listener: WireListener = NOBODY

  constructor(socket: Socket, secure: boolean) {
    this.#socket = socket
    this.secure = secure
    socket.setNoDelay(true)
    socket.on('end', () => this.receiveFin())
    socket.on('error', (error: Error) => this.#listener.reset(describe(error)))
    socket.on('close', () => {
      this.#closed = true
      this.#resolveWaiting()
      this.#listener.closed()
    })
  }

  /** The peer closed its side; told once. */
  receiveFin(): void {
    if (this.#finReceived) return
    this.#finReceived = true
    this.#listener.fin()
  }

  /** From here on `listener` is told, and nobody who was told before. */
  listen(listener: WireListener): void {
    const first = this.#listener === NOBODY
    this.#listener = listener
    if (first) this.#socket.on('data', (chunk: Uint8Array) => this.#listener.octets(chunk))
  }

  write(octets: Uint8Array): void {
    if (this.#closed || !this.#socket.writable) return
    this.#pendingWrites++
    this.#socket.write(octets, this.#written)
  }

  readonly #written = (): void => {
    if (--this.#pendingWrites === 0) this.#resolveWaiting()
  }

  hold(): void {
    this.#socket.cork()
  }

  release(): void {
    this.#socket.uncork()
  }

  flushed(): Promise<void> {
    if (this.#pendingWrites === 0 || this.#closed) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  stopReading(): void {
    this.#socket.pause()
  }

  readOn(): void {
    this.#socket.resume()
  }

  end(): void {
    if (this.#socket.writable) this.#socket.end()
  }

  truncate(): void {
    this.end()
  }

  reset(): void {
    // A TLS socket has no reset of its own: dropping it is the nearest thing.
    if (this.secure) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #resolveWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

const describe = (error: Error): string => ('code' in error ? String(error.code) : error.message)
