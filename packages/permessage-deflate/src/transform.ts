/** The two directions of one connection, put together as the session's transform. */

import type { MessageTransform, Transformed } from '@hybi/session'
import type { Account } from './budget.ts'
import { Decoder } from './decoder.ts'
import { Encoder } from './encoder.ts'
import type { Parameters } from './negotiation.ts'
import { type PermessageDeflateOptions, transformOptions } from './options.ts'

/** 7.2: "A message whose first frame has RSV1 set is a compressed message": FrameHeader.rsv with only that bit. */
const RSV1 = 4

/** permessage-deflate as a {@link MessageTransform}. */
export interface DeflateTransform extends MessageTransform {
  /**
   * Like MessageTransform's. With `atMost` it may stop when so many bytes (and one piece) are there; `more` says so, and
   * then the next call repeats `frameEnd` and `fin` with an empty part. Without `atMost` the text of a message that is
   * not over counts against the budget.
   */
  decode(part: Uint8Array, frameEnd: boolean, fin: boolean, limit: number, atMost?: number): Transformed
  /** The last `decode` has more to give. */
  readonly more: boolean
  /**
   * The same for connections that compress a message to the same payload: encode it once, send it to all. Undefined with
   * context takeover, where a payload depends on what this connection sent before.
   */
  readonly encoding: string | undefined
  /**
   * Called when a message whose peer kept it waiting had to give up, as others waited for its bytes of the budget. The connection
   * has to be failed; whatever is decoded next is too big. Null at first.
   */
  gaveUp: (() => void) | null
}

/**
 * Compression for one connection, from what was agreed on in the opening handshake. Throws RangeError for options that
 * are not allowed. Call `release` when the connection is over.
 */
export function createTransform(
  parameters: Parameters,
  role: 'server' | 'client',
  options: PermessageDeflateOptions = {},
): DeflateTransform {
  const { threshold, syncSize, settings, codec, budget } = transformOptions(options)
  const contexts = budget.openContexts()
  const server = { bits: parameters.serverMaxWindowBits, takeover: !parameters.serverNoContextTakeover }
  const client = { bits: parameters.clientMaxWindowBits, takeover: !parameters.clientNoContextTakeover }
  const [ours, theirs] = role === 'server' ? [server, client] : [client, server]
  const shared = { codec, budget, contexts, syncSize }
  const encoder = new Encoder({
    ...shared,
    settings: { ...settings, windowBits: ours.bits },
    takeover: ours.takeover,
  })
  const decoder = new Decoder({ ...shared, windowBits: theirs.bits, takeover: theirs.takeover })
  return new TwoWayTransform(encoder, decoder, contexts, threshold)
}

/**
 * A class, since an object literal with accessors has a shape and closures of its own: 1.2 KiB of heap for each connection in place
 * of 2.9 (bench/deflate.ts, "A transform", Node 20).
 */
class TwoWayTransform implements DeflateTransform {
  readonly #encoder: Encoder
  readonly #decoder: Decoder
  readonly #contexts: Account
  readonly #threshold: number

  constructor(encoder: Encoder, decoder: Decoder, contexts: Account, threshold: number) {
    this.#encoder = encoder
    this.#decoder = decoder
    this.#contexts = contexts
    this.#threshold = threshold
  }

  get rsv(): number {
    return RSV1
  }

  get encoding(): string | undefined {
    return this.#encoder.encoding
  }

  get more(): boolean {
    return this.#decoder.more
  }

  get gaveUp(): (() => void) | null {
    return this.#decoder.gaveUp
  }

  set gaveUp(listener: (() => void) | null) {
    this.#decoder.gaveUp = listener
  }

  decode(
    part: Uint8Array,
    frameEnd: boolean,
    fin: boolean,
    limit: number,
    atMost = Number.POSITIVE_INFINITY,
  ): Transformed {
    return this.#decoder.decode(part, frameEnd, fin, limit, atMost)
  }

  wants(size: number): boolean {
    return size >= this.#threshold && this.#encoder.ready
  }

  encode(payload: Uint8Array, fin: boolean): Transformed {
    return this.#encoder.encode(payload, fin)
  }

  release(): void {
    this.#encoder.release()
    this.#decoder.release()
    this.#contexts.close()
  }
}
