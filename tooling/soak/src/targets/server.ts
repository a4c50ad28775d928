/** The server of a soak: echoes on ws and wss, closes when it is asked to, and says how it is. */
import { listen } from '@hybi/node'
import { echo } from '../echo.ts'

const { cert, key } = JSON.parse(process.argv[2] ?? '{}')

const uncaught: string[] = []
const note = (error: unknown): void => {
  uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
process.on('uncaughtException', note)
process.on('unhandledRejection', note)

const settings = {
  host: '127.0.0.1',
  port: 0,
  origin: '*',
  permessageDeflate: true,
  // As patient with handshakes as the peers are: the machine may be busy.
  timeouts: { handshakeMs: 20_000, closeMs: 2000, closeTotalMs: 4000 },
  heartbeat: { intervalMs: 5000, graceMs: 5000 },
} as const
const plain = await listen(settings, echo)
const secure = await listen({ ...settings, tls: { cert, key } }, echo)

process.send?.({ port: plain.port, tlsPort: secure.port })
process.on('message', () => {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.send?.({
    connections: plain.connections.size + secure.connections.size,
    retained: heapUsed + external,
    rss,
    uncaught,
    resources: process.getActiveResourcesInfo(),
  })
})
process.on('disconnect', () => process.exit(0))
