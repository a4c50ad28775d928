/** Two toy extensions that keep the seam honest: one answers at once, the other works off the loop. */
import { Rsv } from '@hybi/frame'
import type { MessageTransform, TransformFailure } from '../src/index.ts'

/** Claims RSV1 and swaps upper and lower case of ASCII letters, at once. Works part by part and remembers nothing. */
export class SwapCase implements MessageTransform {
  readonly rsv = Rsv.RSV1
  readonly encoding = 'swap-case'
  readonly #from: number
  encoded = 0
  released = 0

  /** Wants messages from `from` octets on. */
  constructor(from = 0) {
    this.#from = from
  }

  decode(part: Uint8Array): Uint8Array {
    return swapCase(part)
  }

  wants(size: number): boolean {
    return size >= this.#from
  }

  encode(payload: Uint8Array): Uint8Array {
    this.encoded++
    return swapCase(payload)
  }

  release(): void {
    this.released++
  }
}

/** 32 is the bit in which the cases of ASCII letters differ. */
const swapCase = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte) => (/[a-z]/i.test(String.fromCharCode(byte)) ? byte ^ 32 : byte))

/** What a test lets a `Doubler` answer instead of its work. */
export type Mishap = TransformFailure | Error

/**
 * Claims RSV2; every octet goes over the wire twice. Gathers a frame and works on it off the loop: nothing settles before
 * the test calls `work`.
 */
export class Doubler implements MessageTransform {
  readonly rsv = Rsv.RSV2
  readonly encoding: string | undefined
  /** Set: the next piece of work ends like this. */
  mishap: Mishap | null = null
  released = 0
  encoded = 0
  /** Work begun and not done; the session must never ask for more than one in each direction. */
  decoding = 0
  encodings = 0
  #frame: number[] = []
  #size = 0
  readonly #jobs: (() => void)[] = []

  constructor(encoding?: string) {
    this.encoding = encoding
  }

  decode(
    part: Uint8Array,
    frameEnd: boolean,
    fin: boolean,
    limit: number,
  ): Uint8Array | Promise<Uint8Array | TransformFailure> {
    if (this.decoding > 0) throw new Error('decode before the last answer')
    this.#frame.push(...part)
    if (!frameEnd) return new Uint8Array(0)
    const frame = this.#frame
    this.#frame = []
    this.#size += frame.length / 2
    const size = this.#size
    if (fin) this.#size = 0
    this.decoding++
    return this.#later(() => {
      this.decoding--
      if (size > limit) return { failure: 'too-big' }
      return frame.every((byte, i) => byte === frame[i ^ 1])
        ? Uint8Array.from(frame.filter((_, i) => i % 2 === 0))
        : { failure: 'invalid-data' }
    })
  }

  wants(): boolean {
    return true
  }

  encode(payload: Uint8Array): Promise<Uint8Array | TransformFailure> {
    if (this.encodings > 0) throw new Error('encode before the last answer')
    this.encodings++
    this.encoded++
    return this.#later(() => {
      this.encodings--
      return double(payload)
    })
  }

  release(): void {
    this.released++
  }

  /** Does all the work that is waiting, and what that brings up. */
  async work(): Promise<void> {
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      job()
      // The session hears of it some microtasks later.
      for (let i = 0; i < 8; i++) await undefined
    }
  }

  #later(work: () => Uint8Array | TransformFailure): Promise<Uint8Array | TransformFailure> {
    const { mishap } = this
    this.mishap = null
    return new Promise((resolve, reject) => {
      this.#jobs.push(() => {
        const result = work()
        if (mishap instanceof Error) reject(mishap)
        else resolve(mishap ?? result)
      })
    })
  }
}

export const double = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes].flatMap((byte) => [byte, byte]))
