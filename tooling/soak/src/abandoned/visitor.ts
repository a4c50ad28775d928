/** A peer that comes to a server, gets to some point, and then does nothing any more, or is gone. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { reset } from '../reset.ts'

const HOST = '127.0.0.1'

export class Visitor {
  readonly #port: number
  readonly #secure: boolean
  #socket: Socket | null = null
  #transport: Socket | null = null
  #received = ''
  #changed: () => void = () => undefined
  #ended = false
  #isReading = true

  constructor(port: number, secure: boolean) {
    this.#port = port
    this.#secure = secure
  }

  /** True once the server, or the way to it, has ended the connection. */
  get ended(): boolean {
    return this.#ended
  }

  /** False for a peer that would not notice. */
  get isReading(): boolean {
    return this.#isReading
  }

  /** A TCP connection, without TLS. */
  dial(): Promise<void> {
    const socket = connect({ host: HOST, port: this.#port, allowHalfOpen: true })
    this.#transport = socket
    this.#socket = socket
    return this.#ready(socket, 'connect')
  }

  /** A connection on which a request can be made. */
  async connect(): Promise<void> {
    await this.dial()
    if (!this.#secure || this.#transport === null) return
    this.#transport.removeAllListeners('data')
    const socket = connectTls({
      socket: this.#transport,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    })
    socket.allowHalfOpen = true
    this.#socket = socket
    await this.#ready(socket, 'secureConnect')
  }

  write(octets: Uint8Array | string): void {
    this.#socket?.write(octets)
  }

  stopReading(): void {
    this.#isReading = false
    this.#socket?.pause()
  }

  /** Waits for the beginning of the answer; rejected when it is another, or none. */
  async until(beginning: string): Promise<void> {
    while (this.#received.length < beginning.length && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
    if (!this.#received.startsWith(beginning))
      throw new Error(`the answer begins ${JSON.stringify(this.#received.slice(0, 40))}`)
  }

  /** Gone without a word. */
  vanish(): void {
    if (this.#transport !== null) reset(this.#transport)
  }

  destroy(): void {
    this.#socket?.destroy()
    this.#transport?.destroy()
  }

  #ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
    socket.on('data', (chunk) => {
      if (this.#received.length < 100) this.#received += chunk.toString('latin1')
      this.#changed()
    })
    const end = (): void => {
      this.#ended = true
      this.#changed()
    }
    socket.on('end', end)
    socket.on('close', end)
    return new Promise((resolve, reject) => {
      socket.once(event, () => resolve())
      socket.on('error', (error) => {
        end()
        reject(error)
      })
    })
  }
}
