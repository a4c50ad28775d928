/** Gets a client its socket: TCP, TLS, a unix socket, or one of the user's own (RFC 6455, 4.1, steps 2 to 5). */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ConnectionOptions, connect as connectTls, TLSSocket } from 'node:tls'
import { Deferred } from './deferred.ts'
import type { Destination } from './destination.ts'
import { isPromiseLike } from './handlers.ts'

/**
 * Makes the socket for a destination, e.g. through a proxy. For wss, TLS comes on top of it unless it is a TLSSocket. A socket that may fail
 * before its promise is followed, in the same turn of the event loop, needs a listener for `error`.
 */
export type CreateConnection = (destination: Destination, signal: AbortSignal) => Duplex | PromiseLike<Duplex>

/** How a socket is got. */
export interface DialOptions {
  /** Options of `tls.connect`: `ca`, `cert`, `key`, `servername`, `rejectUnauthorized`, … */
  readonly tls?: ConnectionOptions | undefined
  /** A socket that is connected already, e.g. by a proxy. For wss, TLS comes on top of it unless it is a TLSSocket. */
  readonly socket?: Duplex | undefined
  /** Makes the socket, in place of `net.connect`. */
  readonly createConnection?: CreateConnection | undefined
}

/** Connects. When the signal is aborted first, the socket is destroyed and the promise rejected with the reason. */
export async function dial(
  destination: Destination,
  options: DialOptions,
  signal: AbortSignal,
): Promise<Duplex> {
  const { tls, socket, createConnection } = options
  const own = socket ?? (await create(destination, createConnection, signal))
  if (own?.destroyed) throw own.errored ?? new Error('the socket was closed before it was used')
  if (own === undefined) {
    const fresh = destination.secure ? dialTls(destination, tls, {}) : dialTcp(destination)
    return settle(fresh, destination.secure ? 'secureConnect' : 'connect', signal)
  }
  // Only now may anybody be sure that it has not been given away to end by itself.
  own.allowHalfOpen = true
  if (!destination.secure || own instanceof TLSSocket) return own
  return settle(dialTls(destination, tls, { socket: own }), 'secureConnect', signal)
}

/** Lets the user make the socket; one that comes too late is destroyed. */
async function create(
  destination: Destination,
  createConnection: CreateConnection | undefined,
  signal: AbortSignal,
): Promise<Duplex | undefined> {
  if (createConnection === undefined) return undefined
  const created = new Deferred<Duplex>(signal)
  const made = createConnection(destination, signal)
  const making = isPromiseLike(made) ? made.then(watch) : Promise.resolve(watch(made))
  created.follow(making)
  try {
    return await created.promise
  } catch (error) {
    making.then((socket) => socket.destroy(), ignore)
    throw error
  }
}

/** Sees to it that a socket which fails before it is used ends no process: `errored` tells of it. */
function watch(socket: Duplex): Duplex {
  if (!isSocket(socket)) throw new TypeError(`createConnection gave ${String(socket)}; it must give a Duplex`)
  return socket.on('error', ignore)
}

const isSocket = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'write' in value && 'on' in value

function dialTcp({ host, port, socketPath }: Destination): Socket {
  const where = socketPath === undefined ? { host, port } : { path: socketPath }
  return connectTcp({ ...where, allowHalfOpen: true, noDelay: true })
}

function dialTls(
  destination: Destination,
  tls: ConnectionOptions | undefined,
  over: ConnectionOptions,
): TLSSocket {
  const { host, port, socketPath } = destination
  const where = socketPath === undefined ? { host, port } : { path: socketPath, host }
  // Not in the types of `tls.connect`, but in its documentation.
  const halfOpen = { allowHalfOpen: true }
  return connectTls({
    ALPNProtocols: ['http/1.1'],
    ...tls,
    // RFC 6455, 4.1: "Clients MUST use the Server Name Indication extension in the TLS handshake". RFC 6066, 3: not for addresses.
    servername: tls?.servername ?? (isIP(host) === 0 ? host : ''),
    ...where,
    ...over,
    ...halfOpen,
  })
}

/** Waits for a new socket to be ready. */
async function settle<T extends Socket>(
  socket: T,
  ready: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<T> {
  const opened = new Deferred<void>(signal)
  const fail = (error: Error): void => opened.reject(error)
  const close = (): void => opened.reject(new Error('the connection was closed before it was ready'))
  const open = (): void => opened.resolve()
  socket.on('error', fail).on('close', close).on(ready, open)
  try {
    await opened.promise
  } catch (error) {
    socket.destroy()
    throw error
  }
  socket.off('error', fail).off('close', close).off(ready, open)
  socket.setNoDelay(true)
  return socket
}

function ignore(): void {
  // Nobody waits for this socket any more.
}
