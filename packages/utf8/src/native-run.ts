/** A long run of a stream through the host's check, which knows only whole inputs: the ends are left to the automaton. */

import { advance, BOUNDARY, REJECT } from './automaton.ts'
import type { IsUtf8 } from './native.ts'

/**
 * Bytes from which the host's check is called: a trade. It takes 50 to 60 ns for a part of a chunk, what the automaton takes for 32
 * octets of mixed scripts or 170 of ASCII. With 48 a part loses at most some 35 ns (48 octets of ASCII), with 32 it would be 40,
 * and with 64 up to 55 (mixed, just below); 125 octets gain 170 ns or lose 10 (bench/utf8.ts, Node 20).
 */
export const NATIVE_FROM = 48

/** Octets of a character after its first, at most. */
const MAX_TAILS = 3

/** As `advance`, for `end - start` of at least MAX_TAILS. */
export function advanceNatively(
  state: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  isUtf8: IsUtf8,
): number {
  let from = start
  while (state > REJECT) state = advance(state, bytes, from, ++from)
  if (state === REJECT) return REJECT
  const to = lastBoundary(bytes, end)
  const run = from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to)
  return isUtf8(run) ? advance(BOUNDARY, bytes, to, end) : REJECT
}

/**
 * Where the last character that could go on after `end` begins, or `end`. It need not go on, and where the last bytes are no
 * UTF-8 any answer will do: one part or the other shows it.
 */
function lastBoundary(bytes: Uint8Array, end: number): number {
  for (let i = end - 1; i >= end - MAX_TAILS; i--) {
    if (bytes[i] >= 0xc0) return i
  }
  return end
}
