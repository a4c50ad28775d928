/**
 * Compressed messages of a corpus window, each made once: most cases of categories 12 and 13 send the same messages, and what the runner
 * sends depends on nothing but the window and the agreed parameters.
 */
import type { CorpusName } from '../cases/case.ts'
import { type CorpusWindow, getWindow } from '../corpora/window.ts'
import { type DeflateParameters, deflateMessage, keepContext } from './deflater.ts'

/** Octets kept of all windows together. */
const BUDGET = 128 * 1024 * 1024

export class CompressedWindow {
  readonly plain: CorpusWindow
  readonly #parameters: DeflateParameters
  readonly #made: (Uint8Array | undefined)[] = []
  /** Octets kept by `#made`. */
  size = 0

  constructor(corpus: CorpusName, length: number, parameters: DeflateParameters) {
    this.plain = getWindow(corpus, length)
    this.#parameters = parameters
  }

  message(index: number): Uint8Array {
    const made = this.#made[index]
    if (made !== undefined) return made
    const compressed = deflateMessage(this.plain.message(index), this.#contextBefore(index), this.#parameters)
    // zlib's buffer has room for the worst case: keep no more than was used.
    const kept = compressed.slice()
    this.#made[index] = kept
    this.size += kept.length
    return kept
  }

  /** Forgets everything made. */
  clear(): void {
    this.#made.length = 0
    this.size = 0
  }

  #contextBefore(index: number): Uint8Array {
    const { windowBits, noContextTakeover } = this.#parameters
    let context: Uint8Array = new Uint8Array(0)
    if (noContextTakeover) return context
    for (let before = index - 1; before >= 0 && context.length < 2 ** windowBits; before--)
      context = Buffer.concat([this.plain.message(before), context])
    return keepContext(new Uint8Array(0), context, windowBits)
  }
}

/** Insertion order is order of use: the first is the one unused for longest. */
const windows = new Map<string, CompressedWindow>()

export function getCompressedWindow(
  corpus: CorpusName,
  length: number,
  parameters: DeflateParameters,
): CompressedWindow {
  const key = `${corpus} ${length} ${parameters.windowBits} ${parameters.noContextTakeover}`
  const window = windows.get(key) ?? new CompressedWindow(corpus, length, parameters)
  windows.delete(key)
  windows.set(key, window)
  forgetOldest(window)
  return window
}

function forgetOldest(inUse: CompressedWindow): void {
  let total = 0
  for (const { size } of windows.values()) total += size
  for (const [key, window] of windows) {
    if (total <= BUDGET || window === inUse) return
    total -= window.size
    // Cases that still use it make their messages anew.
    window.clear()
    windows.delete(key)
  }
}
