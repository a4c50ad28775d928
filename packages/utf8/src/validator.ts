/** The streaming validator: the automaton's state between pushes, and the host's check for what is long. */

import { advance, BOUNDARY, REJECT } from './automaton.ts'
import { nativeIsUtf8 } from './native.ts'
import { advanceNatively, NATIVE_FROM } from './native-run.ts'

/** Says whether a stream of bytes is valid UTF-8, at the first byte that decides it. One integer of state. */
export class Utf8Validator {
  #state = BOUNDARY

  /**
   * Takes the next bytes of the stream.
   *
   * @param bytes read, never kept nor modified
   * @param start index of the first byte taken, 0 by default
   * @param end index after the last byte taken, the length by default
   * @returns false as soon as some byte taken so far makes the input impossible, whatever may follow; and from then on,
   *   until `reset`
   */
  push(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    this.#state =
      nativeIsUtf8 === null || end - start < NATIVE_FROM
        ? advance(this.#state, bytes, start, end)
        : advanceNatively(this.#state, bytes, start, end, nativeIsUtf8)
    return this.#state !== REJECT
  }

  /**
   * As `push`, for a caller who hands on what was valid in front of the fault.
   *
   * @returns how many of the bytes stand before the first one that makes the input impossible; all of them when none does
   */
  accept(bytes: Uint8Array, start = 0, end = bytes.length): number {
    let state = this.#state
    if (this.push(bytes, start, end)) return end - start
    let at = start
    for (;;) {
      state = advance(state, bytes, at, at + 1)
      if (state === REJECT) return at - start
      at++
    }
  }

  /** True while no byte was impossible: what was pushed is valid UTF-8, or the beginning of it. */
  get valid(): boolean {
    return this.#state !== REJECT
  }

  /** True when what was pushed so far is valid UTF-8 and ends between two characters; true before the first byte. */
  get complete(): boolean {
    return this.#state === BOUNDARY
  }

  /** Begins a new stream. */
  reset(): void {
    this.#state = BOUNDARY
  }
}
