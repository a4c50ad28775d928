/** The client's half of the opening handshake: has the server accepted? (RFC 6455, 4.1) */
import { acceptKey } from './accept-key.ts'
import { isSpokenVersion } from './check-request.ts'
import type { ClientOffer } from './create-request.ts'
import { type Extension, parseExtensions } from './extensions.ts'
import { type CheckedResponse, type Failure, failures } from './failures.ts'
import { listIncludes, trimWhitespace } from './grammar.ts'
import type { ResponseHead } from './head.ts'
import { headerValues } from './headers.ts'
import { Name } from './names.ts'
import { Status } from './status.ts'

/** What the server has agreed to. */
export interface AcceptedConnection {
  /** The subprotocol in use; undefined for none. */
  readonly subprotocol: string | undefined
  /** The extensions in use, in order; each is one that was offered, its parameters are for the extension to judge. */
  readonly extensions: readonly Extension[]
}

/**
 * Judges a response as the answer to a request with this offer: what is agreed, or the rule over which the client has to fail
 * the connection. A status other than 101 is a refusal and no mistake; look at `head.status` first to handle it.
 */
export function checkResponse(head: ResponseHead, offer: ClientOffer): CheckedResponse<AcceptedConnection> {
  const { headers } = head
  if (head.status !== Status.SWITCHING_PROTOCOLS) return fail(failures.unexpectedStatus)
  if (!isSpokenVersion(head.version)) return fail(failures.httpVersion)

  // 4.1: "If the response lacks an |Upgrade| header field or the |Upgrade| header field contains a value that is not an ASCII
  // case-insensitive match for the value "websocket", the client MUST _Fail the WebSocket Connection_."
  const upgrades = headerValues(headers, Name.UPGRADE)
  if (upgrades.length !== 1 || upgrades[0].toLowerCase() !== 'websocket') return fail(failures.upgradeMissing)
  // 4.1: "... or the |Connection| header field doesn't contain a token that is an ASCII case-insensitive match for the value
  // "Upgrade", the client MUST _Fail the WebSocket Connection_."
  if (!listIncludes(headerValues(headers, Name.CONNECTION), 'upgrade'))
    return fail(failures.connectionMissing)

  // 11.3.3: "The |Sec-WebSocket-Accept| header MUST NOT appear more than once in an HTTP response."
  const accepts = headerValues(headers, Name.ACCEPT)
  if (accepts.length !== 1) return fail(failures.acceptMissing)
  // 4.1: "... but ignoring any leading and trailing whitespace".
  if (trimWhitespace(accepts[0]) !== acceptKey(offer.key)) return fail(failures.acceptWrong)

  const subprotocols = headerValues(headers, Name.PROTOCOL)
  if (subprotocols.length > 1) return fail(failures.subprotocolDoubled)
  const subprotocol = subprotocols.at(0)
  // 4.1: "... (the server has indicated a subprotocol not requested by the client), the client MUST _Fail the WebSocket
  // Connection_." To answer a request for some with none is allowed (4.2.2).
  if (subprotocol !== undefined && !(offer.subprotocols ?? []).includes(subprotocol)) {
    return fail(failures.subprotocolNotRequested)
  }

  const extensions = parseExtensions(headerValues(headers, Name.EXTENSIONS))
  if (extensions === null) return fail(failures.malformedExtensions)
  const failure = checkNames(extensions, offer.extensions ?? [])
  return failure === null ? { ok: true, value: { subprotocol, extensions } } : fail(failure)
}

function checkNames(extensions: readonly Extension[], offers: readonly Extension[]): Failure | null {
  const offered = new Set(offers.map(({ name }) => name))
  // 4.1: "... (the server has indicated an extension not requested by the client), the client MUST _Fail the WebSocket
  // Connection_."
  if (extensions.some(({ name }) => !offered.has(name))) return failures.extensionNotOffered
  return new Set(extensions.map(({ name }) => name)).size === extensions.length
    ? null
    : failures.extensionDoubled
}

const fail = (failure: Failure): { readonly ok: false; readonly failure: Failure } => ({ ok: false, failure })
