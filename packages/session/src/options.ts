/** What a session is made with. */
import { describe } from './arguments.ts'
import type { MessageTransform } from './transform.ts'

/** Options of a session; every limit on what a peer may cause stands here. */
export interface SessionOptions {
  /** Which end of the connection this is: a server reads masked frames and sends unmasked ones, a client vice versa. */
  readonly role: 'server' | 'client'
  /** Largest message that is taken, in octets, inclusive; also after decoding by the transform. Default 16 MiB. */
  readonly maxMessageSize?: number | undefined
  /** Most frames of one message, inclusive. Default 131072. */
  readonly maxFragments?: number | undefined
  /** Every Ping is answered while fewer Pongs than this wait to be taken; beyond, only the latest. Default 16. */
  readonly maxPendingPongs?: number | undefined
  /** The negotiated extension, made for this connection. */
  readonly transform?: MessageTransform | undefined
  /** A fresh, unpredictable 32-bit key at each call (RFC 6455, 5.3); required for a client. */
  readonly maskingKey?: (() => number) | undefined
  /**
   * True when the driver uses a received chunk again as soon as it has pulled until null (or called `keepUnread`). The
   * session then copies what it hands out. Default false: chunks belong to the session, and views are handed out.
   */
  readonly transientInput?: boolean | undefined
  /** Whether messages are handed out whole or in parts, as they arrive. Default 'whole'. */
  readonly receiveMode?: ReceiveMode | undefined
}

/** How messages are handed out. */
export type ReceiveMode = 'whole' | 'streamed'

/** Default of `maxMessageSize`: 16 MiB. */
export const MAX_MESSAGE_SIZE = 16 * 1024 * 1024

/** Default of `maxFragments`. */
export const MAX_FRAGMENTS = 131_072

/** Default of `maxPendingPongs`. */
export const MAX_PENDING_PONGS = 16

/** Returns a limit. Throws a RangeError when it is not a number from `least` up. */
export function checkLimit(name: string, value: number, least = 0): number {
  if (typeof value === 'number' && value >= least) return value
  throw new RangeError(`${name} is ${describe(value)}; allowed is a number of at least ${least}`)
}

/** Returns a role. Throws a TypeError when it is none. */
export const checkRole = (role: SessionOptions['role']): SessionOptions['role'] =>
  checkChoice('role', role, ['server', 'client'])

/** Returns a mode. Throws a TypeError when it is none. */
export const checkReceiveMode = (mode: ReceiveMode): ReceiveMode =>
  checkChoice('receiveMode', mode, ['whole', 'streamed'])

function checkChoice<Choice extends string>(
  name: string,
  value: Choice,
  [first, second]: readonly [Choice, Choice],
): Choice {
  if (value === first || value === second) return value
  throw new TypeError(`${name} is ${describe(value)}; allowed are '${first}' and '${second}'`)
}
