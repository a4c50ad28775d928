/**
 * Copies and views of received payload, and when each is right.
 *
 * A view costs no copy but keeps the whole buffer it looks into alive. So a view is handed out only when it is a large
 * enough share of that buffer; a small message that an application keeps never pins a whole read.
 */
import { copyInto } from '@hybi/frame'
import { allocate } from './native.ts'

/** A view may pin at most this many times its own size. */
const MOST_PINNED = 4

/**
 * No octets; shared inside the package, since there is nothing in it to change. Never handed out: whoever gives its memory away, to a
 * worker, would take it from all.
 */
export const EMPTY = new Uint8Array(0)

/** Looks at source[start, end) as a plain Uint8Array, whatever subclass `source` is. */
export function viewBytes(source: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(source.buffer, source.byteOffset + start, end - start)
}

/** Returns source[start, end) in memory of its own. */
export function cloneBytes(source: Uint8Array, start: number, end: number): Uint8Array {
  const clone = allocate(end - start)
  copyInto(source, start, end, clone, 0)
  return clone
}

/** True when source[start, end) is a large enough share of its buffer to keep that alive. */
export const isWorthPinning = (source: Uint8Array, start: number, end: number): boolean =>
  (end - start) * MOST_PINNED >= source.buffer.byteLength

/** Returns source[start, end) to keep: a view when it is a large enough share of its buffer, else a copy. Empty ones share nothing. */
export function keepBytes(source: Uint8Array, start: number, end: number): Uint8Array {
  const view = start < end && isWorthPinning(source, start, end)
  return view ? viewBytes(source, start, end) : cloneBytes(source, start, end)
}

/** Copies `pieces`, which are `size` octets, one after the other into memory of their own. */
export function joinBytes(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const joined = allocate(size)
  let at = 0
  for (const piece of pieces) {
    copyInto(piece, 0, piece.length, joined, at)
    at += piece.length
  }
  return joined
}
