/** What `Session.next()` hands out, one at a time, told apart by `type`. */
import type { Message } from './message.ts'
import type { Violation } from './violations.ts'

/** Everything that can happen to a session, in the order in which the peer caused it. */
export type SessionEvent = Message | MessagePart | PingReceived | PongReceived | CloseReceived | Closed

/** A piece of a message, in streamed mode. Its bytes belong to the receiver. */
export interface MessagePart {
  readonly type: 'part'
  readonly binary: boolean
  /** True when the message came through the extension. */
  readonly compressed: boolean
  /** True for the first part of a message. */
  readonly first: boolean
  /** True for the last part of a message. */
  readonly final: boolean
  /** Text is valid UTF-8 up to here, but a part may end inside a code point. Empty only in a final part. */
  readonly bytes: Uint8Array
}

/** A Ping was read; its Pong is already on its way out. The payload belongs to the receiver. */
export interface PingReceived {
  readonly type: 'ping'
  readonly payload: Uint8Array
}

/** A Pong was read, asked for or not. The payload belongs to the receiver. */
export interface PongReceived {
  readonly type: 'pong'
  readonly payload: Uint8Array
}

/** The peer's Close was read, and answered if it had to be. No message follows. */
export interface CloseReceived {
  readonly type: 'close'
  /** The peer's status code; 1005 when it sent none. */
  readonly code: number
  readonly reason: string
}

/** The transport has ended: the last event, exactly once. */
export interface Closed {
  readonly type: 'closed'
  readonly outcome: CloseOutcome
}

/** How a connection ended. */
export interface CloseOutcome {
  /** 7.1.5: the status code of the peer's Close; 1005 when that held none, 1006 when no Close was received. */
  readonly code: number
  /** 7.1.6: the reason in the peer's Close, or ''. */
  readonly reason: string
  /** 7.1.4: the transport ended after Close had gone both ways. */
  readonly wasClean: boolean
  /** Who began to close; 'none' when the transport was lost under an open connection. */
  readonly initiator: 'local' | 'remote' | 'none'
  /**
   * - `close`: the closing handshake, and the peer's FIN after it.
   * - `violation`: this endpoint failed the connection; `violation` says why.
   * - `half-close`: the peer's FIN came without a Close.
   * - `timeout`, `reset`, `terminated`: what the driver named when it lost or dropped the transport.
   */
  readonly cause: 'close' | 'violation' | 'timeout' | 'half-close' | 'reset' | 'terminated'
  readonly violation?: Violation
}

/** Why a driver has no transport any more. */
export type LossCause = 'timeout' | 'reset' | 'terminated'
