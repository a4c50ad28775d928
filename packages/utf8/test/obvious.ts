/** RFC 3629 read aloud: the versions that are obviously right, for the fast ones to be compared with. */

/** The character that begins at `at`: its code point and length, 'cut' when the input ends inside it, or 'bad'. */
function readCharacter(bytes: Uint8Array, at: number): { length: number } | 'cut' | 'bad' {
  const first = bytes[at] ?? 0
  if (first < 0x80) return { length: 1 }
  if (first < 0xc0 || first > 0xf7) return 'bad'
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  // RFC 3629 section 3: the first octet holds 5, 4 or 3 bits of the number, each following one 6.
  let smallest = first & (0x7f >> length)
  let largest = smallest
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i]
    if (next !== undefined && (next & 0xc0) !== 0x80) return 'bad'
    smallest = (smallest << 6) | (next === undefined ? 0 : next & 0x3f)
    largest = (largest << 6) | (next === undefined ? 0x3f : next & 0x3f)
  }
  // Some completion must be a scalar value that needs this many octets.
  const shortest = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000
  const possible = (value: number) =>
    value >= shortest && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff)
  const ends = [smallest, largest, 0xd7ff, 0xe000, 0x10ffff, shortest]
  if (!ends.some((value) => value >= smallest && value <= largest && possible(value))) return 'bad'
  return at + length > bytes.length ? 'cut' : { length }
}

/** 'valid', 'cut' (the beginning of something valid) or 'impossible'. */
export function judge(bytes: Uint8Array): 'valid' | 'cut' | 'impossible' {
  let at = 0
  while (at < bytes.length) {
    const character = readCharacter(bytes, at)
    if (character === 'bad') return 'impossible'
    if (character === 'cut') return 'cut'
    at += character.length
  }
  return 'valid'
}

/** Index of the first byte after which nothing can make the input valid, or -1. */
export function firstImpossible(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) if (judge(bytes.subarray(0, i + 1)) === 'impossible') return i
  return -1
}
