/** One process of the server: its listeners, and how they drain. */
import { type ListeningServer, type ListenOptions, listen } from '@hybi/node'
import type { Certificate } from './certificate.ts'
import type { EchoOptions } from './command-line.ts'
import { echoHandlers } from './handlers.ts'
import type { Log } from './log.ts'
import { type Page, renderPage } from './page.ts'

/** A server that is up. */
export interface Serving {
  /** `ws://127.0.0.1:9001`, `wss://127.0.0.1:9002` */
  readonly urls: readonly string[]
  /** Rejected when it can serve no more. */
  readonly broken: Promise<never>
  /** Closes every connection with 1001 and waits for them within the drain timeout. */
  close(): Promise<void>
}

/** Starts the listeners that are asked for. Rejects where one cannot be had, leaving none open. */
export async function serve(
  options: EchoOptions,
  certificate: Certificate | null,
  log: Log,
): Promise<Serving> {
  const page = renderPage(options.path ?? '/')
  const servers: ListeningServer<unknown>[] = []
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close({ deadline: options.drainTimeout })))
  }
  try {
    // One after the other: with node:cluster, port 0 means the same port in every worker that asks in the same order.
    if (options.plain) servers.push(await listenOn(options, { port: options.port }, page, log))
    if (certificate !== null) {
      servers.push(await listenOn(options, { port: options.tlsPort, tls: certificate }, page, log))
    }
  } catch (error) {
    await close()
    throw error
  }
  return { urls: servers.map(({ url }) => url), broken: new Promise(() => undefined), close }
}

function listenOn(
  options: EchoOptions,
  where: Pick<ListenOptions, 'port' | 'tls'>,
  page: Page,
  log: Log,
): Promise<ListeningServer<unknown>> {
  return listen(
    {
      ...where,
      host: options.host,
      path: options.path,
      origin: options.origin,
      permessageDeflate: options.deflate,
      heartbeat: true,
      limits: { maxMessageSize: options.maxMessageSize },
    },
    { ...echoHandlers(log), request: ({ path }) => (path === '/' ? page : undefined) },
  )
}
