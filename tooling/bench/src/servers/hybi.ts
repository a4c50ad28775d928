/** Our server by its public API, default limits and timeouts. */
import { createServer } from 'node:http'
import { attach, type Connection, type Handlers, listen, type Message } from '@hybi/node'
import { listenOnFreePort } from './listening.ts'
import type { ServerOptions, Started } from './server.ts'

function handlersFor({ mode, strings }: ServerOptions, everyone: () => Broadcaster): Handlers {
  if (mode === 'broadcast') return { message: (_connection, message) => everyone().broadcast(message) }
  if (strings) return { message: (connection, message) => void connection.send(message.data) }
  return { message: (connection: Connection, message: Message) => void connection.send(message) }
}

interface Broadcaster {
  broadcast(message: Message): void
}

export async function startServer(options: ServerOptions): Promise<Started> {
  const settings = { permessageDeflate: true, origin: '*' } as const
  if (options.attached) {
    const http = createServer((_request, response) => response.end('a page'))
    const server = attach(
      http,
      settings,
      handlersFor(options, () => server),
    )
    return { port: await listenOnFreePort(http), tlsPort: 0 }
  }
  const plain = await listen(
    { ...settings, host: '127.0.0.1', port: 0 },
    handlersFor(options, () => plain),
  )
  const tls = { cert: options.cert, key: options.key }
  const secure = await listen(
    { ...settings, host: '127.0.0.1', port: 0, tls },
    handlersFor(options, () => secure),
  )
  return { port: plain.port, tlsPort: secure.port }
}
