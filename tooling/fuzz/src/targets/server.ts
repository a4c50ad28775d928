/** The server of the live fuzzer, in a process of its own: echoes, with short deadlines, and counts what nobody caught. */
import { listen } from '@hybi/node'

const uncaught: string[] = []
const note = (error: unknown): void => {
  uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
process.on('uncaughtException', note)
process.on('unhandledRejection', note)

const server = await listen(
  {
    host: '127.0.0.1',
    port: 0,
    origin: '*',
    permessageDeflate: true,
    subprotocols: ['chat'],
    timeouts: { handshakeMs: 300, closeMs: 300, closeTotalMs: 600 },
  },
  { message: (connection, message) => void connection.send(message) },
)

process.send?.({ port: server.port })
process.on('message', () => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  process.send?.({ uncaught, connections: server.connections.size, retained: heapUsed + external })
})
process.on('disconnect', () => process.exit(0))
