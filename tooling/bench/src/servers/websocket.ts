/** The `websocket` package. */
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import websocket from 'websocket'
import { listenOnFreePort } from './listening.ts'
import type { ServerOptions, Started } from './server.ts'

const MAX_MESSAGE = 16 * 1024 * 1024

function serve(http: Server, mode: ServerOptions['mode']): void {
  const server = new websocket.server({
    httpServer: http,
    autoAcceptConnections: true,
    fragmentOutgoingMessages: false,
    maxReceivedFrameSize: MAX_MESSAGE,
    maxReceivedMessageSize: MAX_MESSAGE,
  })
  server.on('connect', (peer) => {
    peer.on('message', ({ type, utf8Data, binaryData }) => {
      if (mode === 'broadcast') server.broadcastBytes(binaryData)
      else if (type === 'utf8') peer.sendUTF(utf8Data)
      else peer.sendBytes(binaryData)
    })
  })
}

export async function startServer(options: ServerOptions): Promise<Started> {
  const plain = createServer((_request, response) => response.end('a page'))
  const secure = createSecureServer({ cert: options.cert, key: options.key })
  serve(plain, options.mode)
  serve(secure, options.mode)
  return { port: await listenOnFreePort(plain), tlsPort: await listenOnFreePort(secure) }
}
