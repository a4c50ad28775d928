/** A server of our own, on a port or a unix socket: ws, or wss with `tls`. */
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { Deferred } from './deferred.ts'
import { Endpoint, type EndpointOptions, endpointOptionNames } from './endpoint.ts'
import { checkHandlers, reportError } from './handlers.ts'
import { HeadReading } from './head-reading.ts'
import { answerPlainRequest, isPlainRequest } from './plain-request.ts'
import { shareReads } from './read-buffer.ts'
import { Server } from './server.ts'
import { type ListenHandlers, listenHandlerNames } from './server-handlers.ts'
import { checkNames } from './settings.ts'
import { TlsArrivals } from './tls-arrivals.ts'
import { decideUpgrade } from './upgrade.ts'

/** Options of `listen`. */
export interface ListenOptions extends EndpointOptions {
  /** Port; 0 picks a free one. Either this or `socketPath`. */
  readonly port?: number | undefined
  /** Address to listen on. Default all of the machine's. */
  readonly host?: string | undefined
  /** Path of a unix socket to listen on. */
  readonly socketPath?: string | undefined
  /** Certificate and key, and whatever else `tls.createServer` takes: the server then speaks wss. */
  readonly tls?: TlsOptions | undefined
  /** How many connections may wait to be accepted. Default 511. */
  readonly backlog?: number | undefined
  /**
   * Whether sockets read into one buffer of the process, where Node looks as expected, instead of new memory for each read; they
   * then emit no `data`. Default true; false is for who suspects it: docs/decisions/node-read-buffer.md.
   */
  readonly sharedReadBuffer?: boolean | undefined
  /** With `node:cluster`: true for a port that the workers do not share. Default false. */
  readonly exclusive?: boolean | undefined
  /** Gives up listening, or closes the server that listens. */
  readonly signal?: AbortSignal | undefined
}

const optionNames = [
  ...endpointOptionNames,
  'port',
  'host',
  'socketPath',
  'tls',
  'backlog',
  'exclusive',
  'sharedReadBuffer',
  'signal',
] as const

/** A server that listens. */
export interface ListeningServer<Data = unknown> extends Server<Data> {
  /** The port; 0 on a unix socket. */
  readonly port: number
  /** The address that is listened on; the path of a unix socket. */
  readonly address: string
  /** Where to connect to from this machine: `ws://127.0.0.1:9001`, or `ws+unix:/path` on a unix socket. */
  readonly url: string
}

/**
 * Listens for WebSocket connections. Settles when the port is open; rejected when it cannot be, as `net.Server` says.
 *
 * @throws TypeError or RangeError for wrong options and handlers
 */
export async function listen<Data = unknown>(
  options: ListenOptions,
  handlers: ListenHandlers<Data> = {},
): Promise<ListeningServer<Data>> {
  checkNames('listen', options, optionNames)
  checkHandlers(handlers, listenHandlerNames)
  options.signal?.throwIfAborted()
  const endpoint = new Endpoint<Data>(options, handlers)
  const { tls, signal, sharedReadBuffer = true } = options
  const host =
    tls === undefined
      ? listenPlain(endpoint, handlers, sharedReadBuffer)
      : listenTls(endpoint, handlers, tls, sharedReadBuffer)
  await open(host, options)
  host.on('error', (error) => reportError(handlers, error))
  const server = new OwnServer(endpoint, host, tls !== undefined)
  const close = (): void => void server.close()
  signal?.addEventListener('abort', close)
  host.once('close', () => signal?.removeEventListener('abort', close))
  return server
}

/** What becomes of sockets that were accepted: deadlines and limits count from then on. */
function listenPlain<Data>(
  endpoint: Endpoint<Data>,
  handlers: ListenHandlers<Data>,
  sharesReadBuffer: boolean,
): NetServer {
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    if (endpoint.size >= endpoint.limits.maxConnections) {
      socket.destroy()
      return
    }
    if (sharesReadBuffer) shareReads(socket)
    welcome(endpoint, handlers, socket, endpoint.timeouts.handshakeMs)
  })
}

function listenTls<Data>(
  endpoint: Endpoint<Data>,
  handlers: ListenHandlers<Data>,
  options: TlsOptions,
  sharesReadBuffer: boolean,
): NetServer {
  const arrivals = new TlsArrivals(endpoint)
  const host = createTlsServer({
    ALPNProtocols: ['http/1.1'],
    noDelay: true,
    ...options,
    allowHalfOpen: true,
    handshakeTimeout: arrivals.handshakeTimeoutMs,
  })
  host.on('connection', (socket) => arrivals.accepted(socket))
  host.on('secureConnection', (socket) => {
    if (sharesReadBuffer) shareReads(socket)
    arrivals.secured(socket, (leftMs) => welcome(endpoint, handlers, socket, leftMs))
  })
  // Node only tells of its own timeout: the one that bounds peers without an address. Nobody else would end their sockets.
  host.on('tlsClientError', (_, socket) => socket.destroy())
  return host
}

/** Reads the head of a request and finds out what it asks for. */
function welcome<Data>(
  endpoint: Endpoint<Data>,
  handlers: ListenHandlers<Data>,
  socket: Socket,
  deadlineMs: number,
): void {
  new HeadReading(endpoint, socket, deadlineMs, (head, rest, leftMs) => {
    const plain = handlers.request !== undefined && isPlainRequest(head)
    if (plain) answerPlainRequest(endpoint, handlers, socket, head, leftMs)
    else decideUpgrade(endpoint, socket, head, rest, leftMs)
  })
}

async function open(host: NetServer, options: ListenOptions): Promise<void> {
  const { port, host: address, socketPath, backlog, exclusive, signal } = options
  const where = socketPath === undefined ? { port, host: address } : { path: socketPath }
  if ((port === undefined) === (socketPath === undefined)) {
    throw new TypeError('listen needs either a port or a socketPath')
  }
  const opened = new Deferred<void>(signal)
  const fail = (error: Error): void => opened.reject(error)
  host.on('error', fail)
  host.listen({ ...where, backlog, exclusive }, () => {
    // Node goes on to listen even when it was closed while it looked up the address.
    if (opened.settled) host.close()
    else opened.resolve()
  })
  await opened.promise
  host.off('error', fail)
}

/** The server and the listener that is its own. */
class OwnServer<Data> extends Server<Data> implements ListeningServer<Data> {
  readonly port: number
  readonly address: string
  readonly url: string

  constructor(endpoint: Endpoint<Data>, host: NetServer, secure: boolean) {
    super(endpoint, () => stop(host))
    const address = host.address()
    if (address === null) throw new Error('the server was closed before it listened')
    const scheme = secure ? 'wss' : 'ws'
    if (typeof address === 'string') {
      this.port = 0
      this.address = address
      this.url = `${scheme}+unix:${address}`
    } else {
      this.port = address.port
      this.address = address.address
      this.url = `${scheme}://${reachable(address)}:${address.port}`
    }
  }
}

/** The host part of a URL for an address that is listened on. */
function reachable({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  if (address === '::') return 'localhost'
  return family === 'IPv6' ? `[${address}]` : address
}

function stop(host: NetServer): Promise<void> {
  return new Promise((resolve) => {
    host.close(() => resolve())
  })
}
