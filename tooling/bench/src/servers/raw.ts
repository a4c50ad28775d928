/** The ceiling: `net`, `tls` and `http` servers that answer the handshake and then send back the very octets they get. */
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { answerHandshake, listenBare } from './bare.ts'
import { listenOnFreePort } from './listening.ts'
import type { ServerOptions, Started } from './server.ts'

function echo(socket: Duplex): void {
  socket.on('data', (chunk) => socket.write(chunk))
}

async function startAttached(): Promise<Started> {
  const http = createServer((_request, response) => response.end('a page'))
  http.on('upgrade', ({ headers }, socket) => {
    socket.on('error', () => undefined)
    socket.on('end', () => socket.end())
    answerHandshake(socket, headers['sec-websocket-key'] ?? '')
    echo(socket)
  })
  return { port: await listenOnFreePort(http), tlsPort: 0 }
}

export const startServer = (options: ServerOptions): Promise<Started> =>
  options.attached ? startAttached() : listenBare(options, echo)
