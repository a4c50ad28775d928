/** The codec seam over pako, zlib in JavaScript: how this package runs in a browser. The README shows this file. */
import {
  Z_DEFAULT_STRATEGY,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  Z_SYNC_FLUSH,
  ZStream,
  zlibDeflate,
  zlibDeflateInit2,
  zlibDeflateSetDictionary,
  zlibInflate,
  zlibInflateEnd,
  zlibInflateInit2,
  zlibInflateSetDictionary,
} from 'pako'
import type { Codec, DeflateSettings, Inflater } from '../src/index.ts'

const DEFLATED = 8
const MAX_WINDOW_BITS = 15
const CHUNK = 16_384

export const pakoCodec: Codec = {
  minWindowBits: 8,

  deflate(plain, { windowBits, level, memLevel }: DeflateSettings, history) {
    const stream = new ZStream()
    // Negative: raw DEFLATE. Like zlib, pako keeps to 250 bytes when its window is 9 bits.
    zlibDeflateInit2(stream, level, DEFLATED, -Math.max(9, windowBits), memLevel, Z_DEFAULT_STRATEGY)
    if (history !== undefined) zlibDeflateSetDictionary(stream, history)
    stream.input = plain
    stream.avail_in = plain.length
    const pieces: Uint8Array[] = []
    do {
      startChunk(stream)
      zlibDeflate(stream, Z_SYNC_FLUSH)
      pieces.push(stream.output.subarray(0, stream.next_out))
    } while (stream.avail_out === 0)
    return concat(pieces)
  },

  async deflateOffLoop(plain, settings, history) {
    return this.deflate(plain, settings, history)
  },

  inflate(data, history, limit) {
    const inflater = new PakoInflater(history)
    inflater.write(data)
    const pieces: Uint8Array[] = []
    let length = 0
    for (;;) {
      const step = inflater.next()
      if (step === 'ended') return { bytes: concat(pieces), consumed: data.length - inflater.unused }
      // A whole stream ends with its data.
      if (typeof step === 'string') return 'invalid-data'
      pieces.push(step)
      length += step.length
      if (length > limit) return 'too-big'
    }
  },

  createInflater: (history) => new PakoInflater(history),
}

class PakoInflater implements Inflater {
  readonly #stream = new ZStream()
  #ended = false

  constructor(history: Uint8Array | undefined) {
    zlibInflateInit2(this.#stream, -MAX_WINDOW_BITS)
    if (history !== undefined) zlibInflateSetDictionary(this.#stream, history)
  }

  get unused(): number {
    return this.#stream.avail_in
  }

  write(bytes: Uint8Array): void {
    this.#stream.input = bytes
    this.#stream.next_in = 0
    this.#stream.avail_in = bytes.length
  }

  next(): Uint8Array | 'needs-input' | 'ended' | 'invalid-data' {
    if (this.#ended) return 'ended'
    startChunk(this.#stream)
    const status = zlibInflate(this.#stream, Z_NO_FLUSH)
    this.#ended = status === Z_STREAM_END
    if (this.#stream.next_out > 0) return this.#stream.output.subarray(0, this.#stream.next_out)
    if (this.#ended) return 'ended'
    return status === Z_OK || this.#stream.avail_in === 0 ? 'needs-input' : 'invalid-data'
  }

  async read(): Promise<Uint8Array | 'needs-input' | 'ended' | 'invalid-data'> {
    return this.next()
  }

  close(): void {
    zlibInflateEnd(this.#stream)
  }
}

function startChunk(stream: ZStream): void {
  stream.output = new Uint8Array(CHUNK)
  stream.next_out = 0
  stream.avail_out = CHUNK
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    joined.set(piece, offset)
    offset += piece.length
  }
  return joined
}
