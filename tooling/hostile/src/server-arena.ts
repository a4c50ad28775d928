/** The server under attack and a bystander of it, and what a behaviour does to both. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Child } from '@hybi/test-support/child'
import type { Arena } from './arena.ts'
import type { Scheme, Way } from './behaviour.ts'
import { RawPeer } from './peer/raw-peer.ts'
import { requestHead } from './peer/request.ts'
import { type Certificate, DEFAULT_TIMEOUTS, SHORT_TIMEOUTS, type Timeouts } from './timeouts.ts'

/** A server process and a bystander process, used for one behaviour after another. */
export class ServerTarget {
  readonly #server: Child
  readonly #bystander: Child
  readonly #ports: { readonly port: number; readonly tlsPort: number }
  readonly #timeouts: Timeouts

  constructor(server: Child, bystander: Child, ports: { port: number; tlsPort: number }, timeouts: Timeouts) {
    this.#server = server
    this.#bystander = bystander
    this.#ports = ports
    this.#timeouts = timeouts
  }

  static async start(certificate: Certificate, way: Way, full: boolean): Promise<ServerTarget> {
    const timeouts = full ? null : SHORT_TIMEOUTS
    const server = new Child('server', new URL('./targets/server.ts', import.meta.url), [
      JSON.stringify({ ...certificate, timeouts, attached: way === 'attached' }),
    ])
    const ports = await server.ask<{ port: number; tlsPort: number }>()
    const bystander = new Child('bystander', new URL('./targets/bystander.ts', import.meta.url), [
      String(ports.port),
    ])
    await bystander.ask()
    return new ServerTarget(server, bystander, ports, timeouts ?? DEFAULT_TIMEOUTS)
  }

  get pid(): number {
    return this.#server.pid
  }

  /** Connections that the server still holds, the bystander's left out. */
  async connections(): Promise<number> {
    return (await this.#server.ask<{ connections: number }>({})).connections - 1
  }

  /** The bystander's longest wait since it was asked before, in milliseconds; infinite when it lost its connection. */
  async longestWaitMs(): Promise<number> {
    const { longestMs } = await this.#bystander.ask<{ longestMs: number }>({})
    return longestMs < 0 ? Number.POSITIVE_INFINITY : longestMs
  }

  /** An arena whose transports are all ended by `leave`. */
  enter(scheme: Scheme): { readonly arena: Arena; leave(): void } {
    const port = scheme === 'ws' ? this.#ports.port : this.#ports.tlsPort
    const sockets: Socket[] = []
    const dial = async (): Promise<RawPeer> => {
      const socket = await openTransport(scheme, port)
      sockets.push(socket)
      return new RawPeer(socket)
    }
    const open = async (headers: readonly string[] = []): Promise<RawPeer> => {
      const peer = await dial()
      await peer.send(requestHead({ lines: headers }))
      if (await peer.until(() => peer.status !== 0)) return peer
      throw new Error('the server did not answer an honest request')
    }
    return {
      arena: { role: 'server', scheme, port, dial, open, timeouts: this.#timeouts, told: async () => '' },
      leave: () => {
        for (const socket of sockets) socket.destroy()
      },
    }
  }

  async end(): Promise<void> {
    await Promise.all([this.#bystander.end(), this.#server.end()])
  }
}

function openTransport(scheme: Scheme, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const address = { host: '127.0.0.1', port }
    const socket =
      scheme === 'ws'
        ? connect(address)
        : connectTls({ ...address, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
    socket.setNoDelay(true)
    socket.once(scheme === 'ws' ? 'connect' : 'secureConnect', () => resolve(socket))
    socket.once('error', reject)
  })
}
