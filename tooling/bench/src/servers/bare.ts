/** What servers without a WebSocket library share: they listen with `net`, `tls` or `http`, and answer every opening handshake. */
import { createHash } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createSecureServer } from 'node:tls'
import { listenOnFreePort } from './listening.ts'
import type { ServerOptions, Started } from './server.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Takes a connection that has been upgraded. */
type Opened = (socket: Duplex) => void

/** Listens, with and without TLS or attached to `http`; answers what comes first on a connection, and hands it over. */
export async function listenBare(options: ServerOptions, opened: Opened): Promise<Started> {
  if (options.attached) return { port: await listenOnFreePort(createAttached(opened)), tlsPort: 0 }
  const { cert, key } = options
  const serve = (socket: Socket): void => {
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.once('data', (head: Buffer) => {
      answerHandshake(socket, /sec-websocket-key: (\S+)/i.exec(head.toString('latin1'))?.[1] ?? '')
      opened(socket)
    })
  }
  return {
    port: await listenOnFreePort(createServer(serve)),
    tlsPort: await listenOnFreePort(createSecureServer({ cert, key }, serve)),
  }
}

function createAttached(opened: Opened) {
  const http = createHttpServer((_request, response) => response.end('a page'))
  http.on('upgrade', ({ headers }, socket) => {
    socket.on('error', () => undefined)
    socket.on('end', () => socket.end())
    answerHandshake(socket, headers['sec-websocket-key'] ?? '')
    opened(socket)
  })
  return http
}

function answerHandshake(socket: Duplex, key: string): void {
  const hash = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash}\r\n\r\n`,
  )
}
