/**
 * The record of one executed case: everything a report needs, as plain JSON values.
 *
 * Fields that Autobahn's per-case report has bear its names and meaning; what it never had (time on every row of the
 * wire log, decoded fields, how TCP ended, what a failed own case broke) stands beside them.
 */

/** What the peer did with the traffic of the case. */
export type Behavior = 'OK' | 'NON-STRICT' | 'INFORMATIONAL' | 'UNIMPLEMENTED' | 'FAILED'

/** How the peer went through the end of the connection. */
export type CloseBehavior = 'OK' | 'INFORMATIONAL' | 'FAILED' | 'WRONG CODE' | 'UNCLEAN' | 'FAILED BY CLIENT'

/** How much hangs on an own case: a MUST of an RFC, a SHOULD, or what a well-made endpoint does. */
export type Severity = 'MUST' | 'SHOULD' | 'QUALITY'

/** Which end the endpoint under test is. */
export type PeerRole = 'server' | 'client'

/** One received event. Payload is text, or `0x…` when it is not UTF-8; it is whole, however long. */
export type EventRow =
  | readonly [type: 'message', payload: string, binary: boolean]
  | readonly [type: 'ping' | 'pong', payload: string]
  | readonly [type: 'timeout', tag: string]

/** What the case wants of the end of the connection. */
export interface ExpectedClose {
  /** True: the runner starts the closing handshake; false: the endpoint under test does. */
  readonly closedByMe: boolean
  /** Allowed codes of the endpoint's Close frame; no code at all is always allowed. */
  readonly closeCode: readonly number[]
  readonly requireClean: boolean
  readonly closedByWrongEndpointIsFatal?: boolean
}

/** Numbers of categories 12 and 13; octets are counted before compression, inside frames and on the wire. */
export interface TrafficStats {
  readonly incomingCompressionRatio: number | null
  readonly incomingOctetsAppLevel: number
  readonly incomingOctetsWebSocketLevel: number
  readonly incomingOctetsWireLevel: number
  readonly incomingWebSocketFrames: number
  readonly incomingWebSocketMessages: number
  readonly incomingWebSocketOverhead: number | null
  readonly outgoingCompressionRatio: number | null
  readonly outgoingOctetsAppLevel: number
  readonly outgoingOctetsWebSocketLevel: number
  readonly outgoingOctetsWireLevel: number
  readonly outgoingWebSocketFrames: number
  readonly outgoingWebSocketMessages: number
  readonly outgoingWebSocketOverhead: number | null
  readonly preopenIncomingOctetsWireLevel: number
  readonly preopenOutgoingOctetsWireLevel: number
}

export type Direction = 'sent' | 'received'

/** Octets of one TCP write or read. */
export interface OctetsEntry {
  readonly kind: 'octets'
  /** Milliseconds since TCP (and TLS) was up, with fractions. */
  readonly at: number
  readonly direction: Direction
  readonly length: number
  /** The first octets (at most `LOGGED_OCTETS`) as hex. */
  readonly hex: string
  /** True: the runner waited until the octets had left before it wrote more. */
  readonly flushed?: boolean
}

/** One frame with its fields decoded. A received frame is logged when its payload is complete (or the stream ended in it). */
export interface FrameEntry {
  readonly kind: 'frame'
  readonly at: number
  readonly direction: Direction
  readonly opcode: number
  readonly fin: boolean
  /** RSV1 is 4, RSV2 2, RSV3 1. */
  readonly rsv: number
  readonly masked: boolean
  /** Eight hex digits, or null. */
  readonly maskingKey: string | null
  /** Length as declared in the header. */
  readonly length: number
  /** Octets of the extended length field: 0, 2 or 8. */
  readonly lengthBytes: 0 | 2 | 8
  /** The header as it was on the wire. */
  readonly headerHex: string
  /** The first payload octets (at most `LOGGED_OCTETS`), unmasked: text, or `0x…` when they are not UTF-8. */
  readonly payload: string
  /** The same octets as hex. */
  readonly payloadHex: string
  /** False: the stream ended inside the frame. */
  readonly complete: boolean
  /** Sent frames: the payload given was repeated up to `length`. */
  readonly repeated?: boolean
  /** Sent frames: octets per TCP write, where the frame was chopped. */
  readonly chop?: number
  readonly flushed?: boolean
  /** Close frames with a body: its fields. */
  readonly close?: { readonly code: number; readonly reason: string }
}

/** A timer of the runner: a wait of the script, the end of patience (`kill`), or the start of the runner's own close (`close`). */
export interface TimerEntry {
  readonly kind: 'timer'
  readonly at: number
  readonly timer: 'wait' | 'kill' | 'close'
  readonly event: 'armed' | 'expired'
  /** Only when armed. */
  readonly delayMs?: number
  readonly tag?: string
}

/** From here on octets and frames are counted, not logged (`on: false`), or logged again. */
export interface LoggingEntry {
  readonly kind: 'logging'
  readonly at: number
  readonly on: boolean
}

/** What happened to the connection below WebSocket. */
export interface TransportEntry {
  readonly kind: 'transport'
  readonly at: number
  readonly direction: Direction
  readonly event: 'connected' | 'secured' | 'fin' | 'close-notify' | 'reset' | 'destroyed' | 'refused'
  readonly text?: string
}

