/** What all connections of one server have in common; a client has one for its one connection. */
import type { Connection } from './connection.ts'
import type { ConnectionHandlers } from './handlers.ts'
import type { Settings } from './settings.ts'

export interface Shared<Data> extends Settings {
  readonly handlers: ConnectionHandlers<Data>
  /** The socket of a connection is gone. */
  forget(connection: Connection<Data>): void
}
