/** permessage-deflate of the echo endpoint, over zlib's one-shot functions; right, or with one flaw. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Parameters } from '@hybi/permessage-deflate'
import type { PeerRole } from '../../src/record.ts'
import type { Flaw } from './flaws.ts'

const TAIL = Uint8Array.of(0, 0, 0xff, 0xff)
const THRESHOLD = 64
/** What the flawed endpoint without a limit can hold in a test: far beyond what the right one takes. */
const TEST_LIMIT = 256 * 1024 * 1024
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH }

export class EndpointDeflate {
  readonly #flaw: Flaw | null
  readonly #sending: { readonly windowBits: number; readonly noContext: boolean }
  readonly #receiving: { readonly windowBits: number; readonly noContext: boolean }
  #sent: Uint8Array = new Uint8Array(0)
  #received: Uint8Array = new Uint8Array(0)
  #finalBlockSeen = false
  /** Content of the message that was inflated last. */
  lastMessage: Uint8Array = new Uint8Array(0)

  constructor(parameters: Parameters, role: PeerRole, flaw: Flaw | null) {
    const server = {
      windowBits: parameters.serverMaxWindowBits,
      noContext: parameters.serverNoContextTakeover,
    }
    const client = {
      windowBits: parameters.clientMaxWindowBits,
      noContext: parameters.clientNoContextTakeover,
    }
    this.#flaw = flaw
    this.#sending = role === 'server' ? server : client
    this.#receiving = role === 'server' ? client : server
  }

  /** The compressed payload of an echo; null when it goes out plain. */
  compress(content: Uint8Array): Uint8Array | null {
    if (this.#flaw === 'neverCompresses' || content.length < THRESHOLD) return null
    const windowBits = this.#flaw === 'ignoresWindow' ? 15 : this.#sending.windowBits
    const context =
      this.#sending.noContext && this.#flaw !== 'ignoresNoContext' ? new Uint8Array(0) : this.#sent
    this.#sent = content.slice(-(2 ** windowBits))
    const stream = deflateRawSync(content, {
      ...SYNC,
      // zlib has no window of 8 bits for raw streams: without references there is nothing to be too far.
      ...(windowBits === 8 ? { strategy: constants.Z_HUFFMAN_ONLY } : { windowBits }),
      ...(context.length > 0 && windowBits > 8 ? { dictionary: context } : {}),
    })
    return stream.subarray(0, stream.length - TAIL.length)
  }

  /** Content of the frames so far. With `fin` it is the message, and the window moves on. */
  inflate(parts: readonly Uint8Array[], fin: boolean, limit: number): Uint8Array | 'invalid' | 'too-big' {
    const payload = Buffer.concat(parts)
    if (payload.length === 0 && !fin) return new Uint8Array(0)
    if (this.#flaw === 'refusesEmptyCompressed' && fin && payload.length === 1 && payload[0] === 0)
      return 'invalid'
    if (this.#flaw === 'stopsAtFinalBlock' && this.#finalBlockSeen) return 'invalid'
    const content = fin ? this.#run(Buffer.concat([payload, TAIL]), limit) : this.#begin(payload, limit)
    if (typeof content === 'string' || !fin) return content
    if (this.#flaw === 'inflatesFragments' && parts.length > 1) {
      const each = parts.map((part) => this.#run(Buffer.concat([part, TAIL]), limit))
      if (each.some((one) => typeof one === 'string')) return 'invalid'
    }
    this.#finalBlockSeen ||= (payload[0] & 1) === 1
    if (!this.#receiving.noContext && this.#flaw !== 'forgetsContext')
      this.#received = Buffer.concat([this.#received, content]).subarray(-32_768)
    this.lastMessage = content
    return content
  }

  /** In the middle of a message the tail does not belong: what there is must be the beginning of a stream. */
  #begin(payload: Uint8Array, limit: number): Uint8Array | 'invalid' | 'too-big' {
    return payload.length === 0 ? new Uint8Array(0) : this.#run(payload, limit)
  }

  #run(stream: Uint8Array, limit: number): Uint8Array | 'invalid' | 'too-big' {
    try {
      return inflateRawSync(stream, {
        ...SYNC,
        maxOutputLength: Math.min(limit, TEST_LIMIT),
        ...(this.#received.length > 0 ? { dictionary: this.#received } : {}),
      })
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : ''
      return code === 'ERR_BUFFER_TOO_LARGE' ? 'too-big' : 'invalid'
    }
  }
}
