/** What servers without a WebSocket library share: they listen with `net` and `tls`, and answer every opening handshake. */
import { createHash } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createSecureServer } from 'node:tls'
import { listenOnFreePort } from './listening.ts'
import type { ServerOptions, Started } from './server.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Listens with and without TLS, answers what comes first on a socket, and hands the socket over. */
export async function listenBare(
  { cert, key }: ServerOptions,
  opened: (socket: Socket) => void,
): Promise<Started> {
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

export function answerHandshake(socket: Duplex, key: string): void {
  const hash = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash}\r\n\r\n`,
  )
}
