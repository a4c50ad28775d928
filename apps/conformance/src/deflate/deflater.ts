/** Compressing one message after the other as RFC 7692 7.2.1 says, at the cheapest level that still compresses. */
import { constants, deflateRawSync } from 'node:zlib'

/** What the runner's own compression is bound to. */
export interface DeflateParameters {
  /** 9 to 15. */
  readonly windowBits: number
  readonly noContextTakeover: boolean
}

const LEVEL = 1
/** 7.2.1: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end." */
const TAIL_LENGTH = 4
/** 7.2.3.6: an empty message is one octet. */
const EMPTY = Uint8Array.of(0)

/** Compresses `message` with `before`, the plain octets sent earlier, as its context. */
export function deflateMessage(
  message: Uint8Array,
  before: Uint8Array,
  parameters: DeflateParameters,
): Uint8Array {
  if (message.length === 0) return EMPTY
  const context = parameters.noContextTakeover ? before.subarray(0, 0) : before
  const deflated = deflateRawSync(message, {
    level: LEVEL,
    windowBits: parameters.windowBits,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: Math.max(64, message.length + 64),
    ...(context.length === 0 ? {} : { dictionary: context }),
  })
  return deflated.subarray(0, deflated.length - TAIL_LENGTH)
}

/** The last plain octets a context of `windowBits` can refer to. */
export function keepContext(before: Uint8Array, message: Uint8Array, windowBits: number): Uint8Array {
  const size = 2 ** windowBits
  if (message.length >= size) return message.subarray(message.length - size)
  const joined = Buffer.concat([before, message])
  return joined.subarray(Math.max(0, joined.length - size))
}
