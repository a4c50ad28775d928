/**
 * The opening handshake on one stream of HTTP/2 (RFC 8441) or HTTP/3 (RFC 9220): an extended CONNECT instead of an upgrade. There
 * is no key, and the answer is 200.
 */

import { checkWishes, refuse, type UpgradeRequest } from './check-request.ts'
import { answerWishes, type ResponseOptions } from './create-response.ts'
import { parseAuthority } from './grammar.ts'
import { type HeaderLine, headerValues } from './headers.ts'
import { Name } from './names.ts'
import { type Checked, refusals } from './refusals.ts'
import { Status } from './status.ts'
import { parseTarget } from './target.ts'

/** A request of HTTP/2: its pseudo-header fields, and its header lines without them. */
export interface ConnectHead {
  /** `:method` */
  readonly method: string
  /** `:protocol`; undefined for an ordinary request. */
  readonly protocol: string | undefined
  /** `:scheme` */
  readonly scheme: string | undefined
  /** `:authority` */
  readonly authority: string | undefined
  /** `:path` */
  readonly path: string | undefined
  readonly headers: readonly HeaderLine[]
}

/** What a client asks for by an extended CONNECT. */
export type ConnectRequest = Omit<UpgradeRequest, 'key'>

/** The answer that accepts it. */
export interface ConnectResponse {
  /** `:status`, 200 */
  readonly status: number
  readonly headers: readonly HeaderLine[]
}

/** Judges an extended CONNECT as an opening handshake, as `checkRequest` does a request of HTTP/1.1. */
export function checkExtendedConnect(head: ConnectHead): Checked<ConnectRequest> {
  const { method, protocol, scheme, authority, path, headers } = head
  // RFC 8441, 4: "A new pseudo-header field :protocol MAY be included on request HEADERS".
  if (method !== 'CONNECT' || protocol === undefined) return refuse(refusals.connectRequired)
  // RFC 9220, 3: "If a server receives an Extended CONNECT request with a :protocol value that is unknown or is not supported,
  // the server SHOULD respond to the request with a 501 (Not Implemented) status code".
  if (protocol !== 'websocket') return refuse(refusals.unknownProtocol)
  // RFC 8441, 5: "The scheme of the target URI MUST be https for wss-schemed WebSockets and http for ws-schemed WebSockets."
  if (scheme !== 'https' && scheme !== 'http') return refuse(refusals.malformedConnect)
  if (authority === undefined || parseAuthority(authority) === null) return refuse(refusals.malformedConnect)
  if (path === undefined || !path.startsWith('/') || parseTarget(path) === null)
    return refuse(refusals.malformedConnect)
  // RFC 9113, 8.2.2: "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific header fields."
  if (connectionSpecific.some((name) => headerValues(headers, name).length > 0)) {
    return refuse(refusals.malformedConnect)
  }
  const asked = checkWishes(headers)
  return asked.ok ? { ok: true, value: { target: path, host: authority, ...asked.value } } : asked
}

const connectionSpecific = [Name.CONNECTION, Name.UPGRADE, Name.TRANSFER_ENCODING]

/** The answer that accepts `request`; throws as `createResponse` does. */
export const createConnectResponse = (
  request: Pick<ConnectRequest, 'subprotocols' | 'extensions'>,
  options: ResponseOptions = {},
): ConnectResponse => ({ status: Status.OK, headers: answerWishes(request, options) })
