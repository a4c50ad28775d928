/**
 * Every way in which a server's answer breaks the opening handshake, one row each. The client then has to fail the WebSocket
 * connection: there is no answer to an answer.
 */

/** One row: what was broken. */
export interface Failure {
  /** Short name. */
  readonly name: string
  /** Section of RFC 6455, or of another RFC when it says so. */
  readonly section: string
  /** The rule that was broken, in a sentence. */
  readonly text: string
}

/** What is wrong with a head as such, request or response. */
export const headFaults = {
  headTooLarge: {
    name: 'head too large',
    section: 'RFC 6585, 5',
    text: 'The head is larger than this endpoint takes.',
  },
  tooManyHeaderLines: {
    name: 'too many header lines',
    section: 'RFC 6585, 5',
    text: 'The head has more header lines than this endpoint takes.',
  },
  malformedStartLine: {
    name: 'malformed start line',
    section: 'RFC 9112, 2.1',
    text: 'The first line has to be a request-line (method, target, HTTP version) or a status-line (HTTP version, status, reason).',
  },
  bareLineFeed: {
    name: 'bare line feed',
    section: 'RFC 9112, 2.2',
    text: 'Every line of the head has to end in CR LF.',
  },
  foldedHeader: {
    name: 'folded header line',
    section: 'RFC 9112, 5.2',
    text: 'A header line must not be continued on the next line.',
  },
  malformedHeader: {
    name: 'malformed header line',
    section: 'RFC 9112, 5',
    text: 'A header line has to be a token, a colon right after it, and a value without control characters.',
  },
} as const satisfies Record<string, Failure>

/** The failures table. */
export const failures = {
  ...headFaults,
  unexpectedStatus: {
    name: 'unexpected status',
    section: '4.1',
    text: 'If the status code received from the server is not 101, the client handles the response per HTTP procedures.',
  },
  httpVersion: {
    name: 'HTTP version',
    section: '4.2.2',
    text: 'The Status-Line has to be one of HTTP/1.1.',
  },
  upgradeMissing: {
    name: 'Upgrade is not websocket',
    section: '4.1',
    text: 'The response has to contain one Upgrade header field with the value "websocket", whatever its case.',
  },
  connectionMissing: {
    name: 'Connection lacks upgrade',
    section: '4.1',
    text: 'The Connection header field has to contain the token "Upgrade", whatever its case.',
  },
  acceptMissing: {
    name: 'Sec-WebSocket-Accept missing or doubled',
    section: '4.1',
    text: 'The response has to contain one Sec-WebSocket-Accept header field.',
  },
  acceptWrong: {
    name: 'wrong Sec-WebSocket-Accept',
    section: '4.1',
    text: 'Sec-WebSocket-Accept has to be the base64 of the SHA-1 of the key and the GUID of this protocol.',
  },
  subprotocolNotRequested: {
    name: 'subprotocol not requested',
    section: '4.1',
    text: "The response must not indicate a subprotocol that was not present in the client's handshake.",
  },
  subprotocolDoubled: {
    name: 'doubled Sec-WebSocket-Protocol',
    section: '11.3.4',
    text: 'The Sec-WebSocket-Protocol header field must not appear more than once in a response.',
  },
  malformedExtensions: {
    name: 'malformed Sec-WebSocket-Extensions',
    section: '9.1',
    text: 'Sec-WebSocket-Extensions has to be a list of extensions with their parameters.',
  },
  extensionNotOffered: {
    name: 'extension not offered',
    section: '4.1',
    text: "The response must not indicate the use of an extension that was not present in the client's handshake.",
  },
  extensionDoubled: {
    name: 'doubled extension',
    section: '9.1',
    text: 'The response must not list the same extension twice.',
  },
} as const satisfies Record<string, Failure>

/** A response, or a part of it, that was found right; or the rule that it breaks. */
export type CheckedResponse<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure }
