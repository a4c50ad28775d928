/** Payloads of compressed messages, as zlib makes them with all its settings, and damaged ones. */
import { constants, deflateRawSync } from 'node:zlib'
import { mutate } from '../mutate.ts'
import { concat } from '../octets.ts'
import type { Random } from '../random.ts'
import { randomText } from './texts.ts'

const STRATEGIES = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FIXED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FILTERED,
]
const TAIL_LENGTH = 4

/** Text that compresses, more or less. */
export function randomPlain(random: Random, most: number): Uint8Array {
  const piece = random.oneIn(2) ? randomText(random, 1 + random.size(30)) : random.bytes(1 + random.size(60))
  const pieces: Uint8Array[] = []
  for (let left = random.size(most); left > 0; left -= piece.length + 1) {
    pieces.push(piece.subarray(random.below(piece.length)))
    if (random.oneIn(3)) pieces.push(random.bytes(random.size(8)))
  }
  return concat(pieces).subarray(0, most)
}

/** Payloads as other endpoints may send them: any level, blocks with BFINAL among them; one in three is damaged. */
export function randomDeflated(random: Random): Uint8Array {
  const pieces: Uint8Array[] = []
  for (let left = 1 + random.size(2); left > 0; left--) pieces.push(randomStream(random, left === 1))
  const payload = concat(pieces)
  if (random.oneIn(20)) return random.bytes(random.size(40))
  return random.oneIn(3) ? mutate(random, payload, random.pick(pieces)) : payload
}

function randomStream(random: Random, last: boolean): Uint8Array {
  const plain = randomPlain(random, random.oneIn(12) ? 5000 : 300)
  const ends = random.oneIn(5)
  const deflated = deflateRawSync(plain, {
    level: random.below(10),
    memLevel: random.between(1, 9),
    windowBits: random.between(9, 15),
    strategy: random.pick(STRATEGIES),
    finishFlush: ends ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
  })
  if (ends) return last && random.oneIn(2) ? concat([deflated, Uint8Array.of(0)]) : deflated
  return last ? deflated.subarray(0, deflated.length - TAIL_LENGTH) : deflated
}
