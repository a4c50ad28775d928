/**
 * Plain text into payloads of compressed messages (RFC 7692 section 7.2.1).
 *
 * Every piece is compressed by itself and ends with a sync flush, with the text before it as its history. So there is
 * no compressor to keep, neither between messages nor between the fragments of one.
 */

import type { Transformed, TransformFailure } from '@hybi/session'
import type { Account, Budget } from './budget.ts'
import { EMPTY, join } from './bytes.ts'
import type { Codec, DeflateSettings } from './codec.ts'
import { History } from './history.ts'
import { EMPTY_BLOCK, TAIL } from './tail.ts'

/**
 * Off the event loop a payload is compressed in pieces of this size, so that others have their turn of a thread: twice what "What a
 * level costs" (bench/deflate.ts) has for 64 KiB. 32 KiB cost 1.7 times as much for 1 MiB of JSON ("by threads", Node 20).
 */
const PIECE = 131_072

/** What an encoder needs to know. */
export interface EncoderOptions {
  readonly codec: Codec
  readonly budget: Budget
  /** Pays for the context, for as long as the connection lives. */
  readonly contexts: Account
  readonly settings: DeflateSettings
  readonly takeover: boolean
  readonly syncSize: number
}

/** Turns messages and their fragments into compressed payloads. Calls must not overlap. */
export class Encoder {
  readonly #options: EncoderOptions
  readonly #window: number
  /** What the receiver's window holds; without context takeover only while a fragmented message is under way. */
  #history: History | null = null
  #released = false

  constructor(options: EncoderOptions) {
    this.#options = options
    this.#window = 2 ** options.settings.windowBits
  }

  /** See DeflateTransform. */
  get encoding(): string | undefined {
    const { takeover, settings } = this.#options
    return takeover
      ? undefined
      : `permessage-deflate ${settings.windowBits} ${settings.level} ${settings.memLevel}`
  }

  /** Whether the context is there, or could be had without waiting (then it is there from now on). */
  get ready(): boolean {
    const { takeover, contexts, settings } = this.#options
    if (!takeover || this.#history !== null) return true
    if (this.#released || !contexts.takeNow(this.#window)) return false
    this.#history = new History(settings.windowBits)
    return true
  }

  /** See MessageTransform. */
  encode(payload: Uint8Array, fin: boolean): Transformed {
    if (!this.ready) return this.#encodeLater(payload, fin)
    if (payload.length > this.#options.syncSize) return this.#encodeOffLoop(payload, fin)
    try {
      return this.#encodeNow(payload, fin)
    } catch {
      // The only thing that can fail about compressing is the memory for it.
      return { failure: 'internal' }
    }
  }

  /**
   * The connection is over. Without context takeover what was begun is finished all the same: other connections may wait for the
   * payload, see MessageTransform.
   */
  release(): void {
    this.#released = true
    this.#history = null
  }

  #encodeNow(payload: Uint8Array, fin: boolean): Uint8Array {
    if (payload.length === 0) return this.#finish(EMPTY, fin)
    const { codec, settings } = this.#options
    const compressed = codec.deflate(payload, settings, this.#history?.bytes)
    this.#remember(payload, fin)
    return this.#finish(compressed, fin)
  }

  /** Waits for the context. */
  async #encodeLater(payload: Uint8Array, fin: boolean): Promise<Uint8Array | TransformFailure> {
    if (this.#released) return { failure: 'internal' }
    const { contexts, settings } = this.#options
    if (!(await contexts.take(this.#window)) || this.#released) return { failure: 'internal' }
    this.#history = new History(settings.windowBits)
    return this.encode(payload, fin)
  }

  async #encodeOffLoop(payload: Uint8Array, fin: boolean): Promise<Uint8Array | TransformFailure> {
    const pieces: Uint8Array[] = []
    for (let start = 0; start < payload.length; start += PIECE) {
      pieces.push(await this.#deflatePiece(payload, start))
      if (this.#released && this.#options.takeover) return { failure: 'internal' }
    }
    this.#remember(payload, fin)
    return this.#finish(join(pieces), fin)
  }

  #deflatePiece(payload: Uint8Array, start: number): Promise<Uint8Array> {
    const { codec, settings, budget } = this.#options
    // The text before a piece is the payload itself; before the first piece it is what was sent before.
    const before =
      start === 0 ? this.#history?.bytes : payload.subarray(Math.max(0, start - this.#window), start)
    const piece = payload.subarray(start, start + PIECE)
    return budget.run(() => codec.deflateOffLoop(piece, settings, before))
  }

  #remember(payload: Uint8Array, fin: boolean): void {
    if (!fin && !this.#released) this.#history ??= new History(this.#options.settings.windowBits)
    this.#history?.append(payload)
  }

  /**
   * What goes on the wire. 7.2.1, of a message's last payload: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end."
   */
  #finish(compressed: Uint8Array, fin: boolean): Uint8Array {
    if (!fin) return compressed
    if (!this.#options.takeover) this.#history = null
    // Nothing was compressed, in an empty message or in an empty last fragment, behind a fragment that was flushed.
    return compressed.length === 0 ? EMPTY_BLOCK : compressed.subarray(0, compressed.length - TAIL.length)
  }
}
