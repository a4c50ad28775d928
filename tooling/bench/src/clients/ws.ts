/** The client of the `ws` package, with bufferutil; nobody compresses. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { OpenConnection } from './client.ts'

export const open: OpenConnection = async (url, onMessage) => {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  socket.on('message', (data: Buffer) => onMessage(data))
  await once(socket, 'open')
  return {
    send: (message) => socket.send(message),
    close: async () => {
      socket.close()
      await once(socket, 'close')
    },
  }
}
