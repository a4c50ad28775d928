/** The fuzzing server: clients under test come, ask for cases one after the other, and echo. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { generate } from 'selfsigned'
import type { Case } from './cases/case.ts'
import { SystemClock } from './peer/clock.ts'
import { SocketWire } from './peer/socket-wire.ts'
import { findCase } from './run-client.ts'
import type { FuzzingServer, FuzzingServerObserver, FuzzingServerOptions } from './runner.ts'
import { Results } from './serving/results.ts'
import { ServedConnection } from './serving/served-connection.ts'

const LOOPBACK = '127.0.0.1'

/** Starts to listen. @throws when a port cannot be had, or a case is none of the catalogue's */
export async function serveFuzzingServer(
  options: FuzzingServerOptions,
  observer: FuzzingServerObserver,
): Promise<FuzzingServer> {
  const server = new Serving(options, observer)
  await server.listen()
  return server
}

class Serving implements FuzzingServer {
  readonly #options: FuzzingServerOptions
  readonly #cases: readonly Case[]
  readonly #results: Results
  readonly #clock = new SystemClock()
  readonly #sockets = new Set<Socket>()
  readonly #servers: Server[] = []
  readonly #urls: string[] = []

  constructor(options: FuzzingServerOptions, observer: FuzzingServerObserver) {
    this.#options = options
    this.#cases = options.cases.map(findCase)
    this.#results = new Results(this.#clock, observer)
  }

  get urls(): readonly string[] {
    return this.#urls
  }

  async listen(): Promise<void> {
    const { port, tlsPort, tls } = this.#options
    try {
      const plain = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket, false))
      this.#urls.push(`ws://${await this.#listenOn(plain, port)}`)
      if (tlsPort === undefined) return
      const identity = tls ?? (await makeIdentity())
      const secure = createTlsServer(
        { ...identity, allowHalfOpen: true, ALPNProtocols: ['http/1.1'] },
        (socket) => this.#accept(socket, true),
      )
      this.#urls.push(`wss://${await this.#listenOn(secure, tlsPort)}`)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(closed)
    await this.#results.settled()
    this.#clock.close()
  }

  #listenOn(server: Server, port: number): Promise<string> {
    const host = this.#options.host ?? LOOPBACK
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        this.#servers.push(server)
        const { address, port: bound, family } = server.address() as AddressInfo
        resolve(`${family === 'IPv6' ? `[${address}]` : address}:${bound}`)
      })
    })
  }

  #accept(socket: Socket, secure: boolean): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    const connection = new ServedConnection(new SocketWire(socket, secure), {
      clock: this.#clock,
      cases: this.#cases,
      results: this.#results,
      profile: this.#options.profile ?? 'full',
    })
    void connection.run()
  }
}

/** A certificate for this machine that nobody has signed. */
async function makeIdentity(): Promise<{ readonly cert: string; readonly key: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: LOOPBACK },
        ],
      },
    ],
  })
  return { cert, key }
}
