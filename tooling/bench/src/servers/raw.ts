/** The ceiling: `net`, `tls` and `http` servers that answer the handshake and then send back the very octets they get. */
import { createHash } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createSecureServer } from 'node:tls'
import { listenOnFreePort } from './listening.ts'
import type { ServerOptions, Started } from './server.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

function serve(socket: Socket): void {
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  socket.once('data', (head: Buffer) => {
    accept(socket, /sec-websocket-key: (\S+)/i.exec(head.toString('latin1'))?.[1] ?? '')
  })
}

function accept(socket: Duplex, key: string): void {
  const hash = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash}\r\n\r\n`,
  )
  socket.on('data', (chunk) => socket.write(chunk))
}

async function startAttached(): Promise<Started> {
  const http = createHttpServer((_request, response) => response.end('a page'))
  http.on('upgrade', ({ headers }, socket) => {
    socket.on('error', () => undefined)
    socket.on('end', () => socket.end())
    accept(socket, headers['sec-websocket-key'] ?? '')
  })
  return { port: await listenOnFreePort(http), tlsPort: 0 }
}

export const startServer = async ({ cert, key, attached }: ServerOptions): Promise<Started> =>
  attached
    ? startAttached()
    : {
        port: await listenOnFreePort(createServer(serve)),
        tlsPort: await listenOnFreePort(createSecureServer({ cert, key }, serve)),
      }
