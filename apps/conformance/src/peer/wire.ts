/** The connection below WebSocket as the runner needs it: every octet, FIN and RST by itself, in both directions. */

export interface WireListener {
  /** Octets came; the listener owns them. */
  octets(chunk: Uint8Array): void
  /** The peer closed its side. */
  fin(): void
  /** The peer reset the connection, or it broke. */
  reset(reason: string): void
  /** Nothing will follow; comes once, after all else. */
  closed(): void
}

const ignore = (): void => undefined

/** Listens to nothing. */
export const NOBODY: WireListener = { octets: ignore, fin: ignore, reset: ignore, closed: ignore }

export interface Wire {
  readonly secure: boolean
  /** TLS: the peer's close_notify came before its FIN; null on plain TCP and as long as it is not known. */
  readonly closeNotify: boolean | null
  listen(listener: WireListener): void
  /** Sends octets, which the wire owns from now on. */
  write(octets: Uint8Array): void
  /** What is written between `hold` and `release` leaves together. */
  hold(): void
  release(): void
  /** Resolves when everything written has left the process, or the wire is closed. */
  flushed(): Promise<void>
  stopReading(): void
  readOn(): void
  /** Sends FIN after what was written (over TLS: close_notify, then FIN) and keeps reading. */
  end(): void
  /** Sends FIN and nothing before it: over TLS no close_notify. */
  truncate(): void
  /** Sends RST, where the transport lets it; what was not sent is lost. */
  reset(): void
  /** Gives the connection up at once. */
  destroy(): void
}
