/** One process of the server: its listeners, what they answer, and how they drain. */
import { type Connection, listen, type Server } from '@hybi/node'
import type { Certificate } from './certificate.ts'
import type { EchoOptions } from './command-line.ts'
import type { Log } from './log.ts'
import { pageBody, pageHeaders } from './page.ts'

/** What the listeners of one process say of themselves. */
export interface Serving {
  /** `ws://127.0.0.1:9001`, `wss://127.0.0.1:9002` */
  readonly urls: readonly string[]
  /** Closes every connection with 1001 and waits for them within the drain timeout. */
  close(): Promise<void>
}

const GOING_AWAY = 1001
const HEARTBEAT = { intervalMs: 30_000, timeoutMs: 30_000 }

/** An address as it stands in a URL. */
export const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host)

const pathOf = (target: string): string => target.split('?')[0] ?? target

/** Starts the listeners that are asked for. Rejects where one cannot be had, leaving none open. */
export async function serve(
  options: EchoOptions,
  certificate: Certificate | null,
  log: Log,
): Promise<Serving> {
  const servers: { readonly scheme: string; readonly server: Server }[] = []
  const closeAll = (): Promise<unknown> =>
    Promise.all(
      servers.map(({ server }) => server.close({ deadline: options.drainTimeout, code: GOING_AWAY })),
    )
  try {
    if (options.plain)
      servers.push({ scheme: 'ws', server: await listenOn(options, options.port, null, log) })
    if (certificate !== null) {
      servers.push({ scheme: 'wss', server: await listenOn(options, options.tlsPort, certificate, log) })
    }
  } catch (error) {
    await closeAll()
    throw error
  }
  return {
    urls: servers.map(({ scheme, server }) => `${scheme}://${hostInUrl(options.host)}:${server.port}`),
    close: async () => {
      await closeAll()
    },
  }
}

const describe = (connection: Connection): Record<string, string | undefined> => ({
  peer: connection.remoteAddress,
  path: connection.request?.target,
})

function listenOn(options: EchoOptions, port: number, tls: Certificate | null, log: Log): Promise<Server> {
  return listen(
    {
      host: options.host,
      port,
      origin: options.origin,
      permessageDeflate: options.deflate,
      heartbeat: HEARTBEAT,
      limits: { maxMessageSize: options.maxMessageSize },
      ...(tls === null ? {} : { tls }),
    },
    {
      request: ({ method, target }) =>
        pathOf(target) === '/' && (method === 'GET' || method === 'HEAD')
          ? { status: 200, headers: pageHeaders, body: pageBody }
          : undefined,
      upgrade: ({ target }) =>
        options.path === undefined || pathOf(target) === options.path
          ? {}
          : { status: 404, body: `The socket is at ${options.path}\n` },
      open: (connection) => {
        log.info('open', { ...describe(connection), extensions: connection.extensions || undefined })
      },
      message: (connection, message) => {
        log.debug('message', { ...describe(connection), binary: message.binary, octets: message.size })
        connection.send(message)
      },
      close: (connection, { code, reason, wasClean, initiator, cause }) => {
        log.info('close', { ...describe(connection), code, reason, wasClean, initiator, cause })
      },
      error: (error, connection) => {
        const peer = connection === undefined ? {} : describe(connection)
        log.error('error', { ...peer, message: error instanceof Error ? error.message : String(error) })
      },
    },
  )
}
