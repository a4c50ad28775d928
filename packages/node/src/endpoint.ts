/** What `listen` and `attach` share: the options of a server, who is connected to it and who is about to be. */
import { MAX_CONTROL_PAYLOAD, StatusCode } from '@hybi/frame'
import { formatSubprotocols } from '@hybi/handshake'
import type { PermessageDeflateOptions } from '@hybi/permessage-deflate'
import { isCloseCodeAllowed } from '@hybi/session'
import { type CompressionOption, readPermessageDeflate } from './compression.ts'
import type { Connection } from './connection.ts'
import { ConnectionCount } from './connection-count.ts'
import { createOriginPolicy, type OriginOption, type OriginPolicy } from './origin.ts'
import { createPathFilter, type PathFilter, type PathOption } from './path.ts'
import { Roster } from './roster.ts'
import type { ServerHandlers } from './server-handlers.ts'
import type { ServerRequest } from './server-request.ts'
import { checkNumber, readSettings, type Settings, type SettingsOptions, startTimer } from './settings.ts'
import type { Shared } from './shared.ts'
import { Visitors } from './visitors.ts'

/** Options of `listen` and `attach`. */
export interface EndpointOptions extends SettingsOptions {
  /** The paths that are WebSockets; others are not found (404), or left to the host server. Default all. */
  readonly path?: PathOption | undefined
  /** Pages that may connect beside those of the same origin; `'*'` for all. */
  readonly origin?: OriginOption | undefined
  /** The subprotocols that the server speaks: the client's first choice among them is taken. Default none. */
  readonly subprotocols?: readonly string[] | undefined
  /** Compression (RFC 7692) for clients that offer it. Default off. */
  readonly permessageDeflate?: CompressionOption | undefined
  /**
   * Whom `limits.maxConnectionsPerKey` counts a request for, e.g. the address in a header that a proxy sets; undefined:
   * not counted. Default the address of the peer.
   */
  readonly connectionKey?: ((request: ServerRequest) => string | undefined) | undefined
}

/** How a server is closed. */
export interface ServerCloseOptions {
  /** How long connections have to end, in milliseconds; what is left then is dropped. Default 10,000. */
  readonly deadline?: number | undefined
  /** Status code of the Close frames. Default 1001, going away. */
  readonly code?: number | undefined
  /** Reason in the Close frames. Default ''. */
  readonly reason?: string | undefined
}

/** The options of `EndpointOptions` by name. */
export const endpointOptionNames = [
  'limits',
  'timeouts',
  'heartbeat',
  'path',
  'origin',
  'subprotocols',
  'permessageDeflate',
  'connectionKey',
] as const

const CLOSE_DEADLINE_MS = 10_000

/** The server behind `listen` and `attach`. */
export class Endpoint<Data> implements Shared<Data> {
  readonly limits: Settings['limits']
  readonly timeouts: Settings['timeouts']
  readonly heartbeat: Settings['heartbeat']
  readonly handlers: ServerHandlers<Data>
  readonly isOnPath: PathFilter
  readonly mayConnect: OriginPolicy
  readonly subprotocols: readonly string[]
  /** Null: no compression. */
  readonly permessageDeflate: PermessageDeflateOptions | null
  readonly connections: Roster<Connection<Data>>
  readonly visitors: Visitors
  closing: boolean
  readonly #connectionKey: (request: ServerRequest) => string | undefined
  readonly #count: ConnectionCount | null
  /** Weak, as what was in a `Map` may be kept for long after (see roster.ts). */
  readonly #keys: WeakMap<Connection<Data>, string>
  #emptied: (() => void) | null

  constructor(options: EndpointOptions, handlers: ServerHandlers<Data>) {
    const settings = readSettings(options)
    this.limits = settings.limits
    this.timeouts = settings.timeouts
    this.heartbeat = settings.heartbeat
    this.handlers = handlers
    this.isOnPath = createPathFilter(options.path)
    this.mayConnect = createOriginPolicy(options.origin)
    this.subprotocols = readSubprotocols(options.subprotocols)
    this.permessageDeflate = readPermessageDeflate(options.permessageDeflate)
    this.connections = new Roster()
    this.visitors = new Visitors(() => this.#checkEmpty())
    this.closing = false
    this.#connectionKey = options.connectionKey ?? ((request) => request.remoteAddress)
    const { maxConnectionsPerKey } = settings.limits
    this.#count =
      maxConnectionsPerKey === Number.POSITIVE_INFINITY ? null : new ConnectionCount(maxConnectionsPerKey)
    this.#keys = new WeakMap()
    this.#emptied = null
  }

  /** How many are here, connected or about to be. */
  get size(): number {
    return this.connections.size + this.visitors.size
  }

  /** Lets a visitor in: the key that it is counted for, undefined when it is not counted; null when there is no place. */
  admit(request: ServerRequest): string | undefined | null {
    if (this.size > this.limits.maxConnections) return null
    if (this.#count === null) return undefined
    const key: unknown = this.#connectionKey(request)
    if (key !== undefined && typeof key !== 'string')
      throw new TypeError(`connectionKey must answer a string or undefined, but answered ${String(key)}`)
    return key === undefined || this.#count.add(key) ? key : null
  }

  /** A request that was counted came to nothing. */
  dismiss(key: string | undefined): void {
    if (key !== undefined) this.#count?.remove(key)
  }

  /** A request that was counted has become a connection. */
  connected(connection: Connection<Data>, key: string | undefined): void {
    this.connections.add(connection)
    if (key !== undefined) this.#keys.set(connection, key)
  }

  forget(connection: Connection<Data>): void {
    this.connections.delete(connection)
    this.dismiss(this.#keys.get(connection))
    this.#keys.delete(connection)
    this.#checkEmpty()
  }

  /** Sees everybody out: connections by the closing handshake, and whoever is left at the deadline by force. */
  async drain({
    deadline = CLOSE_DEADLINE_MS,
    code = StatusCode.GOING_AWAY,
    reason = '',
  }: ServerCloseOptions): Promise<void> {
    this.closing = true
    const empty = new Promise<void>((resolve) => {
      this.#emptied = resolve
    })
    this.visitors.hurry()
    for (const connection of this.connections) void connection.close(code, reason)
    const timer = startTimer(() => {
      this.visitors.drop()
      for (const connection of this.connections) connection.terminate()
    }, deadline)
    this.#checkEmpty()
    await empty
    clearTimeout(timer)
  }

  #checkEmpty(): void {
    if (this.connections.size === 0 && this.visitors.size === 0) this.#emptied?.()
  }
}

/** Throws a RangeError for a code or a reason that cannot be sent in a Close frame, and for a deadline that is none. */
export function checkServerClose({
  code = StatusCode.GOING_AWAY,
  reason = '',
  deadline = CLOSE_DEADLINE_MS,
}: ServerCloseOptions): void {
  checkNumber('deadline', deadline)
  if (!isCloseCodeAllowed(code)) throw new RangeError(`a server cannot close with the code ${String(code)}`)
  const size = Buffer.byteLength(reason)
  if (size > MAX_REASON)
    throw new RangeError(`a reason has at most ${MAX_REASON} octets in UTF-8, not ${size}`)
}

/** Octets of a reason: what a control frame holds, without the status code. */
const MAX_REASON = MAX_CONTROL_PAYLOAD - 2

function readSubprotocols(given: readonly string[] = []): readonly string[] {
  // Throws for what cannot be a subprotocol.
  formatSubprotocols(given)
  return given
}
