/** A long run of a stream through the host's check, which knows only whole inputs: the ends are left to the automaton. */

import { advance, BOUNDARY, REJECT } from './automaton.ts'
import type { IsUtf8 } from './native.ts'

/**
 * Bytes from which the host's check is worth its call: 50 ns, and 40 more for a view of a part, against 25 (ASCII) to 85 ns of
 * the automaton for 48 octets (bench/utf8.ts, Node 20).
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
