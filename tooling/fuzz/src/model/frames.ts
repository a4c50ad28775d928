/** Frames read with nothing but section 5.2 of RFC 6455 in mind: the whole stream is there, nothing is fast. */

/** One frame, as far as it is there. */
export interface ModelFrame {
  readonly fin: boolean
  readonly rsv: number
  readonly opcode: number
  readonly masked: boolean
  readonly maskingKey: number
  /** What the header says. */
  readonly length: bigint
  readonly lengthBytes: number
  /** Unmasked; shorter than `length` when the stream ends before. */
  readonly payload: Uint8Array
  readonly whole: boolean
  /** Where it ends in the stream, or would. */
  readonly end: bigint
}

/** The frame at `at`; null when the stream ends inside its header. */
export function readFrame(stream: Uint8Array, at: number): ModelFrame | null {
  const number = (from: number, count: number): bigint => {
    let value = 0n
    for (let i = from; i < from + count; i++) value = value * 256n + BigInt(stream[i] ?? 0)
    return value
  }
  const [first = 0, second = 0] = stream.subarray(at)
  const short = second % 128
  const masked = second >= 128
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0
  const keyAt = at + 2 + lengthBytes
  const payloadAt = keyAt + (masked ? 4 : 0)
  if (payloadAt > stream.length || at + 2 > stream.length) return null
  const length = lengthBytes === 0 ? BigInt(short) : number(at + 2, lengthBytes)
  const end = BigInt(payloadAt) + length
  const whole = end <= BigInt(stream.length)
  const payload = stream.slice(payloadAt, whole ? Number(end) : stream.length)
  if (masked) for (let i = 0; i < payload.length; i++) payload[i] ^= stream[keyAt + (i % 4)]
  return {
    fin: first >= 128,
    rsv: Math.floor(first / 16) % 8,
    opcode: first % 16,
    masked,
    maskingKey: masked ? Number(number(keyAt, 4)) : 0,
    length,
    lengthBytes,
    payload,
    whole,
    end,
  }
}
