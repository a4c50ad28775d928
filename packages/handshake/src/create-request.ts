/** The client's opening handshake (RFC 6455, 4.1). */
import { isKey } from './accept-key.ts'
import { assertCallerHeaders, reservedInRequest } from './caller-headers.ts'
import { type Extension, formatExtensions } from './extensions.ts'
import { parseAuthority } from './grammar.ts'
import { assertHeaderLine, type RequestHead } from './head.ts'
import { findHeader, type HeaderLine } from './headers.ts'
import { HTTP_VERSION, Name, WEBSOCKET_VERSION } from './names.ts'
import { formatSubprotocols } from './subprotocols.ts'
import { parseTarget } from './target.ts'
import { parseWebSocketUrl } from './url.ts'

/** What a client offers, and what the response is checked against. */
export interface ClientOffer {
  /** Sec-WebSocket-Key, of `createKey`: 4.1: "The nonce MUST be selected randomly for each connection." */
  readonly key: string
  /** Most wanted first, all different. Default none. */
  readonly subprotocols?: readonly string[] | undefined
  /** Most wanted first. Default none. */
  readonly extensions?: readonly Extension[] | undefined
}

/** Where a request goes, by URL or by its parts. */
export type RequestDestination =
  | { readonly url: string | URL }
  | {
      /** Path and query; begins with `/`. */
      readonly target: string
      /** The value of the Host header. */
      readonly host: string
    }

/** A client's opening handshake. */
export type RequestOptions = ClientOffer &
  RequestDestination & {
    /** The value of the Origin header. Default none: only browsers have one. */
    readonly origin?: string | undefined
    /** Further header lines, e.g. Cookie; none of those that the handshake writes itself. */
    readonly headers?: readonly HeaderLine[] | undefined
  }

/**
 * The request of a client. A user name and password in the URL become an Authorization header, as elsewhere on the web.
 * Throws TypeError for what could not be sent as it is meant: a URL that is none, a key that is none, a subprotocol or extension
 * that is no token, a header that is malformed or that the handshake writes itself, and a second Authorization.
 */
export function createRequest(options: RequestOptions): RequestHead {
  const { key, subprotocols = [], extensions = [], origin, headers = [] } = options
  if (!isKey(key)) throw new TypeError('key has to be the base64 of 16 octets; createKey makes one')
  const { target, host, authorization } = findDestination(options)
  const lines: HeaderLine[] = [
    ['Host', host],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', key],
    ['Sec-WebSocket-Version', WEBSOCKET_VERSION],
  ]
  if (origin !== undefined) lines.push(checkedOrigin(origin))
  if (subprotocols.length > 0) lines.push(['Sec-WebSocket-Protocol', formatSubprotocols(subprotocols)])
  if (extensions.length > 0) lines.push(['Sec-WebSocket-Extensions', formatExtensions(extensions)])
  if (authorization !== undefined) {
    if (findHeader(headers, Name.AUTHORIZATION) !== undefined) {
      throw new TypeError(
        'the URL has a user name or password, and headers has an Authorization: which one is meant?',
      )
    }
    lines.push(['Authorization', authorization])
  }
  assertCallerHeaders(headers, reservedInRequest)
  lines.push(...headers)
  return { method: 'GET', target, version: HTTP_VERSION, headers: lines }
}

interface Destination {
  readonly target: string
  readonly host: string
  readonly authorization: string | undefined
}

function findDestination(destination: RequestDestination): Destination {
  if ('url' in destination) {
    const { target, hostHeader, authorization } = parseWebSocketUrl(destination.url)
    return { target, host: hostHeader, authorization }
  }
  const { target, host } = destination
  if (!target.startsWith('/') || parseTarget(target) === null) {
    throw new TypeError('target has to be visible ASCII without #, and to begin with /')
  }
  if (parseAuthority(host) === null) {
    throw new TypeError(`host has to be a host with an optional port, not ${JSON.stringify(host)}`)
  }
  return { target, host, authorization: undefined }
}

function checkedOrigin(origin: string): HeaderLine {
  const line: HeaderLine = ['Origin', origin]
  assertHeaderLine(line)
  return line
}
