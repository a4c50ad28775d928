/** A client: the socket, the opening handshake, the connection (RFC 6455, 4.1). */
import type { Duplex } from 'node:stream'
import { encodeHead, type ResponseHead } from '@hybi/handshake'
import { Session } from '@hybi/session'
import { type HeaderOptions, toHeaderLines } from './answer.ts'
import type { CompressionOption } from './compression.ts'
import { Connection, startConnection } from './connection.ts'
import { Deferred } from './deferred.ts'
import { type Destination, readDestination } from './destination.ts'
import { openChannel } from './diagnostics.ts'
import { type DialOptions, dial } from './dial.ts'
import { ConnectError, ConnectRefusedError } from './errors.ts'
import { type ConnectionHandlers, checkHandlers, connectionHandlerNames } from './handlers.ts'
import { drawMaskingKey } from './masking-key.ts'
import { type AcceptedOffer, Offer } from './offer.ts'
import { shareReads } from './read-buffer.ts'
import { follow, type Luggage } from './redirect.ts'
import { type Refusal, ReplyReading } from './reply.ts'
import { checkNames, checkNumber, readSettings, type SettingsOptions, startTimer } from './settings.ts'
import type { Shared } from './shared.ts'

/** Options of `connect`. */
export interface ConnectOptions<Data = unknown> extends SettingsOptions, DialOptions {
  /** Gives up connecting; without effect on the connection once it is open. */
  readonly signal?: AbortSignal | undefined
  /** Further header lines of the request, such as Authorization or Cookie. */
  readonly headers?: HeaderOptions | undefined
  /** The Origin header, for servers that ask for one. Default none. */
  readonly origin?: string | undefined
  /** The subprotocols that the application speaks, the most wanted first. Default none. */
  readonly subprotocols?: readonly string[] | undefined
  /** Offers compression (RFC 7692). Default off. */
  readonly permessageDeflate?: CompressionOption | undefined
  /**
   * How many redirects are followed. Never from TLS to none; at another origin without credentials, cookies and client
   * certificate. Default 0.
   */
  readonly maxRedirects?: number | undefined
  /** As for `listen`; a socket of the user's from which somebody else reads already is left as it is. */
  readonly sharedReadBuffer?: boolean | undefined
  /** What the application keeps with the connection. */
  readonly data?: Data | undefined
}

const optionNames = [
  'limits',
  'timeouts',
  'heartbeat',
  'tls',
  'socket',
  'createConnection',
  'sharedReadBuffer',
  'signal',
  'headers',
  'origin',
  'subprotocols',
  'permessageDeflate',
  'maxRedirects',
  'data',
] as const

/**
 * Opens a connection: `ws://host/path`, `wss://host/path`, or `ws+unix:/path/of/socket:/path`.
 *
 * Rejected with a ConnectRefusedError (status, headers, body) when the server refuses, a ConnectError when it cannot be
 * reached, is too slow or breaks the protocol, the signal's reason when that is aborted, and a TypeError or RangeError for
 * wrong arguments.
 */
export async function connect<Data = unknown>(
  url: string | URL,
  options: ConnectOptions<Data> = {},
  handlers: ConnectionHandlers<Data> = {},
): Promise<Connection<Data>> {
  checkNames('connect', options, optionNames)
  checkHandlers(handlers, connectionHandlerNames)
  const { signal, headers, tls, maxRedirects = 0 } = options
  checkNumber('maxRedirects', maxRedirects)
  signal?.throwIfAborted()
  const shared: Shared<Data> = { ...readSettings(options), handlers, forget: ignore }
  const deadline = new Deadline(shared.timeouts.handshakeMs, signal)
  try {
    let luggage: Luggage = { url, headers: toHeaderLines(headers), tls }
    for (let left = maxRedirects; ; left--) {
      const reply = await ask(luggage, options, shared, deadline.signal)
      if (reply instanceof Connection) return reply
      const next = left > 0 && options.socket === undefined ? follow(reply.head, luggage) : null
      if (next === null) throw refusalError(reply)
      luggage = next
    }
  } finally {
    deadline.stop()
  }
}

