/** A window that moves over a corpus, once around and again: message after message of one length. */
import type { CorpusName } from '../cases/case.ts'
import { getCorpus, isTextCorpus } from './corpora.ts'

export class CorpusWindow {
  readonly binary: boolean
  readonly #length: number
  /** The corpus and, behind it, as much of its beginning as a message needs. */
  readonly #octets: Uint8Array
  /** Text: where each code point begins; binary: null. */
  readonly #starts: Uint32Array | null
  readonly #units: number

  /** @param length code points of text, octets of binary messages; at most the corpus's own */
  constructor(name: CorpusName, length: number) {
    const corpus = getCorpus(name)
    this.binary = !isTextCorpus(name)
    this.#length = length
    this.#octets = Buffer.concat([corpus, corpus])
    this.#starts = this.binary ? null : findStarts(this.#octets)
    this.#units = this.#starts === null ? corpus.length : this.#starts.length / 2
  }

  /** Octets of message number `index`: a view that nobody may change. */
  message(index: number): Uint8Array {
    const from = (index * this.#length) % this.#units
    const to = from + this.#length
    if (this.#starts === null) return this.#octets.subarray(from, to)
    return this.#octets.subarray(this.#starts[from], this.#starts[to] ?? this.#octets.length)
  }
}

/** Offsets of all octets that begin a code point. */
function findStarts(octets: Uint8Array): Uint32Array {
  const starts = new Uint32Array(octets.length)
  let count = 0
  for (let at = 0; at < octets.length; at++) if ((octets[at] & 0xc0) !== 0x80) starts[count++] = at
  return starts.slice(0, count)
}

const windows = new Map<string, CorpusWindow>()

/** One window for all cases that use the same one. */
export function getWindow(name: CorpusName, length: number): CorpusWindow {
  const key = `${name} ${length}`
  let window = windows.get(key)
  if (window === undefined) {
    window = new CorpusWindow(name, length)
    windows.set(key, window)
  }
  return window
}
