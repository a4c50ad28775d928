/** Where a browser's request comes from (RFC 6455, 10.2; RFC 6454). */
import { parseAuthority } from './grammar.ts'

const serializedOrigin = /^(https?):\/\/([^/?#]+)$/i
const defaultPorts = { http: 80, https: 443 } as const

/**
 * True when `origin`, the value of an Origin header, has the scheme, host and port of the endpoint: `host` is the request's Host,
 * `secure` says whether the browser speaks TLS. `null` and lists of origins are never the same. Behind a proxy that ends TLS the
 * server sees neither; then name the allowed origins instead.
 */
export function isSameOrigin(origin: string, host: string, secure: boolean): boolean {
  const scheme = secure ? 'https' : 'http'
  const match = serializedOrigin.exec(origin)
  if (match === null || match[1].toLowerCase() !== scheme) return false
  const theirs = parseAuthority(match[2])
  const ours = parseAuthority(host)
  if (theirs === null || ours === null) return false
  const defaultPort = defaultPorts[scheme]
  return theirs.host === ours.host && (theirs.port ?? defaultPort) === (ours.port ?? defaultPort)
}
