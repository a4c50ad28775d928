/** What a client under measurement is started with, and what it must do. */
import type { Marked } from '../load/tally.ts'
import type { ClientScenario } from '../scenarios.ts'

export interface ClientOptions {
  readonly url: string
  readonly scenario: ClientScenario
}

export type ClientRequest = { readonly do: 'start' } | { readonly do: 'mark' } | { readonly do: 'stop' }

/** What a client has seen since the last mark; `loadShare` is its own. */
export interface ClientMarked extends Marked {
  /** See pace.ts. */
  readonly paceUs: number
}

/** One open connection, by whatever API. */
export interface OpenClient {
  /** Sends a text if given a string, else a binary message. */
  send(message: string | Buffer): void
  close(): Promise<void>
}

/** Opens a connection; `onMessage` gets the octets of each message. */
export type OpenConnection = (url: string, onMessage: (bytes: Uint8Array) => void) => Promise<OpenClient>
