/**
 * Which web pages may connect (RFC 6455, 10.2). A browser sends cookies along with any page's request, so that without
 * this check every page of the web could talk to the server in the name of its visitor.
 *
 * Why same-origin is the default: docs/decisions/origin.md.
 */
import { isSameOrigin } from '@hybi/handshake'
import type { ServerRequest } from './server-request.ts'

/**
 * Pages that may connect beside those of the same origin: `'*'` for all, origins such as `'https://example.org'`, or a
 * function that decides alone. A request without Origin does not come from a page and always may.
 */
export type OriginOption =
  | '*'
  | string
  | readonly string[]
  | ((origin: string, request: ServerRequest) => boolean)

/** Says whether the page that a request comes from may connect. */
export type OriginPolicy = (request: ServerRequest) => boolean

/** Makes the policy. Throws a TypeError for what is not an origin. */
export function createOriginPolicy(option: OriginOption = []): OriginPolicy {
  if (option === '*') return () => true
  if (typeof option === 'function') {
    return (request) => request.origin === undefined || option(request.origin, request)
  }
  const listed = new Set((typeof option === 'string' ? [option] : option).map(readOrigin))
  return (request) => {
    const { origin, host, secure } = request
    return origin === undefined || isSameOrigin(origin, host, secure) || listed.has(origin.toLowerCase())
  }
}

/** An origin as browsers write it (RFC 6454, 6.2): scheme, host, and port unless it is the scheme's own. */
function readOrigin(text: unknown): string {
  if (typeof text === 'string' && URL.canParse(text)) {
    const { protocol, host, pathname, search, hash, username } = new URL(text)
    if (host !== '' && pathname.length <= 1 && !text.endsWith('/') && search + hash + username === '') {
      return `${protocol}//${host}`
    }
  }
  throw new TypeError(`${JSON.stringify(text)} is not an origin such as "https://example.org"`)
}
