/** The ceiling: `net` and `tls` servers that answer the handshake and then send back the very octets they get. */
import { createHash } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import { listenOnFreePort } from './listening.ts'
import type { ServerOptions, Started } from './server.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

function serve(socket: Socket): void {
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  socket.once('data', (head: Buffer) => {
    const key = /sec-websocket-key: (\S+)/i.exec(head.toString('latin1'))?.[1] ?? ''
    const accept = createHash('sha1')
      .update(key + GUID)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.on('data', (chunk) => socket.write(chunk))
  })
}

export const startServer = async ({ cert, key }: ServerOptions): Promise<Started> => ({
  port: await listenOnFreePort(createServer(serve)),
  tlsPort: await listenOnFreePort(createSecureServer({ cert, key }, serve)),
})
