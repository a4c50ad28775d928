/** The server's half of the opening handshake: is this request one that may be accepted? (RFC 6455, 4.2.1) */
import { isKey } from './accept-key.ts'
import { type Extension, parseExtensions } from './extensions.ts'
import { listIncludes, parseAuthority } from './grammar.ts'
import type { RequestHead } from './head.ts'
import { type HeaderLine, headerValues } from './headers.ts'
import { Name, WEBSOCKET_VERSION } from './names.ts'
import { type Checked, type Refusal, refusals } from './refusals.ts'
import { parseSubprotocols } from './subprotocols.ts'
import { parseTarget } from './target.ts'

/** What a client asks for in its opening handshake. */
export interface UpgradeRequest {
  /** The resource name of section 3: path and query, begins with `/`. */
  readonly target: string
  /** As in the Host header, or in the absolute URI that was requested: `example.com:8080`. */
  readonly host: string
  /** As sent; undefined when there is none, which no browser does. */
  readonly origin: string | undefined
  /** Sec-WebSocket-Key. */
  readonly key: string
  /** Most wanted first, all different. */
  readonly subprotocols: readonly string[]
  /** The offers, most wanted first; their parameters are not judged yet. */
  readonly extensions: readonly Extension[]
  /** All header lines. */
  readonly headers: readonly HeaderLine[]
}

/**
 * Judges the head of a request as an opening handshake: the refusal it has to be answered with, or what it asks for. Whether the
 * Origin is welcome, the target exists and the offers are taken is for the caller to say.
 */
export function checkRequest(head: RequestHead): Checked<UpgradeRequest> {
  const { headers } = head
  // 4.1: "The method of the request MUST be GET, and the HTTP version MUST be at least 1.1."
  if (head.method !== 'GET') return refuse(refusals.methodNotGet)
  if (!isSpokenVersion(head.version)) return refuse(refusals.httpVersion)

  const hosts = headerValues(headers, Name.HOST)
  // RFC 9112, 3.2: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks a
  // Host header field and to any request message that contains more than one Host header field line or a Host header field
  // with an invalid field value."
  if (hosts.length !== 1) return refuse(refusals.hostMissing)
  if (parseAuthority(hosts[0]) === null) return refuse(refusals.malformedHost)
  const target = parseTarget(head.target)
  if (target === null) return refuse(refusals.malformedTarget)

  const bodyRefusal = checkBody(headers)
  if (bodyRefusal !== null) return refuse(bodyRefusal)

  // 4.2.1: "An |Upgrade| header field containing the value "websocket", treated as an ASCII case-insensitive value."
  if (!listIncludes(headerValues(headers, Name.UPGRADE), 'websocket')) return refuse(refusals.upgradeRequired)
  // 4.2.1: "A |Connection| header field that includes the token "Upgrade", treated as an ASCII case-insensitive value."
  if (!listIncludes(headerValues(headers, Name.CONNECTION), 'upgrade'))
    return refuse(refusals.connectionMissing)

  const asked = checkWishes(headers)
  if (!asked.ok) return asked

  const keys = headerValues(headers, Name.KEY)
  // 11.3.1: "The |Sec-WebSocket-Key| header field MUST NOT appear more than once in an HTTP request."
  if (keys.length !== 1) return refuse(refusals.keyMissing)
  // 4.2.1: "a base64-encoded (see Section 4 of [RFC4648]) value that, when decoded, is 16 bytes in length."
  if (!isKey(keys[0])) return refuse(refusals.malformedKey)

  return {
    ok: true,
    // RFC 9112, 3.2.2: "the origin server MUST ignore the received Host header field (if any) and instead use the host
    // information of the request-target."
    value: {
      target: target.resourceName,
      host: target.authority ?? hosts[0],
      key: keys[0],
      origin: asked.value.origin,
      subprotocols: asked.value.subprotocols,
      extensions: asked.value.extensions,
      headers,
    },
  }
}

/** What HTTP/1.1 and HTTP/2 (RFC 8441) ask for in the same headers. */
export type Wishes = Pick<UpgradeRequest, 'origin' | 'subprotocols' | 'extensions' | 'headers'>

/** Judges version, Origin, subprotocols and extensions. */
export function checkWishes(headers: readonly HeaderLine[]): Checked<Wishes> {
  const versions = headerValues(headers, Name.VERSION)
  if (versions.length === 0) return refuse(refusals.versionMissing)
  // 4.2.2: "If this version does not match a version understood by the server, the server MUST abort the WebSocket handshake".
  if (versions.length > 1 || versions[0] !== WEBSOCKET_VERSION) return refuse(refusals.versionUnsupported)

  const origins = headerValues(headers, Name.ORIGIN)
  if (origins.length > 1) return refuse(refusals.originDoubled)
  const subprotocols = parseSubprotocols(headerValues(headers, Name.PROTOCOL))
  if (subprotocols === null) return refuse(refusals.malformedSubprotocols)
  // 9.1: "the recipient of such malformed data MUST immediately _Fail the WebSocket Connection_."
  const extensions = parseExtensions(headerValues(headers, Name.EXTENSIONS))
  if (extensions === null) return refuse(refusals.malformedExtensions)

  return { ok: true, value: { origin: origins[0], subprotocols, extensions, headers } }
}

/**
 * Null when no body follows the head. A server that took one for frames, or frames for one, would let whoever writes it speak
 * in the name of others behind the same proxy (request smuggling).
 */
function checkBody(headers: readonly HeaderLine[]): Refusal | null {
  if (headerValues(headers, Name.TRANSFER_ENCODING).length > 0) return refusals.requestBody
  const lengths = headerValues(headers, Name.CONTENT_LENGTH)
  if (lengths.length === 0) return null
  // RFC 9112, 6.3: "If a message is received without Transfer-Encoding and with an invalid Content-Length header field, then the
  // message framing is invalid and the recipient MUST treat it as an unrecoverable error".
  if (lengths.length > 1 || !decimal.test(lengths[0])) return refusals.malformedContentLength
  return zero.test(lengths[0]) ? null : refusals.requestBody
}

const decimal = /^\d+$/
const zero = /^0+$/
const spokenVersion = /^1\.[1-9]$/

/** HTTP/1.1, or a later minor version of it, which it has to be compatible with (RFC 9110, 2.5). */
export const isSpokenVersion = (version: string): boolean => spokenVersion.test(version)

export const refuse = (refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({
  ok: false,
  refusal,
})
