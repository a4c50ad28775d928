/**
 * What a case does, as data: the steps of its script, in order.
 *
 * A frame here is just a value: any opcode, any RSV bit, any length field, masked or not. The script's runner fills in only what the
 * role wants of every frame (a masking key when it plays the client).
 */
import { Opcode } from '@hybi/frame'

/** One frame as it shall be on the wire. */
export interface FrameSpec {
  readonly opcode: number
  readonly fin: boolean
  /** RSV1 is 4, RSV2 2, RSV3 1. */
  readonly rsv: number
  readonly payload: Uint8Array
  /** The payload is this pattern repeated (and cut) to so many octets. */
  readonly repeatTo?: number
  /** Octets per TCP write, each write in a turn of its own. */
  readonly chop?: number
  /** Wait until the frame has left before the next step. */
  readonly flush?: boolean
  /** Masked or not whatever the role says: for illegal peers. */
  readonly masked?: boolean
  /** Extended length octets: not minimal where it is larger than needed. */
  readonly lengthBytes?: 0 | 2 | 8
  /** Declared length where it is not the payload's. */
  readonly declaredLength?: number | bigint
  /** Keep every octet after the header back: the header alone is sent. */
  readonly headerOnly?: boolean
}

/** A message: one frame, or frames of `fragment` octets. */
export interface MessageSpec {
  readonly binary: boolean
  readonly payload: Uint8Array
  readonly repeatTo?: number
  /**
   * Octets of each frame; a message whose length is a multiple of it ends with an empty frame, as Autobahn's do
   * (unless one frame is enough).
   */
  readonly fragment?: number
  /** Octets of each frame, the last one holds the rest. */
  readonly autoFragment?: number
}

/** What a script can wait for. */
export type Condition =
  | { readonly seen: 'message' | 'ping' | 'pong' | 'octets'; readonly count: number }
  | { readonly seen: 'close' }
  | { readonly seen: 'end' }

export type Step =
  | { readonly do: 'frame'; readonly frame: FrameSpec }
  | { readonly do: 'message'; readonly message: MessageSpec }
  | { readonly do: 'begin-frame'; readonly opcode: number; readonly length: number }
  | { readonly do: 'frame-data'; readonly payload: Uint8Array }
  /** Octets as they are: what is not even a frame. */
  | { readonly do: 'octets'; readonly octets: Uint8Array; readonly chop?: number }
  /** The tag, when there is one, becomes an event once the time is over. `unless`: what the wait is for, which ends it. */
  | { readonly do: 'wait'; readonly ms: number; readonly tag?: string; readonly unless?: Condition }
  | { readonly do: 'until'; readonly condition: Condition; readonly ms: number }
  /** The runner begins the closing handshake with this body. */
  | { readonly do: 'close'; readonly body: Uint8Array }
  /** From here on: fail the connection when it is still open after this time. */
  | { readonly do: 'kill-after'; readonly ms: number }
  /** From here on: begin the closing handshake when the connection is still open after this time. */
  | { readonly do: 'close-after'; readonly ms: number }
  | { readonly do: 'stop-reading' }
  | { readonly do: 'read-on' }
  /** Sends FIN and keeps reading. */
  | { readonly do: 'half-close' }
  /** Sends RST. */
  | { readonly do: 'reset' }
  /** TLS: sends FIN without close_notify. */
  | { readonly do: 'truncate' }
  /** So many continuation frames without payload and without FIN. */
  | { readonly do: 'empty-fragments'; readonly count: number }
  /** A frame whose octets are cut at these offsets, with a pause at each. */
  | {
      readonly do: 'octets-of-frame'
      readonly opcode: number
      readonly payload: Uint8Array
      readonly cutAt: readonly number[]
    }
  /** A compressed binary message of `length` zeros in frames of `fragment` octets; 0: one frame. */
  | { readonly do: 'bomb'; readonly length: number; readonly fragment: number }

export interface FrameOptions extends Partial<Omit<FrameSpec, 'opcode' | 'payload'>> {}

/** A frame step; without options a whole, unchopped frame with no reserved bit. */
export const frame = (
  opcode: number,
  payload: Uint8Array | string = '',
  options: FrameOptions = {},
): Step => ({
  do: 'frame',
  frame: { fin: true, rsv: 0, ...options, opcode, payload: octets(payload) },
})

export const text = (payload: Uint8Array | string, options?: FrameOptions): Step =>
  frame(Opcode.TEXT, payload, options)
export const binary = (payload: Uint8Array | string, options?: FrameOptions): Step =>
  frame(Opcode.BINARY, payload, options)
export const continuation = (payload: Uint8Array | string, options?: FrameOptions): Step =>
  frame(Opcode.CONTINUATION, payload, options)
export const ping = (payload: Uint8Array | string = '', options?: FrameOptions): Step =>
  frame(Opcode.PING, payload, options)
export const pong = (payload: Uint8Array | string = '', options?: FrameOptions): Step =>
  frame(Opcode.PONG, payload, options)
export const message = (
  payload: Uint8Array | string,
  options: Partial<Omit<MessageSpec, 'payload'>> = {},
): Step => ({ do: 'message', message: { binary: false, ...options, payload: octets(payload) } })
export const wait = (ms: number, tag?: string): Step => ({
  do: 'wait',
  ms,
  ...(tag === undefined ? {} : { tag }),
})
/** A pause that is over as soon as what it is for has come. */
export const waitUnless = (unless: Condition, ms: number): Step => ({ do: 'wait', ms, unless })
export const killAfter = (ms: number): Step => ({ do: 'kill-after', ms })
export const closeAfter = (ms: number): Step => ({ do: 'close-after', ms })
/** The closing handshake with a status code, or without a body. */
export const close = (code?: number, reason: Uint8Array | string = ''): Step => ({
  do: 'close',
  body: code === undefined ? octets(reason) : closeBody(code, reason),
})
export const until = (condition: Condition, ms = 1000): Step => ({ do: 'until', condition, ms })

/** UTF-8 of a string; bytes stay as they are. */
export const octets = (value: Uint8Array | string): Uint8Array =>
  typeof value === 'string' ? new TextEncoder().encode(value) : value

/** Octets written as hex; white space is free. */
export const hex = (digits: string): Uint8Array =>
  Uint8Array.from(Buffer.from(digits.replace(/\s+/g, ''), 'hex'))

/** A Close body of any code, however illegal, and any reason, however long. */
export function closeBody(code: number, reason: Uint8Array | string = ''): Uint8Array {
  const tail = octets(reason)
  const body = new Uint8Array(2 + tail.length)
  body[0] = code >>> 8
  body[1] = code & 0xff
  body.set(tail, 2)
  return body
}

/** `pattern` repeated and cut to `length` octets. */
export function repeat(pattern: Uint8Array | string, length: number): Uint8Array {
  const unit = octets(pattern)
  return unit.length === 0 ? new Uint8Array(length) : new Uint8Array(Buffer.alloc(length, unit))
}
