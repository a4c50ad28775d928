/** Text in UTF-8 with characters of every length, those at the edges of the ranges being likely. */
import type { Random } from '../random.ts'

/** First and last code points of each length in octets, around the surrogates, and the byte order mark. */
const EDGES = [
  0x00, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xffff, 0x10000, 0x3ffff,
  0x40000, 0x10ffff,
]
const ASCII_FROM = 0x20
const ASCII_TO = 0x7e

const encoder = new TextEncoder()

/** At most `characters` code points. */
export function randomText(random: Random, characters: number): Uint8Array {
  if (random.oneIn(3)) {
    const ascii = new Uint8Array(characters)
    for (let i = 0; i < characters; i++) ascii[i] = random.between(ASCII_FROM, ASCII_TO)
    return ascii
  }
  let text = ''
  for (let i = 0; i < characters; i++) text += String.fromCodePoint(codePoint(random))
  return encoder.encode(text)
}

function codePoint(random: Random): number {
  switch (random.below(4)) {
    case 0:
      return random.pick(EDGES)
    case 1:
      return 0x800 + random.below(0xd800 - 0x800)
    case 2:
      return 0x10000 + random.below(0x100000)
    default:
      return random.between(ASCII_FROM, ASCII_TO)
  }
}
