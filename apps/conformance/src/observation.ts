/** What the runner saw of one connection: the input of the judge. */
import type { ReceivedEvent } from './cases/case.ts'
import type { LogEntry, PeerRole, TrafficStats, TransportEnding } from './record.ts'

/** One event and when it was complete, in milliseconds since the connection was up. */
export type TimedEvent = ReceivedEvent & { readonly at: number }

/** The header of a frame that the endpoint under test sent. */
export interface ReceivedFrame {
  readonly at: number
  readonly opcode: number
  readonly fin: boolean
  readonly rsv: number
  readonly masked: boolean
  readonly maskingKey: number
  readonly length: number
  readonly lengthBytes: 0 | 2 | 8
  /** Only control frames and short data frames: the payload. */
  readonly payload: Uint8Array | null
  /** False: the stream ended inside the frame. */
  readonly complete: boolean
}

/** A Close frame that went over the wire. */
export interface CloseFrame {
  readonly at: number
  /** Null: it had no body. 1005 and its like are codes that somebody wrote into the frame. */
  readonly code: number | null
  readonly reason: Uint8Array
}

export interface Opening {
  /** The opening handshake was done, by the rules. */
  readonly completed: boolean
  /** Why it was not; empty when it was. */
  readonly failure: string
  readonly timedOut: boolean
  /** Heads as latin1 text. */
  readonly request: string
  readonly response: string
  /** Status of the server's answer, when there was one. */
  readonly status: number | null
  /** Names and values of the peer's head, in order; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The agreed extension, as in the response; null: none. */
  readonly extensions: string | null
}

/** Progress of a plan that sends many messages one after the other. */
export interface Series {
  readonly sent: number
  readonly matched: number
  readonly of: number
  /** First message that did not come back as it should; empty when there was none. */
  readonly failure: string
}

export interface Observation {
  /** Role of the endpoint under test. */
  readonly role: PeerRole
  readonly secure: boolean
  readonly opening: Opening
  readonly events: readonly TimedEvent[]
  readonly frames: readonly ReceivedFrame[]
  /** Payloads of compressed messages of the endpoint, as they came; short runs only. */
  readonly compressed: readonly Uint8Array[]
  readonly series: Series | null
  /** The first rule of RFC 6455 that the endpoint's own frames broke; null: none. */
  readonly illegal: string | null
  /** The plan needs permessage-deflate and the endpoint did not agree to it. */
  readonly unimplemented: string | null
  readonly closedByMe: boolean
  readonly failedByMe: boolean
  readonly droppedByMe: boolean
  readonly wasClean: boolean
  readonly wasNotCleanReason: string | null
  readonly wasServerConnectionDropTimeout: boolean
  readonly wasCloseHandshakeTimeout: boolean
  readonly localClose: CloseFrame | null
  readonly remoteClose: CloseFrame | null
  readonly ending: TransportEnding
  /** Conditions of the script that were not met in time, in words. */
  readonly unmet: readonly string[]
  /** A long run came to a standstill: nothing was sent or received for half a minute. */
  readonly stalled: boolean
  readonly durationMs: number
  readonly loopLagMs: number
  readonly log: readonly LogEntry[]
  readonly rxOctetStats: Readonly<Record<string, number>>
  readonly txOctetStats: Readonly<Record<string, number>>
  readonly rxFrameStats: Readonly<Record<string, number>>
  readonly txFrameStats: Readonly<Record<string, number>>
  readonly trafficStats: TrafficStats | null
}
