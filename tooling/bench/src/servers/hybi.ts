/** Our server by its public API, default limits and timeouts. */
import { createServer } from 'node:http'
import { attach, type ListenHandlers, type ListeningServer, listen, type Server } from '@hybi/node'
import { listenOnFreePort } from './listening.ts'
import type { ServerOptions, Started } from './server.ts'

const SETTINGS = { permessageDeflate: true, origin: '*' } as const

function handlersFor({ mode, strings }: ServerOptions, everyone: () => Server): ListenHandlers<unknown> {
  if (mode === 'broadcast') {
    return {
      message: (_connection, message) => {
        everyone().broadcast(message.bytes)
      },
    }
  }
  if (strings) {
    return {
      message: (connection, message) => {
        connection.send(message.data)
      },
    }
  }
  return {
    message: (connection, message) => {
      connection.send(message)
    },
  }
}

/** Beside the routes of a `node:http` server. */
export async function startAttachedServer(options: ServerOptions): Promise<Started> {
  const http = createServer((_request, response) => response.end('a page'))
  const server: Server = attach(
    http,
    SETTINGS,
    handlersFor(options, () => server),
  )
  return { port: await listenOnFreePort(http), tlsPort: 0 }
}

async function startListening(options: ServerOptions, sharedReadBuffer?: boolean): Promise<Started> {
  const where = { ...SETTINGS, sharedReadBuffer, host: '127.0.0.1', port: 0, backlog: 4096 }
  const tls = { cert: options.cert, key: options.key }
  const plain: ListeningServer = await listen(
    where,
    handlersFor(options, () => plain),
  )
  const secure: ListeningServer = await listen(
    { ...where, tls },
    handlersFor(options, () => secure),
  )
  return { port: plain.port, tlsPort: secure.port }
}

export const startServer = (options: ServerOptions): Promise<Started> =>
  options.attached ? startAttachedServer(options) : startListening(options)

/** Reads as Node's streams do, into new memory each time. */
export const startStreamServer = (options: ServerOptions): Promise<Started> => startListening(options, false)
