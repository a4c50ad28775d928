/**
 * Every way in which a peer can break the protocol or a limit, one row each.
 *
 * This is the only file of the family that says which status code a mistake is answered with. The rules that
 * find a violation return its row; the session sends the row's code and keeps the row for the outcome.
 */
import { StatusCode } from '@hybi/frame'

/** One row: what was broken, and how it is answered. */
export interface Violation {
  /** Short name, also sent as the Close reason. */
  readonly name: string
  /** Status code of the Close frame that answers it. */
  readonly code: number
  /** Section of RFC 6455, or of another RFC when it says so. */
  readonly section: string
  /** The sentence that was broken. */
  readonly text: string
}

const { PROTOCOL_ERROR, INVALID_PAYLOAD, POLICY_VIOLATION, MESSAGE_TOO_BIG, INTERNAL_ERROR } = StatusCode

/** The violations table. */
export const violations = {
  // Frame headers, judged before any payload is read.
  unmaskedFrame: {
    name: 'unmasked frame',
    code: PROTOCOL_ERROR,
    section: '5.1',
    text: 'The server MUST close the connection upon receiving a frame that is not masked.',
  },
  maskedFrame: {
    name: 'masked frame',
    code: PROTOCOL_ERROR,
    section: '5.1',
    text: 'A client MUST close a connection if it detects a masked frame.',
  },
  reservedBits: {
    name: 'reserved bits set',
    code: PROTOCOL_ERROR,
    section: '5.2',
    text: 'RSV1, RSV2, RSV3 MUST be 0 unless an extension is negotiated that defines meanings for non-zero values.',
  },
  reservedBitsOnControl: {
    name: 'reserved bits set on a control frame',
    code: PROTOCOL_ERROR,
    section: 'RFC 7692, 6.1',
    text: 'An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames.',
  },
  reservedBitsOnContinuation: {
    name: 'reserved bits set on a continuation frame',
    code: PROTOCOL_ERROR,
    section: 'RFC 7692, 6.1',
    text: 'An endpoint MUST NOT set the "Per-Message Compressed" bit of non-first fragments of a data message.',
  },
  unknownOpcode: {
    name: 'unknown opcode',
    code: PROTOCOL_ERROR,
    section: '5.2',
    text: 'If an unknown opcode is received, the receiving endpoint MUST Fail the WebSocket Connection.',
  },
  lengthNotMinimal: {
    name: 'payload length not minimal',
    code: PROTOCOL_ERROR,
    section: '5.2',
    text: 'In all cases, the minimal number of bytes MUST be used to encode the length.',
  },
  lengthTopBit: {
    name: 'payload length with its most significant bit set',
    code: PROTOCOL_ERROR,
    section: '5.2',
    text: 'If 127, the following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) are the payload length.',
  },
  controlFragmented: {
    name: 'fragmented control frame',
    code: PROTOCOL_ERROR,
    section: '5.5',
    text: 'All control frames MUST NOT be fragmented.',
  },
  controlTooLong: {
    name: 'control frame too long',
    code: PROTOCOL_ERROR,
    section: '5.5',
    text: 'All control frames MUST have a payload length of 125 bytes or less.',
  },
  unexpectedContinuation: {
    name: 'continuation without a message',
    code: PROTOCOL_ERROR,
    section: '5.4',
    text: 'A fragmented message consists of a single frame with the FIN bit clear and an opcode other than 0, followed by zero or more frames with the FIN bit clear and the opcode set to 0.',
  },
  interleavedMessage: {
    name: 'new message inside a fragmented one',
    code: PROTOCOL_ERROR,
    section: '5.4',
    text: 'The fragments of one message MUST NOT be interleaved between the fragments of another message.',
  },

  // Limits.
  messageTooBig: {
    name: 'message too big',
    code: MESSAGE_TOO_BIG,
    section: '7.4.1',
    text: '1009 indicates that an endpoint is terminating the connection because it has received a message that is too big for it to process.',
  },
  tooManyFragments: {
    name: 'too many fragments',
    code: MESSAGE_TOO_BIG,
    section: '7.4.1',
    text: '1009 indicates that an endpoint is terminating the connection because it has received a message that is too big for it to process.',
  },
  pendingOutputTooBig: {
    name: 'too much output waits for this peer',
    code: POLICY_VIOLATION,
    section: '7.4.1',
    text: '1008 indicates that an endpoint is terminating the connection because it has received a message that violates its policy.',
  },

  // What the payload says.
  textNotUtf8: {
    name: 'text that is not UTF-8',
    code: INVALID_PAYLOAD,
    section: '8.1',
    text: 'When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in fact, a valid UTF-8 stream, that endpoint MUST Fail the WebSocket Connection.',
  },
  closeBodyTooShort: {
    name: 'Close body of one byte',
    code: PROTOCOL_ERROR,
    section: '5.5.1',
    text: 'If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer representing a status code.',
  },
  closeCodeReserved: {
    name: 'status code that must not be sent',
    code: PROTOCOL_ERROR,
    section: '7.4',
    text: 'A reserved value MUST NOT be set as a status code in a Close control frame by an endpoint.',
  },
  closeReasonNotUtf8: {
    name: 'Close reason that is not UTF-8',
    code: INVALID_PAYLOAD,
    section: '8.1',
    text: 'Following the 2-byte integer, the body MAY contain UTF-8-encoded data with value /reason/ (5.5.1).',
  },

  // Extensions.
  extensionDataInvalid: {
    name: 'extension data that cannot be decoded',
    code: INVALID_PAYLOAD,
    section: '7.4.1',
    text: '1007 indicates that an endpoint is terminating the connection because it has received data within a message that was not consistent with the type of the message.',
  },

  // Not the peer's mistake, but ended in the same way.
  internalError: {
    name: 'internal error',
    code: INTERNAL_ERROR,
    section: '7.4.1',
    text: '1011 indicates that a server is terminating the connection because it encountered an unexpected condition that prevented it from fulfilling the request.',
  },
} as const satisfies Readonly<Record<string, Violation>>
