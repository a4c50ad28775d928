/** The `faye-websocket` package. */
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import FayeWebSocket from 'faye-websocket'
import { listenOnFreePort } from './listening.ts'
import type { ServerOptions, Started } from './server.ts'

const MAX_MESSAGE = 16 * 1024 * 1024

function serve(http: Server, mode: ServerOptions['mode']): void {
  const everyone = new Set<{ send(data: string | Buffer): void }>()
  http.on('upgrade', (request, socket, head) => {
    const peer = new FayeWebSocket(request, socket, head, [], { maxLength: MAX_MESSAGE })
    everyone.add(peer)
    peer.on('message', ({ data }) => {
      if (mode === 'echo') peer.send(data)
      else for (const other of everyone) other.send(data)
    })
    peer.on('close', () => everyone.delete(peer))
  })
}

export async function startServer(options: ServerOptions): Promise<Started> {
  const plain = createServer((_request, response) => response.end('a page'))
  const secure = createSecureServer({ cert: options.cert, key: options.key })
  serve(plain, options.mode)
  serve(secure, options.mode)
  return { port: await listenOnFreePort(plain), tlsPort: await listenOnFreePort(secure) }
}
