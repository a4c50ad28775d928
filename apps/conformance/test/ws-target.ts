/** Echo servers made of `ws`, whose verdicts are known case by case. */
import type { AddressInfo } from 'node:net'
import { type ServerOptions, WebSocketServer } from 'ws'

export interface EchoTarget {
  readonly url: string
  close(): Promise<void>
}

export async function startWsServer(options: ServerOptions = {}): Promise<EchoTarget> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true, ...options })
  server.on('connection', (socket) => {
    socket.on('error', () => undefined)
    socket.on('message', (data, binary) => socket.send(data, { binary }))
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate()
        server.close(() => resolve())
      }),
  }
}
