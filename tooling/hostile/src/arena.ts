/** Where a behaviour takes place: how to reach the endpoint under attack. */
import type { RawPeer } from './peer/raw-peer.ts'

export interface Arena {
  /** Role of the endpoint under attack. */
  readonly role: 'server' | 'client'
  readonly scheme: 'ws' | 'wss'
  /** Port of the server under attack, or of the hostile server that the client under attack is sent to. */
  readonly port: number
  /** A transport to the endpoint (from it, when it is a client): TCP, and TLS on it with wss. */
  dial(): Promise<RawPeer>
  /** A WebSocket connection to the endpoint, opening handshake done. */
  open(headers?: readonly string[]): Promise<RawPeer>
  /** The deadlines that the endpoint under attack was given. */
  readonly timeouts: { readonly handshakeMs: number; readonly closeMs: number; readonly closeTotalMs: number }
  /** What the application of a client under attack was told about its last connection: `refused 403`, `closed 1006 reset` … */
  told(): Promise<string>
}
