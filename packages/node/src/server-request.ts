/** The request of a client that wants to open a connection, as the `upgrade` handler sees it. */
import type { Duplex } from 'node:stream'
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls'
import type { Extension, HeaderLine } from '@hybi/handshake'
import { splitTarget } from './path.ts'

/** What the head of a request says. */
export interface Asked {
  readonly target: string
  readonly host: string
  readonly origin: string | undefined
  readonly subprotocols: readonly string[]
  readonly extensions: readonly Extension[]
  readonly headers: readonly HeaderLine[]
}

/** A request on a server. */
export class ServerRequest implements Asked {
  readonly method: string
  /** Path and query, as they were sent. */
  readonly target: string
  /** Name and port that the client believes it talks to. */
  readonly host: string
  /** The page that the request comes from, when it comes from a page (RFC 6454). */
  readonly origin: string | undefined
  /** The subprotocols that the client asks for, the most wanted first. */
  readonly subprotocols: readonly string[]
  /** The extensions that the client offers. */
  readonly extensions: readonly Extension[]
  /** The header lines, in order; doubled ones are kept. */
  readonly headers: readonly HeaderLine[]
  /** True when the client came over TLS. */
  readonly secure: boolean
  readonly #socket: Duplex
  readonly #signal: () => AbortSignal

  constructor(method: string, asked: Asked, socket: Duplex, signal: () => AbortSignal) {
    this.method = method
    this.target = asked.target
    this.host = asked.host
    this.origin = asked.origin
    this.subprotocols = asked.subprotocols
    this.extensions = asked.extensions
    this.headers = asked.headers
    this.secure = socket instanceof TLSSocket
    this.#socket = socket
    this.#signal = signal
  }

  /** The value of a header; the values of doubled lines are joined by ", " (RFC 9110, 5.3). The case of names is ignored. */
  header(name: string): string | undefined {
    const wanted = name.toLowerCase()
    const values = this.headers.filter(([given]) => given.toLowerCase() === wanted).map(([, value]) => value)
    return values.length === 0 ? undefined : values.join(', ')
  }

  /** The path of the target, without the query. */
  get path(): string {
    return splitTarget(this.target).path
  }

  /** The query of the target, decoded. */
  get query(): URLSearchParams {
    return new URLSearchParams(splitTarget(this.target).query)
  }

  /** The address of the peer: of the proxy, if there is one. Undefined for a unix socket. */
  get remoteAddress(): string | undefined {
    return remoteAddressOf(this.#socket)
  }

  /** The client's TLS certificate, when the server asked for one (`requestCert`) and the client sent one. */
  get peerCertificate(): DetailedPeerCertificate | undefined {
    if (!(this.#socket instanceof TLSSocket)) return undefined
    const certificate = this.#socket.getPeerCertificate(true)
    return Object.keys(certificate).length === 0 ? undefined : certificate
  }

  /** True when the client's certificate was verified. */
  get authorized(): boolean {
    return this.#socket instanceof TLSSocket && this.#socket.authorized
  }

  /** Aborted when the client gives up, or the deadline of the handshake passes, before there is an answer. */
  get signal(): AbortSignal {
    return this.#signal()
  }
}

/** The address of the peer of a socket that has one. */
export function remoteAddressOf(socket: Duplex): string | undefined {
  return 'remoteAddress' in socket && typeof socket.remoteAddress === 'string'
    ? socket.remoteAddress
    : undefined
}
