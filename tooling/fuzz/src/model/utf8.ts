/** UTF-8 read with the table of RFC 3629, section 4, one character at a time. */

/** The ranges that the octets behind a first octet must lie in; null for an octet that begins nothing. */
function rangesBehind(first: number): readonly (readonly [number, number])[] | null {
  const tail = [0x80, 0xbf] as const
  if (first <= 0x7f) return []
  if (first >= 0xc2 && first <= 0xdf) return [tail]
  if (first === 0xe0) return [[0xa0, 0xbf], tail]
  if (first === 0xed) return [[0x80, 0x9f], tail]
  if (first >= 0xe1 && first <= 0xef) return [tail, tail]
  if (first === 0xf0) return [[0x90, 0xbf], tail, tail]
  if (first === 0xf4) return [[0x80, 0x8f], tail, tail]
  if (first >= 0xf1 && first <= 0xf3) return [tail, tail, tail]
  return null
}

/** How many octets stand before the first that makes the text impossible, and whether the text could end there. */
export function readText(bytes: Uint8Array): { possible: number; complete: boolean } {
  let at = 0
  while (at < bytes.length) {
    const ranges = rangesBehind(bytes[at])
    if (ranges === null) return { possible: at, complete: false }
    at++
    for (const [least, most] of ranges) {
      if (at === bytes.length) return { possible: at, complete: false }
      if (bytes[at] < least || bytes[at] > most) return { possible: at, complete: false }
      at++
    }
  }
  return { possible: at, complete: true }
}
