/** Small damage to bytes, of the kinds that parsers trip over. */
import type { Random } from './random.ts'

/** Octets that mean something at some place of some format. */
const INTERESTING = [
  0x00, 0x01, 0x0a, 0x0d, 0x20, 0x2c, 0x3a, 0x3b, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x88, 0xbf, 0xc0, 0xed, 0xf4,
  0xfe, 0xff,
]

const MOST_INSERTED = 24

/** A copy of `seed` with a few changes; `other` is a second seed to take pieces from. */
export function mutate(random: Random, seed: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = seed
  for (let left = 1 + random.size(6); left > 0; left--) bytes = change(random, bytes, other)
  return bytes === seed ? seed.slice() : bytes
}

function change(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const { length } = bytes
  const at = random.below(length + 1)
  switch (random.below(length === 0 ? 3 : 9)) {
    case 0:
      return splice(bytes, at, 0, random.bytes(random.size(MOST_INSERTED)))
    case 1:
      return splice(bytes, at, 0, piece(random, other))
    case 2:
      return splice(bytes, at, 0, Uint8Array.of(random.pick(INTERESTING)))
    case 3:
      return splice(bytes, at, random.size(length - at), new Uint8Array(0))
    case 4:
      return splice(bytes, random.below(length + 1), 0, piece(random, bytes))
    case 5:
      return bytes.slice(0, at)
    case 6:
      return splice(bytes, at, random.size(length - at), piece(random, other))
    case 7:
      return replace(random, bytes, random.pick(INTERESTING))
    default: {
      const index = random.below(length)
      const changed = bytes.slice()
      changed[index] ^= 1 << random.below(8)
      return changed
    }
  }
}

function replace(random: Random, bytes: Uint8Array, value: number): Uint8Array {
  const changed = bytes.slice()
  changed[random.below(bytes.length)] = value
  return changed
}

function piece(random: Random, from: Uint8Array): Uint8Array {
  const start = random.below(from.length + 1)
  return from.subarray(start, start + random.size(Math.min(from.length - start, 4 * MOST_INSERTED)))
}

/** Bytes with `count` of them at `at` replaced by others. */
function splice(bytes: Uint8Array, at: number, count: number, inserted: Uint8Array): Uint8Array {
  const changed = new Uint8Array(bytes.length - count + inserted.length)
  changed.set(bytes.subarray(0, at))
  changed.set(inserted, at)
  changed.set(bytes.subarray(at + count), at + inserted.length)
  return changed
}

/** Smaller inputs that may still show the same: halves and pieces left out, then octets made plain. */
export function* smaller(bytes: Uint8Array): Generator<Uint8Array> {
  for (let size = bytes.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < bytes.length; at += size) {
      yield splice(bytes, at, Math.min(size, bytes.length - at), new Uint8Array(0))
    }
  }
}
