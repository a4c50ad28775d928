/**
 * The default codec: `node:zlib` through its documented API. The only file that knows it.
 *
 * The module is asked for when it is first used, so that importing this package is possible where it does not exist.
 */
import type * as Zlib from 'node:zlib'
import type { Codec, DeflateSettings, Inflated, InflateFailure, Inflater } from './codec.ts'

const MIN_DEFLATE_WINDOW_BITS = 9
/** zlib keeps back-references this much shorter than its window (MIN_LOOKAHEAD in its deflate.h). */
const LOOKAHEAD = 262
/** The least that zlib's output comes in (Z_MIN_CHUNK in Node). */
const MIN_CHUNK = 64
/**
 * Typical text shrinks to a third or a seventh: eight times the input holds it in one chunk. 4 in its place costs a fifth more at
 * 8 KiB, 16 gains nothing, Node's 16 KiB a tenth more at 1 KiB (bench/deflate.ts, "One message", Node 20).
 */
const EXPECTED_RATIO = 8
/** Short texts that repeat themselves fit one chunk as well. 8,192 costs a tenth more for 1 KiB (the same). */
const EXPECTED_MIN = 2_048
/** What a message may be given before its text is there; 16 KiB costs a fifth more for 64 KiB of JSON (the same). */
const MAX_INFLATE_CHUNK = 65_536
/**
 * A message off the event loop holds up to four such pieces: a trade. 16 KiB costs 1.3 to 1.7 times as much for 128 KiB and more,
 * 64 KiB 0.6 to 0.8 times (bench/deflate.ts, "by threads", Node 20).
 */
const INFLATER_CHUNK = 32_768
const WINDOW_MAX = 32_768

let loaded: typeof Zlib | undefined

function zlib(): typeof Zlib {
  loaded ??= globalThis.process?.getBuiltinModule?.('node:zlib')
  if (loaded === undefined) throw new Error('permessage-deflate: there is no node:zlib here, pass a codec')
  return loaded
}

/** The codec of those who do not bring one. Throws where there is no `node:zlib`. */
export function defaultCodec(): Codec {
  zlib()
  return zlibCodec
}

/**
 * zlib's settings for one piece of plain text.
 *
 * A window of 8 bits: zlib raises it to 9 for raw DEFLATE, but never refers back further than its window less
 * {@link LOOKAHEAD}: 512 - 262 = 250 bytes, which a window of 256 holds. A test measures it.
 *
 * A window larger than the text and its history cannot help, and makes zlib clear more memory: 15 bits cost a tenth more for
 * 1 KiB of text, and nothing from 8 KiB up (bench/deflate.ts, "One message", Node 20).
 */
function zlibOptions(plain: Uint8Array, settings: DeflateSettings, history: Uint8Array | undefined) {
  const reach = plain.length + (history?.length ?? 0) + LOOKAHEAD
  const useful = reach >= WINDOW_MAX ? settings.windowBits : 32 - Math.clz32(reach - 1)
  const options: Zlib.ZlibOptions = {
    windowBits: Math.max(MIN_DEFLATE_WINDOW_BITS, Math.min(settings.windowBits, useful)),
    level: settings.level,
    memLevel: settings.memLevel,
    // Most texts shrink to half or less; others take another chunk. With room for all of it 8 KiB of JSON took 18 µs or 28, by the
    // minute, 17.8 as it is; Node's 16 KiB cost a tenth more for 1 KiB of text (bench/deflate.ts, "One message", Node 20).
    chunkSize: (plain.length >> 1) + MIN_CHUNK,
    finishFlush: zlib().constants.Z_SYNC_FLUSH,
  }
  if (history !== undefined) options.dictionary = history
  return options
}

/** `node:zlib` as a {@link Codec}. */
export const zlibCodec: Codec = {
  minWindowBits: 8,

  deflate(plain, settings, history) {
    return zlib().deflateRawSync(plain, zlibOptions(plain, settings, history))
  },

  deflateOffLoop(plain, settings, history) {
    return new Promise((resolve, reject) => {
      zlib().deflateRaw(plain, zlibOptions(plain, settings, history), (error, bytes) => {
        if (error === null) resolve(bytes)
        else reject(error)
      })
    })
  },

  inflate(data, history, limit): Inflated | InflateFailure {
    const options: Zlib.ZlibOptions = {
      chunkSize: Math.min(Math.max(EXPECTED_MIN, data.length * EXPECTED_RATIO), MAX_INFLATE_CHUNK),
      maxOutputLength: Math.max(1, limit),
      info: true,
    }
    if (history !== undefined) options.dictionary = history
    try {
      // `info: true` makes it return this pair (documented; its type declaration does not say so).
      const inflated: unknown = zlib().inflateRawSync(data, options)
      const { buffer, engine } = inflated as { buffer: Uint8Array; engine: Zlib.InflateRaw }
      return buffer.length > limit ? 'too-big' : { bytes: buffer, consumed: engine.bytesWritten }
    } catch (error) {
      return failureOf(error)
    }
  },

  createInflater(history) {
    return new ZlibInflater(history)
  },
}

function failureOf(error: unknown): InflateFailure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-big'
  return code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR' ? 'invalid-data' : 'internal'
}

/** A zlib stream, read piece by piece: while nobody reads, zlib pauses with one piece made. */
class ZlibInflater implements Inflater {
  #stream: Zlib.InflateRaw
  #written = 0
  #used = true
  #ended = false
  #failure: 'invalid-data' | 'internal' | null = null
  #wake: (() => void) | null = null

  constructor(history: Uint8Array | undefined) {
    const options: Zlib.ZlibOptions = { chunkSize: INFLATER_CHUNK }
    if (history !== undefined) options.dictionary = history
    this.#stream = zlib().createInflateRaw(options)
    this.#stream.on('readable', () => this.#awake())
    this.#stream.on('end', () => {
      this.#ended = true
      this.#awake()
    })
    this.#stream.on('error', (error) => {
      this.#failure = failureOf(error) === 'invalid-data' ? 'invalid-data' : 'internal'
      this.#awake()
    })
  }

  get unused(): number {
    return this.#written - this.#stream.bytesWritten
  }

  write(bytes: Uint8Array, last: boolean): void {
    this.#written += bytes.length
    this.#used = false
    if (last) {
      this.#stream.end(bytes)
      return
    }
    this.#stream.write(bytes, () => {
      this.#used = true
      this.#awake()
    })
  }

  async read(): Promise<Uint8Array | 'needs-input' | 'ended' | 'invalid-data' | 'internal'> {
    for (;;) {
      const piece: Uint8Array | null = this.#stream.read()
      if (piece !== null) return piece
      if (this.#failure !== null) return this.#failure
      if (this.#ended) return 'ended'
      // What zlib leaves over of a write lies behind the end; the event for that comes later.
      if (this.#used) return this.unused > 0 ? 'ended' : 'needs-input'
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  close(): void {
    this.#failure ??= 'internal'
    this.#stream.close()
    this.#awake()
  }

  #awake(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }
}
