/** Taking compressed messages apart again (RFC 7692 7.2.2), within the window and the context that were agreed. */
import { constants, inflateRawSync } from 'node:zlib'
import { type DeflateParameters, keepContext } from './deflater.ts'

/** 7.2.2: "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of the message." */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff)
const FULL_WINDOW_BITS = 15

/** One allocation for a message of categories 12 and 13, and no more for anything else. */
const LARGEST_CHUNK = 256 * 1024

export type Inflated = Uint8Array | { readonly failure: string }

export class MessageInflater {
  readonly #parameters: DeflateParameters
  #context: Uint8Array = new Uint8Array(0)

  constructor(parameters: DeflateParameters) {
    this.#parameters = parameters
  }

  /** @param most octets that may come out */
  inflate(parts: readonly Uint8Array[], most: number): Inflated {
    const { windowBits, noContextTakeover } = this.#parameters
    try {
      const inflated = inflateRawSync(Buffer.concat([...parts, TAIL]), {
        windowBits,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: Math.max(1, most),
        // zlib checks distances against what left its output buffer: with a small window the buffer must be small too.
        chunkSize:
          windowBits === FULL_WINDOW_BITS
            ? Math.max(64, Math.min(most, LARGEST_CHUNK) + 64)
            : Math.max(64, 2 ** windowBits),
        ...(this.#context.length === 0 ? {} : { dictionary: this.#context }),
      })
      if (!noContextTakeover) this.#context = keepContext(this.#context, inflated, windowBits)
      return inflated
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) }
    }
  }
}
