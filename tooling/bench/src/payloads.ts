/** Messages of a given size, the same on every run. */
import type { PayloadKind } from './scenarios.ts'

const WORDS = [
  'price',
  'volume',
  'bid',
  'ask',
  'open',
  'symbol',
  'venue',
  'update',
  'status',
  'filled',
  'route',
]

/** A small generator of numbers that repeats from its seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const makers: Record<PayloadKind, (size: number, random: () => number) => Buffer> = {
  bytes: (size, random) => Buffer.from(Uint8Array.from({ length: size }, () => random() * 256)),
  ascii: (size, random) => Buffer.from(Uint8Array.from({ length: size }, () => 32 + random() * 95)),
  utf8: (size, random) => {
    const alphabet = 'äöüßéñжлопδλ漢字語界€™😀'
    const letters = [...alphabet]
    let text = ''
    let length = 0
    while (length < size) {
      const letter = letters[Math.floor(random() * letters.length)] ?? 'x'
      const octets = Buffer.byteLength(letter)
      const next = length + octets <= size ? letter : 'x'
      text += next
      length += Buffer.byteLength(next)
    }
    return Buffer.from(text)
  },
  json: (size, random) => {
    let text = '{"items":['
    while (text.length < size) {
      const word = WORDS[Math.floor(random() * WORDS.length)]
      text += `{"id":${Math.floor(random() * 100_000)},"name":"${word}","value":${random().toFixed(4)}},`
    }
    return Buffer.from(`${text.slice(0, size - 2)}]}`)
  },
}

/** One message; `variant` tells messages of one kind and size apart. */
export const makePayload = (kind: PayloadKind, size: number, variant: number): Buffer =>
  makers[kind](size, numbersFrom(variant * 7919 + size))
