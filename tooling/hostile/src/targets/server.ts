/** The server under attack, in a process of its own: echoes, and closes a connection that asks it to. */
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { attach, hostOptions, type ListenHandlers, listen } from '@hybi/node'
import { Budget } from '@hybi/permessage-deflate'

const { cert, key, timeouts, attached } = JSON.parse(process.argv[2] ?? '{}')

const SLOW_MS = 200
const SHORT_PATIENCE_MS = 500

const handlers: ListenHandlers<unknown> = {
  message: (connection, message) => {
    if (!message.binary && message.size === 'close me'.length && message.text === 'close me')
      void connection.close()
    else connection.send(message)
  },
}
const settings = {
  permessageDeflate: true,
  ...(timeouts === null
    ? { heartbeat: true }
    : { timeouts, permessageDeflate: { budget: new Budget({ patienceMs: SHORT_PATIENCE_MS }) } }),
}

/** One listener: its port, and how many connections it has. */
interface Listener {
  readonly port: number
  count(): Promise<number>
}

async function listenAlone(tls: object): Promise<Listener> {
  const server = await listen({ ...settings, ...tls, host: '127.0.0.1', port: 0 }, handlers)
  return { port: server.port, count: async () => server.connections.size }
}

/** Beside the routes of a server that is bounded by `hostOptions`: every socket of that server counts. */
async function listenAttached(host: HttpServer): Promise<Listener> {
  attach(host, settings, handlers)
  await new Promise<void>((resolve) => {
    host.listen(0, '127.0.0.1', resolve)
  })
  const address = host.address()
  return {
    port: address === null || typeof address === 'string' ? 0 : address.port,
    count: () =>
      new Promise((resolve, reject) => {
        host.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
      }),
  }
}

const page: RequestListener = ({ url }, response) => {
  if (url === '/slow') setTimeout(() => response.end('slow'), SLOW_MS)
  else response.end('page')
}
const bounds = hostOptions(timeouts === null ? {} : { timeouts })
const plain = await (attached ? listenAttached(createServer(bounds, page)) : listenAlone({}))
const secure = await (attached
  ? listenAttached(createHttpsServer({ ...bounds, cert, key }, page))
  : listenAlone({ tls: { cert, key } }))

process.send?.({ port: plain.port, tlsPort: secure.port })
process.on('message', async () => {
  globalThis.gc?.()
  process.send?.({
    connections: (await plain.count()) + (await secure.count()),
    handles: process.getActiveResourcesInfo(),
  })
})
process.on('disconnect', () => process.exit(0))
