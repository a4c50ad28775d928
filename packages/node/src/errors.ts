/** The errors that callers meet; what a peer does wrong on an open connection is no error but part of its outcome. */
import type { HeaderLine } from '@hybi/handshake'
import type { CloseOutcome } from '@hybi/session'

/** `connect` could not open a connection: the server could not be reached, was too slow, or broke the protocol. */
export class ConnectError extends Error {
  override readonly name: string = 'ConnectError'
  /** The system's code of what went wrong, e.g. `ECONNREFUSED`, `ETIMEDOUT` or `CERT_HAS_EXPIRED`; the whole error is `cause`. */
  readonly code: string | undefined

  constructor(message: string, options: { readonly cause?: unknown; readonly code?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code ?? codeOf(options.cause)
  }
}

/** The server answered the opening handshake with something else than 101. */
export class ConnectRefusedError extends ConnectError {
  override readonly name = 'ConnectRefusedError'
  /** The HTTP status, e.g. 401. */
  readonly status: number
  /** The header lines of the answer, in order. */
  readonly headers: readonly HeaderLine[]
  /** The body of the answer, cut off at `limits.maxRefusalBody`. */
  readonly body: Uint8Array

  constructor(status: number, reason: string, headers: readonly HeaderLine[], body: Uint8Array) {
    super(`the server refused the connection: ${status} ${reason}`.trimEnd())
    this.status = status
    this.headers = headers
    this.body = body
  }
}

/** What was to be sent, or awaited, can no longer happen: the connection is closing or closed. */
export class ConnectionClosedError extends Error {
  override readonly name = 'ConnectionClosedError'
  /** How the connection ended; undefined while it is still closing. */
  readonly outcome: CloseOutcome | undefined

  constructor(message: string, outcome?: CloseOutcome) {
    super(outcome === undefined ? message : `${message} (${describeOutcome(outcome)})`)
    this.outcome = outcome
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function describeOutcome({ cause, code, violation }: CloseOutcome): string {
  return violation === undefined ? `${cause}, ${code}` : `${cause}: ${violation.name}`
}
