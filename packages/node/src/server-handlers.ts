/** The handlers of a server: those of its connections, and those that decide about requests. */
import type { HeaderOptions, HttpAnswer, Refused } from './answer.ts'
import type { Connection } from './connection.ts'
import { type ConnectionHandlers, connectionHandlerNames, type HandlerResult } from './handlers.ts'
import type { ServerRequest } from './server-request.ts'

/** What an `upgrade` handler may settle about a connection that it accepts. */
export interface Accepted<Data> {
  /** One of the subprotocols that the client asked for. Default the client's first among `options.subprotocols`. */
  readonly subprotocol?: string | undefined
  /** Header lines for the answer, such as Set-Cookie. */
  readonly headers?: HeaderOptions | undefined
  /** False: without compression, though the client offers it. */
  readonly permessageDeflate?: false | undefined
  /** What the application keeps with the connection: `connection.data`. */
  readonly data?: Data | undefined
}

/** What an `upgrade` handler answers: nothing or `Accepted` to accept, `refuse(…)` to refuse. */
export type UpgradeAnswer<Data> = Accepted<Data> | Refused | undefined

/** Handlers of `listen` and `attach`; all optional. */
export interface ServerHandlers<Data> extends ConnectionHandlers<Data> {
  /**
   * Decides about a request. It may take its time, within `timeouts.handshakeMs`; `request.signal` tells when the client
   * has given up. When it throws, the client gets a 500.
   */
  upgrade?(request: ServerRequest): UpgradeAnswer<Data> | PromiseLike<UpgradeAnswer<Data>>
  /** A connection is open. A promise holds back its messages from the `message` or `stream` handler. */
  open?(connection: Connection<Data>, request: ServerRequest): HandlerResult
}

/** Handlers of `listen`. */
export interface ListenHandlers<Data> extends ServerHandlers<Data> {
  /** Answers a GET or HEAD that asks for no upgrade, e.g. with a page; undefined, and the default: 426. */
  request?(request: ServerRequest): HttpAnswer | undefined | PromiseLike<HttpAnswer | undefined>
}

/** The names of the handlers of `attach`. */
export const serverHandlerNames = ['upgrade', 'open', ...connectionHandlerNames] as const

/** The names of the handlers of `listen`. */
export const listenHandlerNames = ['request', ...serverHandlerNames] as const
