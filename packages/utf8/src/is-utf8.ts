/** Whole inputs. */

import { advance, BOUNDARY } from './automaton.ts'
import { nativeIsUtf8 } from './native.ts'
import { NATIVE_FROM } from './native-run.ts'

/** True when `bytes`, read and not kept, is valid UTF-8 as a whole (RFC 3629); true for no bytes. */
export function isUtf8(bytes: Uint8Array): boolean {
  if (nativeIsUtf8 !== null && bytes.length >= NATIVE_FROM) return nativeIsUtf8(bytes)
  return advance(BOUNDARY, bytes, 0, bytes.length) === BOUNDARY
}
