/**
 * The seam to a DEFLATE implementation (RFC 1951). `zlib-codec.ts` is the default, `node:zlib`; anything else that
 * can do these four things works as well, which is how the package runs where there is no `node:zlib`.
 */

/** What a compressor is told besides its input. */
export interface DeflateSettings {
  /** No back-reference may reach further than `2 ** windowBits` bytes; 8 to 15. */
  readonly windowBits: number
  /** 0 (stored) to 9 (smallest), as in zlib. */
  readonly level: number
  /** 1 to 9, as in zlib; a codec without such a thing ignores it. */
  readonly memLevel: number
}

/** Why data could not be inflated: it is no DEFLATE stream, its output passes the limit, or the codec broke down. */
export type InflateFailure = 'invalid-data' | 'too-big' | 'internal'

/** One whole DEFLATE stream, inflated. */
export interface Inflated {
  readonly bytes: Uint8Array
  /** How many bytes of the input the stream took: what follows belongs to the next stream. */
  readonly consumed: number
}

/**
 * One DEFLATE stream that is inflated as it arrives. The caller alternates: `write` once, then `read` until it
 * says `'needs-input'`.
 */
export interface Inflater {
  /** Hands over the next bytes, which the inflater may keep and the caller no longer changes. `last`: no more will come. */
  write(bytes: Uint8Array, last: boolean): void
  /**
   * The next piece of output, of bounded size (the codec makes no more than one piece ahead of being asked).
   * `'needs-input'`: all that was written is used up. `'ended'`: the block with BFINAL is over, see `unused`.
   */
  read(): Promise<Uint8Array | 'needs-input' | 'ended' | 'invalid-data' | 'internal'>
  /** After `'ended'`: how many bytes at the end of the last write were not part of this stream. */
  readonly unused: number
  /** Gives everything back; a `read` under way resolves (with whatever). */
  close(): void
}

/**
 * A DEFLATE implementation. `history` is the plain text before the input that back-references may reach. What is inflated may
 * reach 32 KiB back: a codec need not hold it to less.
 */
export interface Codec {
  /** The smallest window, in bits, that `deflate` can keep to: 8, unless the implementation cannot be told. */
  readonly minWindowBits: number
  /** Compresses and ends with a sync flush: the result ends with the octets 00 00 ff ff. */
  deflate(plain: Uint8Array, settings: DeflateSettings, history: Uint8Array | undefined): Uint8Array
  /** The same without keeping the event loop busy. `plain` and `history` stay as they are until it resolves. */
  deflateOffLoop(
    plain: Uint8Array,
    settings: DeflateSettings,
    history: Uint8Array | undefined,
  ): Promise<Uint8Array>
  /** Inflates the one DEFLATE stream that `data` begins with; never makes more than `limit` bytes and one piece. */
  inflate(data: Uint8Array, history: Uint8Array | undefined, limit: number): Inflated | InflateFailure
  /** Begins a stream that is inflated off the event loop, in parts. */
  createInflater(history: Uint8Array | undefined): Inflater
}
