/** The `http` or `https` server that connections are attached to. */
import { type IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { readSettings, type SettingsOptions } from './settings.ts'

/** What `attach` needs of an `http.Server` or `https.Server`. */
export interface Host {
  /** Adds a listener. */
  on(event: 'upgrade', listener: UpgradeListener): unknown
  /** Removes a listener. */
  off(event: 'upgrade', listener: UpgradeListener): unknown
  /** Hands a request to the routes. */
  emit(event: 'request', request: IncomingMessage, response: ServerResponse): boolean
  /** How many listeners there are, ours among them. */
  listenerCount(event: 'upgrade'): number
  /** How many header lines of a request it keeps; Node's default is null. */
  readonly maxHeadersCount?: number | null
}

/** What a host calls for a request that asks for another protocol. */
export type UpgradeListener = (this: Host, request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Options for `http.createServer` and `https.createServer`. */
export interface HostOptions {
  readonly headersTimeout: number
  readonly connectionsCheckingInterval: number
  readonly handshakeTimeout: number
  readonly maxHeaderSize: number
  readonly noDelay: true
}

/** The longest delay that Node's timers know. */
const LONGEST_MS = 2 ** 31 - 1

/** Node's default for a whole request: a host does not wait longer for a head, and refuses to be told so. */
const REQUEST_TIMEOUT_MS = 300_000

/**
 * The options with which a host bounds what comes before the upgrade as `listen` does: silent TCP, a silent or half TLS
 * handshake, and the head of the request: `createServer({ ...hostOptions(), … }, app)`.
 */
export function hostOptions(options: Pick<SettingsOptions, 'limits' | 'timeouts'> = {}): HostOptions {
  const { timeouts, limits } = readSettings(options)
  const headersTimeout = Math.min(timeouts.handshakeMs, REQUEST_TIMEOUT_MS)
  return {
    headersTimeout,
    // How often Node looks for connections whose time is over.
    connectionsCheckingInterval: Math.max(1, Math.ceil(headersTimeout / 10)),
    handshakeTimeout: Math.min(timeouts.handshakeMs, LONGEST_MS),
    maxHeaderSize: limits.maxHeadSize,
    noDelay: true,
  }
}

/** What Node keeps of a request's header lines unless it is told otherwise. */
const KEPT_LINES = 1000

/** True when the host has kept as many header lines as it keeps: then it may have dropped others, in silence. */
export function mayHaveDroppedLines({ maxHeadersCount }: Host, { rawHeaders }: IncomingMessage): boolean {
  const kept = maxHeadersCount ?? KEPT_LINES
  return kept > 0 && rawHeaders.length >= 2 * kept
}

/**
 * True while a request that came before on this socket is not answered. Its answer would come between what is written now; it is the
 * one that Node holds at the socket, under a name that is not documented and the same in Node 20 to 26.
 */
export function owesAnswer(socket: Duplex): boolean {
  return '_httpMessage' in socket && socket._httpMessage !== null && socket._httpMessage !== undefined
}

/**
 * Gives a request whose Upgrade is ignored to the routes of the host, as if it had none: `curl --http2` asks every server so.
 * False for a request with a body, which Node has not read and never will.
 *
 * @param answered is called when the answer was written: the socket is nobody's any more
 */
export function passAsPlainRequest(
  host: Host,
  request: IncomingMessage,
  socket: Duplex,
  answered: () => void,
): boolean {
  const { headers } = request
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) return false
  if (!(socket instanceof Socket)) return false
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.on('finish', answered)
  // Nobody else looks at this socket any more.
  socket.on('error', () => socket.destroy())
  // As Node does for its own: whose client has left, what is still to be answered goes nowhere.
  socket.on('end', () => socket.end())
  socket.on('close', () => request.destroy())
  socket.resume()
  host.emit('request', request, response)
  return true
}
