/**
 * What an endpoint that echoes must see and say, given all that its peer sent: sections 5 and 7 of RFC 6455, read aloud.
 *
 * It has the whole stream before it and no state between calls: where the session is a machine, this is a loop.
 */
import { concat, toLatin1 } from '../octets.ts'
import { type ModelFrame, readFrame } from './frames.ts'
import { readText } from './utf8.ts'

export type Role = 'server' | 'client'

export interface ModelOptions {
  /** Whose view this is. */
  readonly role: Role
  readonly maxMessageSize: number
  readonly maxFragments: number
}

/** A data message, as far as it came. */
export interface ModelMessage {
  readonly kind: 'message'
  readonly binary: boolean
  /** True when all of it came, and was right. */
  readonly whole: boolean
  /** What came and was right. */
  readonly payload: string
}

export interface ModelControl {
  readonly kind: 'ping' | 'pong' | 'close'
  readonly payload: string
}

export interface ModelView {
  /** In order; payloads as latin1. A message stands where it ended, or where the stream did. */
  readonly events: readonly (ModelMessage | ModelControl)[]
  /** The status code with which the connection is to be failed; null when it is not. */
  readonly failure: number | null
  /** Octets that were looked at: up to the end of a Close, of the frame that failed, or of the last whole frame. */
  readonly read: number
  /** True when the stream ends between two frames. */
  readonly complete: boolean
}

const MOST_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

export function viewStream(stream: Uint8Array, options: ModelOptions): ModelView {
  const events: (ModelMessage | ModelControl)[] = []
  let message: { binary: boolean; parts: Uint8Array[]; declared: bigint; frames: number } | null = null
  let at = 0
  const end = (failure: number | null, complete: boolean): ModelView => {
    if (message !== null) {
      const payload = concat(message.parts)
      const kept = message.binary ? payload.length : readText(payload).possible
      if (kept > 0)
        events.push({
          kind: 'message',
          binary: message.binary,
          whole: false,
          payload: toLatin1(payload.subarray(0, kept)),
        })
    }
    return { events, failure, read: at, complete }
  }

  for (;;) {
    const frame = readFrame(stream, at)
    if (frame === null) return end(null, at === stream.length)
    if (isHeaderWrong(frame, options.role)) return end(1002, false)
    if (frame.opcode >= 8) {
      const fault = frame.opcode === 8 ? judgeClose(frame) : null
      if (fault !== null) return end(fault, false)
      if (!frame.whole) return end(null, false)
      at = Number(frame.end)
      const kind = frame.opcode === 8 ? 'close' : frame.opcode === 9 ? 'ping' : 'pong'
      events.push({ kind, payload: toLatin1(frame.payload) })
      // 5.5.1, 1.4: nothing that follows a Close counts.
      if (kind === 'close') return end(null, true)
      continue
    }
    // 5.4: a message begins with TEXT or BINARY and goes on with CONTINUATION.
    if ((frame.opcode === 0) !== (message !== null)) return end(1002, false)
    message ??= { binary: frame.opcode === 2, parts: [], declared: 0n, frames: 0 }
    if (message.frames === options.maxFragments) return end(1009, false)
    message.frames++
    message.declared += frame.length
    if (message.declared > BigInt(options.maxMessageSize) || message.declared > MOST_SAFE)
      return end(1009, false)
    message.parts.push(frame.payload)
    const last = frame.fin && frame.whole
    const payload = concat(message.parts)
    if (!message.binary) {
      const { possible, complete } = readText(payload)
      if (possible < payload.length || (last && !complete)) return end(1007, false)
    }
    if (!frame.whole) return end(null, false)
    at = Number(frame.end)
    if (last) {
      events.push({ kind: 'message', binary: message.binary, whole: true, payload: toLatin1(payload) })
      message = null
    }
  }
}

/** What 5.1, 5.2 and 5.5 say about a header alone. */
function isHeaderWrong({ masked, rsv, opcode, fin, length, lengthBytes }: ModelFrame, role: Role): boolean {
  const least = lengthBytes === 8 ? 65536n : lengthBytes === 2 ? 126n : 0n
  const known = opcode <= 2 || (opcode >= 8 && opcode <= 10)
  const control = opcode >= 8
  return (
    masked !== (role === 'server') ||
    rsv !== 0 ||
    length >= 2n ** 63n ||
    length < least ||
    !known ||
    (control && (!fin || length > 125n))
  )
}

/** The status code that a Close, as far as it came, must be answered with when it is wrong. */
function judgeClose({ payload, whole }: ModelFrame): number | null {
  if (payload.length < 2) return whole && payload.length === 1 ? 1002 : null
  const code = payload[0] * 256 + payload[1]
  const allowed =
    (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999)
  if (!allowed) return 1002
  const reason = payload.subarray(2)
  const { possible, complete } = readText(reason)
  return possible < reason.length || (whole && !complete) ? 1007 : null
}