/** A remark of the runner: what it is waiting for, a message of a long run compared, a condition met. */
export interface NoteEntry {
  readonly kind: 'note'
  readonly at: number
  readonly text: string
}

export type LogEntry = OctetsEntry | FrameEntry | TimerEntry | LoggingEntry | TransportEntry | NoteEntry

/** Octets kept of each log entry. */
export const LOGGED_OCTETS = 64

/** How the transport ended, as seen from the runner. Times are milliseconds as in the log, null: did not happen. */
export interface TransportEnding {
  /** Who let go of TCP first: sent FIN or RST. */
  readonly first: 'runner' | 'peer' | 'none'
  readonly finReceivedAt: number | null
  readonly finSentAt: number | null
  /** The peer's RST (ECONNRESET or EPIPE). */
  readonly resetAt: number | null
  /** TLS: the alert came before the FIN; null on plain TCP. */
  readonly closeNotify: boolean | null
  readonly closeFrameReceivedAt: number | null
  readonly closeFrameSentAt: number | null
  /** Octets received after the peer's Close frame. */
  readonly octetsAfterClose: number
  /** The peer closed its side before it had sent a Close frame. */
  readonly withoutCloseFrame: boolean
}

/** Of an ending that nobody saw. */
export const UNSEEN_ENDING: TransportEnding = {
  first: 'none',
  finReceivedAt: null,
  finSentAt: null,
  resetAt: null,
  closeNotify: null,
  closeFrameReceivedAt: null,
  closeFrameSentAt: null,
  octetsAfterClose: 0,
  withoutCloseFrame: false,
}

/** One requirement of an own case and whether it held. */
export interface CheckedRequirement {
  readonly holds: boolean
  /** A sentence: what was required. */
  readonly requirement: string
  /** A sentence: what was seen instead; empty when it holds. */
  readonly observed: string
}

/** Opening handshake as it went over the wire, latin1, without the empty line. */
export interface HandshakeRecord {
  readonly httpRequest: string
  readonly httpResponse: string
}

/** Everything known about one executed case. */
export interface CaseRecord extends HandshakeRecord {
  readonly id: string
  /** Position: of the whole suite when a server is tested, of the selection when a client is; from 1. */
  readonly case: number
  readonly agent: string
  readonly description: string
  readonly expectation: string
  /** ISO 8601, UTC. */
  readonly started: string
  /** Whole milliseconds from the open connection to the end of TCP. */
  readonly duration: number
  readonly reportTime: boolean
  readonly reportCompressionRatio: boolean
  readonly behavior: Behavior
  readonly behaviorClose: CloseBehavior
  /** The verdict on behavior, in prose. */
  readonly result: string
  /** The verdict on closing, in prose. */
  readonly resultClose: string
  readonly expected: Readonly<Record<string, readonly EventRow[]>>
  readonly received: readonly EventRow[]
  readonly expectedClose: ExpectedClose
  readonly closedByMe: boolean
  readonly failedByMe: boolean
  readonly droppedByMe: boolean
  readonly wasClean: boolean
  readonly wasNotCleanReason: string | null
  readonly wasServerConnectionDropTimeout: boolean
  readonly wasOpenHandshakeTimeout: boolean
  readonly wasCloseHandshakeTimeout: boolean
  readonly localCloseCode: number | null
  readonly localCloseReason: string | null
  readonly remoteCloseCode: number | null
  readonly remoteCloseReason: string | null
  /** True: the runner was the server, a client was tested. */
  readonly isServer: boolean
  readonly createStats: boolean
  /** Size of a read or write -> how often. */
  readonly rxOctetStats: Readonly<Record<string, number>>
  readonly txOctetStats: Readonly<Record<string, number>>
  /** Opcode -> how many frames. */
  readonly rxFrameStats: Readonly<Record<string, number>>
  readonly txFrameStats: Readonly<Record<string, number>>
  readonly createWirelog: boolean
  readonly trafficStats: TrafficStats | null

  // What Autobahn's report does not have.
  readonly title: string
  readonly category: string
  readonly section: string
  /** True: one of Autobahn's 517 cases; false: one of ours. */
  readonly autobahn: boolean
  readonly role: PeerRole
  readonly secure: boolean
  /** Own cases: how much hangs on it; Autobahn's cases: 'MUST'. */
  readonly severity: Severity
  /** Own cases: why it is tested, in prose; else empty. */
  readonly reason: string
  /** Own cases: the section and sentence it comes from, such as `RFC 6455 5.5.1`; else empty. */
  readonly rule: string
  /** Own cases: each requirement and whether it held; empty for Autobahn's cases. */
  readonly requirements: readonly CheckedRequirement[]
  readonly log: readonly LogEntry[]
  readonly ending: TransportEnding
  /** Largest delay of the runner's event loop during the case, milliseconds; deadlines were stretched by it. */
  readonly loopLagMs: number
  /** Profile `quick` sent fewer messages than Autobahn would; null: all were sent. */
  readonly reducedTo: { readonly messages: number; readonly of: number } | null
}
