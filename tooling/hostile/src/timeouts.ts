/** The deadlines of the endpoint under attack: short, so that the run is; at their defaults with `--full`. */
export interface Timeouts {
  readonly handshakeMs: number
  readonly closeMs: number
  readonly closeTotalMs: number
}

/** What a wss endpoint shows, PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export const DEFAULT_TIMEOUTS: Timeouts = { handshakeMs: 10_000, closeMs: 10_000, closeTotalMs: 30_000 }
export const SHORT_TIMEOUTS: Timeouts = { handshakeMs: 2000, closeMs: 1500, closeTotalMs: 3000 }
