/** A server as an application sees it: who is connected, sending to all of them, and closing. */

import type { PreparedMessage } from '@hybi/session'
import { type BroadcastOptions, type BroadcastResult, broadcast } from './broadcast.ts'
import type { Connection } from './connection.ts'
import { checkServerClose, type Endpoint, type ServerCloseOptions } from './endpoint.ts'

/** The connections of a server, in no order. To iterate is to go through those that are there at its beginning. */
export interface Connections<Data> extends Iterable<Connection<Data>> {
  /** How many there are. */
  readonly size: number
  /** True for one that is open, or closing. */
  has(connection: Connection<Data>): boolean
}

/** What `attach` returns, and the common part of what `listen` returns. */
export class Server<Data = unknown> {
  readonly #endpoint: Endpoint<Data>
  readonly #stop: () => Promise<void>
  #closed: Promise<void> | null

  /** `stop` lets nobody in any more, and settles when that is done. */
  constructor(endpoint: Endpoint<Data>, stop: () => Promise<void>) {
    this.#endpoint = endpoint
    this.#stop = stop
    this.#closed = null
  }

  /** The open connections, and those that are closing. */
  get connections(): Connections<Data> {
    return this.#endpoint.connections
  }

  /** Sends one message to all connections, or to those that a filter picks. */
  broadcast(data: string | Uint8Array | PreparedMessage, options?: BroadcastOptions<Data>): BroadcastResult {
    return broadcast(this.#endpoint.connections, data, options)
  }

  /**
   * Closes in order: lets nobody in any more, closes every connection, and drops what is left at the deadline. Settles when
   * all are gone. Called again, it waits for the same.
   *
   * @throws RangeError for a status code or a reason that cannot be sent, or a deadline that is none
   */
  close(options: ServerCloseOptions = {}): Promise<void> {
    checkServerClose(options)
    this.#closed ??= Promise.all([this.#stop(), this.#endpoint.drain(options)]).then(() => undefined)
    return this.#closed
  }

  /** As `close()`: `await using server = await listen(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
