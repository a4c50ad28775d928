/** The client of `ws`, as it comes. */
import { WebSocket } from 'ws'
import type { ClientUnderTest } from '../drive-client.ts'

const open = (url: string): WebSocket => new WebSocket(url, { rejectUnauthorized: false })

export const client: ClientUnderTest = {
  echo: (url) =>
    new Promise((resolve) => {
      const socket = open(url)
      socket.on('message', (data, binary) => socket.send(data, { binary }))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
    }),
  read: (url) =>
    new Promise((resolve, reject) => {
      let text = ''
      const socket = open(url)
      socket.on('message', (data) => {
        text = data.toString()
      })
      socket.on('error', reject)
      socket.on('close', () => resolve(text))
    }),
}
