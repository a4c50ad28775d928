/** The two ways to run cases: as a client against a server under test, and as a server that clients come to. */
import type { CaseRecord } from './record.ts'
import type { CaseDefinition } from './suite.ts'

/** `quick` sends fewer messages in categories 12 and 13 and says so in each record. */
export type Profile = 'quick' | 'full'

/** Told about cases while they run. Calls never overlap; a promise returned by `onRecord` is awaited before the run ends. */
export interface RunObserver {
  onRecord(record: CaseRecord): void | Promise<void>
}

export interface ClientRunOptions {
  /** Name of the endpoint under test in the reports. */
  readonly agent: string
  /** Cases at a time; default: measured on the machine's cores. */
  readonly concurrency?: number
  readonly profile?: Profile
  /** Further header lines of every opening handshake. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** Default false: test targets are self-signed. */
  readonly verifyTls?: boolean
  /** Ends the run after the cases in flight were cut short; what was recorded stands. */
  readonly signal?: AbortSignal
}

/** How a run ended. */
export type RunEnding = 'completed' | 'unreachable' | 'died' | 'not-answering' | 'aborted'

export interface RunOutcome {
  readonly ending: RunEnding
  /** A sentence for the user; empty when completed. */
  readonly reason: string
  readonly finished: number
  readonly total: number
}

export interface FuzzingServerOptions {
  readonly host?: string
  /** 0 picks a free one. */
  readonly port: number
  /** wss beside ws; absent: no TLS listener. */
  readonly tlsPort?: number
  /** PEM; absent: a self-signed certificate is made. */
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly cases: readonly CaseDefinition[]
  readonly profile?: Profile
}

export interface FuzzingServerObserver extends RunObserver {
  /** A client came for a case. */
  onStart(agent: string): void | Promise<void>
  /** A client asked for `/updateReports?agent=`: write them; the connection is closed when the promise settles. */
  onUpdateReports(agent: string): void | Promise<void>
}

export interface FuzzingServer {
  /** `ws://127.0.0.1:9003` and, with TLS, `wss://127.0.0.1:9004`. */
  readonly urls: readonly string[]
  /** Records of an agent so far are also answered by `/getCaseStatus`. */
  close(): Promise<void>
}
