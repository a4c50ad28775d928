/**
 * The echo of a compressed batch: each server compresses in its own way, so the first echo is inflated and compared, and its octets
 * are what later ones are compared with. No context is taken over, so that almost all repeat them. One that does not is learned
 * anew: a zlib stream that has just filled its output buffer ends a message with one more empty block.
 */
import { inflateRawSync, constants as zlib } from 'node:zlib'
import { encodeFrame, FrameReader, Rsv, Step } from '@hybi/frame'
import type { Batch } from './batch.ts'

const DEFLATE_TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff])

export class EchoLearner {
  readonly #reader = new FrameReader()
  readonly #batch: Batch
  readonly #frames: Uint8Array[] = []
  #parts: Buffer[] = []
  #message = 0

  constructor(batch: Batch) {
    this.#batch = batch
  }

  /** Octets behind the batch's echo, of those that it was given. */
  get left(): number {
    return this.#reader.buffered
  }

  /** Takes octets of one batch's echo; gives the whole of it once it is complete. Throws where it is wrong. */
  receive(chunk: Uint8Array): Buffer | null {
    this.#reader.receive(Uint8Array.from(chunk))
    for (;;) {
      switch (this.#reader.next()) {
        case Step.NEED_DATA:
          return null
        case Step.PAYLOAD:
          this.#parts.push(Buffer.from(this.#reader.chunk.subarray(this.#reader.start, this.#reader.end)))
          break
        case Step.END:
          this.#takeFrame()
          if (this.#message === this.#batch.messages) return Buffer.concat(this.#frames)
          break
        default:
          break
      }
    }
  }

  #takeFrame(): void {
    const { fin, rsv, opcode } = this.#reader.header
    const payload = Buffer.concat(this.#parts)
    this.#parts = []
    if (!fin)
      throw new Error('a compressed echo came in fragments, which this load generator does not compare')
    if (rsv !== Rsv.RSV1) throw new Error(`echo ${this.#message} is not compressed`)
    const plain = inflateRawSync(Buffer.concat([payload, DEFLATE_TAIL]), { finishFlush: zlib.Z_SYNC_FLUSH })
    const expected = this.#batch.payloads[this.#message]
    if (opcode !== this.#batch.opcode || expected === undefined || !plain.equals(expected)) {
      throw new Error(`echo ${this.#message} is not what was sent`)
    }
    this.#frames.push(encodeFrame({ opcode, rsv }, payload))
    this.#message++
  }
}
