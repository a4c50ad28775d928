/** The `ws` package, with bufferutil; and "tuned": the user corks the socket until `setImmediate`. */
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { listenOnFreePort } from './listening.ts'
import type { ServerOptions, Started } from './server.ts'

/** Every reply of one turn of the event loop leaves in one write. */
function corkUntilImmediate(socket: Socket): void {
  if (socket.writableCorked > 0) return
  socket.cork()
  setImmediate(() => socket.uncork())
}

function serve(http: Server, { mode, strings }: ServerOptions, corked: boolean): void {
  const wss = new WebSocketServer({
    server: http,
    perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true },
  })
  wss.on('connection', (socket: WebSocket, request) => {
    socket.on('error', () => undefined)
    socket.on('message', (data, binary) => {
      if (corked) corkUntilImmediate(request.socket)
      if (mode === 'broadcast') for (const client of wss.clients) client.send(data, { binary })
      else if (strings && !binary) socket.send(data.toString())
      else socket.send(data, { binary })
    })
  })
}

async function startWith(options: ServerOptions, corked: boolean): Promise<Started> {
  const plain = createServer((_request, response) => response.end('a page'))
  const secure = createSecureServer({ cert: options.cert, key: options.key })
  serve(plain, options, corked)
  serve(secure, options, corked)
  return { port: await listenOnFreePort(plain), tlsPort: await listenOnFreePort(secure) }
}

export const startServer = (options: ServerOptions): Promise<Started> => startWith(options, false)
export const startTunedServer = (options: ServerOptions): Promise<Started> => startWith(options, true)
