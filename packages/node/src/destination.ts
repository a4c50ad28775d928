/** Where a client connects to: WebSocket URLs (RFC 6455, 3), and the form for unix sockets that other implementations know. */
import { parseWebSocketUrl } from '@hybi/handshake'

/** The parts of a URL. */
export interface Destination {
  /** True for TLS. */
  readonly secure: boolean
  /** Name or address; of a unix socket `localhost`. */
  readonly host: string
  readonly port: number
  /** Path of a unix socket, instead of host and port. */
  readonly socketPath: string | undefined
  /** Path and query. */
  readonly target: string
  readonly hostHeader: string
  /** Value of the Authorization header for a user name and password in the URL. */
  readonly authorization: string | undefined
}

const UNIX_SCHEMES: ReadonlyMap<string, boolean> = new Map([
  ['ws+unix:', false],
  ['wss+unix:', true],
])

/**
 * Takes a URL apart: `wss://host/path?query`, or `ws+unix:/path/of/socket:/path?query` for a unix socket.
 *
 * @throws TypeError for anything else
 */
export function readDestination(url: string | URL): Destination {
  const parsed = URL.canParse(String(url)) ? new URL(url) : null
  const secure = parsed === null ? undefined : UNIX_SCHEMES.get(parsed.protocol)
  if (parsed === null || secure === undefined) return { ...parseWebSocketUrl(url), socketPath: undefined }
  if (parsed.hash !== '') throw new TypeError('a WebSocket URL has no fragment; write # as %23')
  const colon = parsed.pathname.indexOf(':')
  const socketPath = decodeURIComponent(colon === -1 ? parsed.pathname : parsed.pathname.slice(0, colon))
  const path = colon === -1 ? '/' : parsed.pathname.slice(colon + 1)
  if (!path.startsWith('/'))
    throw new TypeError('behind the colon of a unix socket URL stands a path that begins with "/"')
  return {
    secure,
    host: 'localhost',
    port: 0,
    socketPath,
    target: path + parsed.search,
    hostHeader: 'localhost',
    authorization: undefined,
  }
}
