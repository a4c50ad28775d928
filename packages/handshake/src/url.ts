/** WebSocket URIs (RFC 6455, 3): where to connect, and what to ask for there. */
import { formatBasic } from './basic.ts'

/** A WebSocket URI in its parts. */
export interface WebSocketUrl {
  /** True for wss: TLS. */
  readonly secure: boolean
  /** Name or address to connect to; ASCII, an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
  /** The resource name: path and query; begins with `/`. */
  readonly target: string
  /** The value of the Host header: an IPv6 address in brackets, a port only when it is not the scheme's default. */
  readonly hostHeader: string
  /** The value of an Authorization header for the user name and password in the URL; undefined when it has none. */
  readonly authorization: string | undefined
}

const schemes: ReadonlyMap<string, { readonly secure: boolean; readonly defaultPort: number }> = new Map([
  ['ws:', { secure: false, defaultPort: 80 }],
  ['wss:', { secure: true, defaultPort: 443 }],
  ['http:', { secure: false, defaultPort: 80 }],
  ['https:', { secure: true, defaultPort: 443 }],
])

/**
 * Takes a `ws:` or `wss:` URL apart; `http:` and `https:` mean the same, as in browsers. International names come out in ASCII.
 * Throws TypeError for anything else, for a fragment, and for a user name or password that Basic authorization cannot carry;
 * the message never shows the URL, which may hold secrets.
 */
export function parseWebSocketUrl(url: string | URL): WebSocketUrl {
  const parsed = parseUrl(url)
  const scheme = schemes.get(parsed.protocol)
  if (scheme === undefined)
    throw new TypeError(`a WebSocket URL begins with ws: or wss:, not ${parsed.protocol}`)
  // 3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used on these URIs."
  if (parsed.href.includes('#')) throw new TypeError('a WebSocket URL has no fragment; write # as %23')
  return {
    secure: scheme.secure,
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? scheme.defaultPort : Number(parsed.port),
    target: parsed.pathname + parsed.search,
    hostHeader: parsed.host,
    authorization: parsed.username === '' && parsed.password === '' ? undefined : formatBasic(parsed),
  }
}

function parseUrl(url: string | URL): URL {
  try {
    return new URL(url)
  } catch {
    throw new TypeError('this is not an absolute URL such as ws://example.com/chat')
  }
}
