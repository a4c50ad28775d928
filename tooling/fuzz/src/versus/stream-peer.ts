/** Another implementation that reads a stream of frames. */
import type { Role } from '../model/endpoint.ts'

export interface PeerView {
  /** Messages, Pings, Pongs and the Close, in the words of `drive.ts`. */
  readonly events: string
  /** The status code with which it fails the connection; null when it does not. */
  readonly failure: number | null
}

export interface StreamPeer {
  readonly name: string
  readonly roles: readonly Role[]
  read(role: Role, chunks: readonly Uint8Array[], maxMessageSize: number): PeerView
}
