/** The ceiling: servers that answer the handshake and then send back the very octets they get. */
import type { Duplex } from 'node:stream'
import { listenBare } from './bare.ts'
import type { ServerOptions, Started } from './server.ts'

export const startServer = (options: ServerOptions): Promise<Started> => listenBare(options, echo)

function echo(socket: Duplex): void {
  socket.on('data', (chunk) => socket.write(chunk))
}
