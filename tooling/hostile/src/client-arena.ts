/** The client under attack, and the hostile server that it is sent to. */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { acceptKey } from '@hybi/handshake'
import { Child } from '@hybi/test-support/child'
import type { Arena } from './arena.ts'
import type { Scheme } from './behaviour.ts'
import { RawPeer } from './peer/raw-peer.ts'
import { type Certificate, DEFAULT_TIMEOUTS, SHORT_TIMEOUTS, type Timeouts } from './timeouts.ts'

/** A right answer to a request, `lines` put behind its own. */
export function rightAnswer(request: string, lines: readonly string[] = []): string {
  const key = /^sec-websocket-key: *(\S+)/im.exec(request)?.[1] ?? ''
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
    ...lines,
    '\r\n',
  ].join('\r\n')
}

/** A client process and hostile listeners, used for one behaviour after another. */
export class ClientTarget {
  readonly #client: Child
  readonly #plain: Server
  readonly #secure: Server
  readonly #timeouts: Timeouts
  #waiting: ((peer: RawPeer) => void)[] = []
  #sockets = new Set<Socket>()

  constructor(client: Child, certificate: Certificate, timeouts: Timeouts) {
    this.#client = client
    this.#timeouts = timeouts
    this.#plain = createServer({ allowHalfOpen: true, noDelay: true })
    this.#plain.on('connection', (socket) => this.#arrived(socket))
    this.#secure = createTlsServer({ ...certificate, allowHalfOpen: true, noDelay: true })
    this.#secure.on('secureConnection', (socket) => this.#arrived(socket))
    this.#secure.on('connection', (socket) => this.#remember(socket))
  }

  static async start(certificate: Certificate, full: boolean): Promise<ClientTarget> {
    const timeouts = full ? null : SHORT_TIMEOUTS
    const client = new Child('client', new URL('./targets/client.ts', import.meta.url), [
      JSON.stringify({ timeouts }),
    ])
    await client.ask()
    const target = new ClientTarget(client, certificate, timeouts ?? DEFAULT_TIMEOUTS)
    for (const server of [target.#plain, target.#secure]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    }
    return target
  }

  get pid(): number {
    return this.#client.pid
  }

  /** What keeps the client's process busy: sockets and timers. */
  async handles(): Promise<readonly string[]> {
    return (await this.#client.ask<{ handles: string[] }>({})).handles
  }

  /** An arena whose transports are all ended by `leave`. */
  enter(scheme: Scheme): { readonly arena: Arena; leave(): void } {
    const address = (scheme === 'ws' ? this.#plain : this.#secure).address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    let told: Promise<{ told: string }> = Promise.resolve({ told: 'never connected' })
    const dial = (): Promise<RawPeer> => {
      const arrival = new Promise<RawPeer>((resolve) => this.#waiting.push(resolve))
      told = this.#client.ask({ url: `${scheme}://127.0.0.1:${port}/` })
      return arrival
    }
    const open = async (lines: readonly string[] = []): Promise<RawPeer> => {
      const peer = await dial()
      await peer.until(() => peer.head !== '')
      await peer.send(rightAnswer(peer.head, lines))
      peer.readFrames()
      return peer
    }
    return {
      arena: {
        role: 'client',
        scheme,
        port,
        dial,
        open,
        timeouts: this.#timeouts,
        told: async () => (await told).told,
      },
      leave: () => {
        this.#waiting = []
        for (const socket of this.#sockets) socket.destroy()
        this.#sockets.clear()
      },
    }
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#plain.close()
    this.#secure.close()
    await this.#client.end()
  }

  #remember(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #arrived(socket: Socket): void {
    this.#remember(socket)
    this.#waiting.shift()?.(new RawPeer(socket))
  }
}
