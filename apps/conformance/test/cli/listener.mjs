/** `listener.mjs PORT [AFTER]`: an echo server that ends with code 3 at its connection number AFTER + 1. */
import { WebSocketServer } from 'ws'

const [port, after = '0'] = process.argv.slice(2)
let seen = 0
const server = new WebSocketServer({ port: Number(port), host: '127.0.0.1' })
server.on('connection', (socket) => {
  seen++
  if (after !== '0' && seen > Number(after)) {
    console.error('Error: enough')
    process.exit(3)
  }
  socket.on('message', (data, binary) => socket.send(data, { binary }))
})
