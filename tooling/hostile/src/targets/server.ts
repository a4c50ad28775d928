/** The server under attack, in a process of its own: echoes, and closes a connection that asks it to. */
import { type ListenHandlers, listen } from '@hybi/node'
import { Budget } from '@hybi/permessage-deflate'

const { cert, key, timeouts } = JSON.parse(process.argv[2] ?? '{}')

const handlers: ListenHandlers<unknown> = {
  message: (connection, message) => {
    if (!message.binary && message.size === 'close me'.length && message.text === 'close me')
      void connection.close()
    else connection.send(message)
  },
}
const settings = {
  host: '127.0.0.1',
  port: 0,
  permessageDeflate: true,
  ...(timeouts === null
    ? { heartbeat: true }
    : { timeouts, permessageDeflate: { budget: new Budget({ patienceMs: timeouts.handshakeMs }) } }),
}
const plain = await listen(settings, handlers)
const secure = await listen({ ...settings, tls: { cert, key } }, handlers)

process.send?.({ port: plain.port, tlsPort: secure.port })
process.on('message', () => {
  globalThis.gc?.()
  process.send?.({
    connections: plain.connections.size + secure.connections.size,
    handles: process.getActiveResourcesInfo(),
  })
})
process.on('disconnect', () => process.exit(0))
