/**
 * Every reason for which a server refuses an opening handshake, one row each. This is the only file that says which HTTP
 * status a mistake is answered with (RFC 6455, 4.2.1 and 4.2.2).
 */
import { type Failure, headFaults } from './failures.ts'
import type { HeaderLine } from './headers.ts'
import { WEBSOCKET_VERSION } from './names.ts'
import { Status } from './status.ts'

/** One row: what was broken, and the response that says so. */
export interface Refusal extends Failure {
  /** HTTP status of the response. */
  readonly status: number
  /** Header lines that the response needs beside the usual ones. */
  readonly headers: readonly HeaderLine[]
  /** Text of the response. */
  readonly body: string
}

/** Something that a client sent and that was found right; or the refusal that answers it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal }

const {
  BAD_REQUEST,
  FORBIDDEN,
  METHOD_NOT_ALLOWED,
  REQUEST_TIMEOUT,
  UPGRADE_REQUIRED,
  HEAD_TOO_LARGE,
  NOT_IMPLEMENTED,
} = Status

// RFC 9110, 15.5.22: "The server MUST send an Upgrade header field in a 426 response to indicate the required protocol(s)".
const upgradeToWebSocket: HeaderLine = ['Upgrade', 'websocket']

const row = (status: number, { name, section, text }: Failure, ...headers: HeaderLine[]): Refusal => ({
  name,
  status,
  headers,
  body: `${text}\n`,
  section,
  text,
})

/** The refusals table. */
export const refusals = {
  headTooLarge: row(HEAD_TOO_LARGE, headFaults.headTooLarge),
  tooManyHeaderLines: row(HEAD_TOO_LARGE, headFaults.tooManyHeaderLines),
  malformedStartLine: row(BAD_REQUEST, headFaults.malformedStartLine),
  bareLineFeed: row(BAD_REQUEST, headFaults.bareLineFeed),
  foldedHeader: row(BAD_REQUEST, headFaults.foldedHeader),
  malformedHeader: row(BAD_REQUEST, headFaults.malformedHeader),
  tooSlow: row(REQUEST_TIMEOUT, {
    name: 'handshake too slow',
    section: 'RFC 9110, 15.5.9',
    text: 'The head did not arrive in time.',
  }),
  methodNotGet: row(
    METHOD_NOT_ALLOWED,
    {
      name: 'method is not GET',
      section: '4.1',
      text: 'The method of the request MUST be GET.',
    },
    ['Allow', 'GET'],
  ),
  httpVersion: row(BAD_REQUEST, {
    name: 'HTTP version',
    section: '4.1',
    text: 'The HTTP version MUST be at least 1.1 (and of major version 1).',
  }),
  hostMissing: row(BAD_REQUEST, {
    name: 'Host missing or doubled',
    section: 'RFC 9112, 3.2',
    text: 'The request MUST contain one Host header field.',
  }),
  malformedHost: row(BAD_REQUEST, {
    name: 'malformed Host',
    section: 'RFC 9112, 3.2',
    text: 'The Host header field has to name a host, and may name its port.',
  }),
  malformedTarget: row(BAD_REQUEST, {
    name: 'malformed request target',
    section: '4.2.1',
    text: 'The request target has to be a path with an optional query, or an absolute http or https URI that holds them.',
  }),
  malformedContentLength: row(BAD_REQUEST, {
    name: 'malformed or doubled Content-Length',
    section: 'RFC 9112, 6.3',
    text: 'Content-Length has to be one decimal number.',
  }),
  requestBody: row(BAD_REQUEST, {
    name: 'request body',
    section: 'RFC 9112, 6.3',
    text: 'An opening handshake has no body: neither a Content-Length above 0 nor Transfer-Encoding.',
  }),
  upgradeRequired: row(
    UPGRADE_REQUIRED,
    {
      name: 'Upgrade is not websocket',
      section: '4.2.1',
      text: 'This is a WebSocket: the request has to contain an Upgrade header field with the value "websocket".',
    },
    upgradeToWebSocket,
  ),
  connectionMissing: row(BAD_REQUEST, {
    name: 'Connection lacks upgrade',
    section: '4.2.1',
    text: 'The Connection header field has to contain the token "Upgrade", whatever its case.',
  }),
  versionMissing: row(BAD_REQUEST, {
    name: 'Sec-WebSocket-Version missing',
    section: '4.2.1',
    text: 'The request has to contain a Sec-WebSocket-Version header field.',
  }),
  versionUnsupported: row(
    UPGRADE_REQUIRED,
    {
      name: 'unsupported Sec-WebSocket-Version',
      section: '4.4',
      text: 'The one version of the WebSocket protocol that is spoken here is 13.',
    },
    upgradeToWebSocket,
    ['Sec-WebSocket-Version', WEBSOCKET_VERSION],
  ),
  keyMissing: row(BAD_REQUEST, {
    name: 'Sec-WebSocket-Key missing or doubled',
    section: '4.2.1',
    text: 'The request has to contain one Sec-WebSocket-Key header field.',
  }),
  malformedKey: row(BAD_REQUEST, {
    name: 'malformed Sec-WebSocket-Key',
    section: '4.2.1',
    text: 'Sec-WebSocket-Key has to be the base64 of 16 bytes.',
  }),
  originDoubled: row(BAD_REQUEST, {
    name: 'doubled Origin',
    section: 'RFC 6454, 7.3',
    text: 'The request must not contain more than one Origin header field.',
  }),
  originRefused: row(FORBIDDEN, {
    name: 'Origin refused',
    section: '4.2.2',
    text: 'Connections from this origin are not accepted.',
  }),
  malformedSubprotocols: row(BAD_REQUEST, {
    name: 'malformed Sec-WebSocket-Protocol',
    section: '4.1',
    text: 'Sec-WebSocket-Protocol has to be a list of tokens, all of them different.',
  }),
  malformedExtensions: row(BAD_REQUEST, {
    name: 'malformed Sec-WebSocket-Extensions',
    section: '9.1',
    text: 'Sec-WebSocket-Extensions has to be a list of extensions with their parameters.',
  }),
  connectRequired: row(
    METHOD_NOT_ALLOWED,
    {
      name: 'no extended CONNECT',
      section: 'RFC 8441, 4',
      text: 'This is a WebSocket: over HTTP/2 the request has to be a CONNECT with the :protocol "websocket".',
    },
    ['Allow', 'CONNECT'],
  ),
  unknownProtocol: row(NOT_IMPLEMENTED, {
    name: 'unknown :protocol',
    section: 'RFC 9220, 3',
    text: 'The :protocol of an extended CONNECT has to be "websocket".',
  }),
  malformedConnect: row(BAD_REQUEST, {
    name: 'malformed extended CONNECT',
    section: 'RFC 8441, 4',
    text: 'An extended CONNECT has a :scheme (http or https), an :authority and a :path, and no header fields of one connection.',
  }),
} as const satisfies Record<string, Refusal>
