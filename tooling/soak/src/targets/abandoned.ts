/** A server with short deadlines, whose peers leave it alone in the middle of things. Says what is left of them. */
import { existsSync, readdirSync } from 'node:fs'
import { type Connection, listen, type ServerRequest } from '@hybi/node'
import { echo } from '../echo.ts'

const { cert, key } = JSON.parse(process.argv[2] ?? '{}')

const uncaught: string[] = []
const note = (error: unknown): void => {
  uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
process.on('uncaughtException', note)
process.on('unhandledRejection', note)

const FLOOD = Buffer.alloc(1024 * 1024)
const DESCRIPTORS = '/proc/self/fd'

const settings = {
  host: '127.0.0.1',
  port: 0,
  permessageDeflate: true,
  timeouts: { handshakeMs: 6000, closeMs: 2000, closeTotalMs: 4000 },
  heartbeat: { intervalMs: 2000, graceMs: 2000 },
} as const
const handlers = {
  ...echo,
  /** Where a decision never comes. */
  upgrade: (request: ServerRequest) =>
    request.target === '/undecided' ? new Promise<undefined>(() => undefined) : undefined,
  open: (connection: Connection, request: ServerRequest) => {
    if (request.target === '/flood') for (let left = 8; left > 0; left--) connection.send(FLOOD)
    if (request.target === '/flood' || request.target === '/close') void connection.close()
  },
}
const plain = await listen(settings, handlers)
const secure = await listen({ ...settings, tls: { cert, key } }, handlers)

process.send?.({ port: plain.port, tlsPort: secure.port })
process.on('message', () => {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  process.send?.({
    connections: plain.connections.size + secure.connections.size,
    resources: process.getActiveResourcesInfo(),
    descriptors: existsSync(DESCRIPTORS) ? readdirSync(DESCRIPTORS).length : 0,
    retained: heapUsed + external,
    uncaught,
  })
})
process.on('disconnect', () => process.exit(0))
