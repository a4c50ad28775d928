/**
 * The rules for frame headers (RFC 6455, 5.1, 5.2, 5.4, 5.5), as one pure function: a header and what came before it
 * go in, the first row of the violations table that it breaks comes out. No payload has been read by then.
 */
import { type FrameHeader, isControl, MAX_CONTROL_PAYLOAD, Opcode } from '@hybi/frame'
import { type Violation, violations } from './violations.ts'

/** What a header is judged against: who we are, our limits, and the message that the frame may continue. */
export interface HeaderContext {
  /** Role of this endpoint, the receiver. */
  readonly role: 'server' | 'client'
  /** The RSV bits that mark a transformed message, as one number 0..7; 0 without an extension. */
  readonly rsv: number
  /** True between the first and the final frame of a fragmented message. */
  readonly fragmented: boolean
  /** True when the message being continued is a transformed one. */
  readonly transformed: boolean
  /** Octets of payload that the earlier frames of the message being continued declared. */
  readonly messageSize: number
  /** Frames of the message being continued so far. */
  readonly fragments: number
  /** Largest message that is taken, in octets, inclusive. */
  readonly maxMessageSize: number
  /** Most frames that one message may have, inclusive. */
  readonly maxFragments: number
}

/** Payload lengths from here on need all eight bytes of the long form. */
const FIRST_64_BIT_LENGTH = 0x1_00_00
const FIRST_16_BIT_LENGTH = 126

/** Judges one frame header. Returns the first row of the violations table that it breaks, or null. */
export function checkFrameHeader(header: FrameHeader, context: HeaderContext): Violation | null {
  if (header.masked !== (context.role === 'server')) {
    return header.masked ? violations.maskedFrame : violations.unmaskedFrame
  }
  if (header.rsv !== 0) {
    const violation = checkReservedBits(header, context)
    if (violation !== null) return violation
  }
  if (header.lengthBytes !== 0) {
    const violation = checkLengthEncoding(header)
    if (violation !== null) return violation
  }
  return isControl(header.opcode) ? checkControlHeader(header) : checkDataHeader(header, context)
}

function checkReservedBits(header: FrameHeader, context: HeaderContext): Violation | null {
  // 5.2: "If a nonzero value is received and none of the negotiated extensions defines the meaning of such a nonzero
  // value, the receiving endpoint MUST _Fail the WebSocket Connection_."
  if (header.rsv !== context.rsv) return violations.reservedBits
  // RFC 7692, 6.1: "An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first
  // fragments of a data message."
  if (isControl(header.opcode)) return violations.reservedBitsOnControl
  return header.opcode === Opcode.CONTINUATION ? violations.reservedBitsOnContinuation : null
}

function checkLengthEncoding(header: FrameHeader): Violation | null {
  // 5.2: "(the most significant bit MUST be 0)"
  if (header.lengthHigh > 0x7fffffff) return violations.lengthTopBit
  // 5.2: "the minimal number of bytes MUST be used to encode the length"
  const least = header.lengthBytes === 8 ? FIRST_64_BIT_LENGTH : FIRST_16_BIT_LENGTH
  return header.payloadLength < least ? violations.lengthNotMinimal : null
}

function checkControlHeader(header: FrameHeader): Violation | null {
  if (header.opcode > Opcode.PONG) return violations.unknownOpcode
  // 5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."
  if (!header.fin) return violations.controlFragmented
  return header.payloadLength > MAX_CONTROL_PAYLOAD ? violations.controlTooLong : null
}

function checkDataHeader(header: FrameHeader, context: HeaderContext): Violation | null {
  if (header.opcode > Opcode.BINARY) return violations.unknownOpcode
  if (header.opcode !== Opcode.CONTINUATION) {
    // 5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another message"
    if (context.fragmented) return violations.interleavedMessage
    return checkSize(header.payloadLength, header.rsv !== 0, context)
  }
  // 5.4: "a single frame with the FIN bit clear and an opcode other than 0, followed by zero or more frames with
  // the FIN bit clear and the opcode set to 0"
  if (!context.fragmented) return violations.unexpectedContinuation
  if (context.fragments >= context.maxFragments) return violations.tooManyFragments
  return checkSize(context.messageSize + header.payloadLength, context.transformed, context)
}

/**
 * Octets on the wire against the limit. A transformed payload may be longer than what it stands for (stored blocks,
 * flush markers), so it gets twice the room and a little; what comes out of the transform is measured on its own.
 */
function checkSize(size: number, transformed: boolean, context: HeaderContext): Violation | null {
  const most = transformed ? 2 * context.maxMessageSize + 1024 : context.maxMessageSize
  return size > most || size > Number.MAX_SAFE_INTEGER ? violations.messageTooBig : null
}