const refusalError = ({ head, body }: Refusal): ConnectRefusedError =>
  new ConnectRefusedError(head.status, head.reason, head.headers, body)

/** Asks one server. Settles when it has answered. */
async function ask<Data>(
  { url, headers, tls }: Luggage,
  options: ConnectOptions<Data>,
  shared: Shared<Data>,
  signal: AbortSignal,
): Promise<Connection<Data> | Refusal> {
  const destination = readDestination(url)
  const offer = new Offer(options)
  const request = encodeHead(offer.createRequest(destination, headers))
  const socket = await reach(destination, { ...options, tls }, signal)
  const replied = new Deferred<Connection<Data> | Refusal>(signal)
  if (options.sharedReadBuffer !== false) shareReads(socket)
  const reading = new ReplyReading(socket, shared.limits, {
    switched: (head, rest) => {
      const accepted = offer.check(head)
      if (accepted instanceof ConnectError) {
        socket.destroy()
        replied.reject(accepted)
      } else {
        replied.resolve(open(socket, rest, head, accepted, shared, options.data))
      }
    },
    refused: (refusal) => replied.resolve(refusal),
    failed: (error) => replied.reject(error),
  })
  socket.write(request)
  try {
    return await replied.promise
  } catch (error) {
    socket.destroy()
    // A refusal whose body does not end in time is a refusal all the same.
    if (error instanceof ConnectError && reading.refusal !== null) return reading.refusal
    throw error
  }
}

async function reach(destination: Destination, options: DialOptions, signal: AbortSignal): Promise<Duplex> {
  try {
    return await dial(destination, options, signal)
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error
    const { hostHeader, socketPath } = destination
    const { code } = new ConnectError('', { cause: error })
    throw new ConnectError(`cannot reach ${socketPath ?? hostHeader}: ${error.message || code}`, {
      cause: error,
    })
  }
}

/** Begins the connection at once: what follows the head may be in the same turn. */
function open<Data>(
  socket: Duplex,
  rest: Uint8Array,
  { headers }: ResponseHead,
  accepted: AcceptedOffer,
  shared: Shared<Data>,
  data: Data | undefined,
): Connection<Data> {
  const { limits, handlers } = shared
  const { subprotocol, extensions, transform } = accepted
  const session = new Session({
    role: 'client',
    maskingKey: drawMaskingKey,
    maxMessageSize: limits.maxMessageSize,
    maxFragments: limits.maxFragments,
    maxPendingPongs: limits.maxPendingPongs,
    receiveMode: handlers.stream === undefined ? 'whole' : 'streamed',
    transform,
  })
  const connection = new Connection(session, socket, shared, {
    subprotocol,
    extensions,
    responseHeaders: headers,
    data,
  })
  if (openChannel.hasSubscribers) openChannel.publish({ connection, role: 'client' })
  startConnection(connection, { head: null, rest, open: null, transform })
  return connection
}

/** The time that the whole opening handshake has, and the signal of the caller. */
class Deadline {
  readonly #controller: AbortController
  readonly #timer: NodeJS.Timeout | undefined
  readonly #caller: AbortSignal | undefined
  readonly #abort: () => void

  constructor(ms: number, caller: AbortSignal | undefined) {
    const controller = new AbortController()
    this.#controller = controller
    this.#caller = caller
    this.#abort = () => controller.abort(caller?.reason)
    this.#timer = startTimer(() => {
      controller.abort(
        new ConnectError(`the opening handshake took longer than ${ms} ms`, { code: 'ETIMEDOUT' }),
      )
    }, ms)
    caller?.addEventListener('abort', this.#abort)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#caller?.removeEventListener('abort', this.#abort)
  }
}

function ignore(): void {
  // A client has no list of its one connection.
}
