/** The WebSocket of undici, as it comes. */
import { Agent, WebSocket } from 'undici'
import type { ClientUnderTest } from '../drive-client.ts'

const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })

function open(url: string): WebSocket {
  const socket = new WebSocket(url, { dispatcher })
  socket.binaryType = 'arraybuffer'
  return socket
}

export const client: ClientUnderTest = {
  echo: (url) =>
    new Promise((resolve) => {
      const socket = open(url)
      socket.addEventListener('message', ({ data }) => socket.send(data))
      socket.addEventListener('error', () => undefined)
      socket.addEventListener('close', () => resolve())
    }),
  read: (url) =>
    new Promise((resolve) => {
      let text = ''
      const socket = open(url)
      socket.addEventListener('message', ({ data }) => {
        text = String(data)
      })
      socket.addEventListener('error', () => undefined)
      socket.addEventListener('close', () => resolve(text))
    }),
}
