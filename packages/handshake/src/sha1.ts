/**
 * SHA-1 as FIPS 180-4 section 6.1.2 writes it, for hosts that have none to call at once (browsers hash only asynchronously).
 *
 * RFC 6455, 10.8: the handshake "doesn't depend on any security properties of SHA-1"; use it for nothing else.
 */

const BLOCK_SIZE = 64
const WORDS_OF_BLOCK = BLOCK_SIZE / 4
const LENGTH_SIZE = 8
const ROUNDS = 80

/** The 20 octets of the digest of `message`, which is at most 512 MiB. */
export function sha1(message: Uint8Array): Uint8Array {
  const words = pad(message)
  const schedule = new Uint32Array(ROUNDS)
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
  for (let block = 0; block < words.length; block += WORDS_OF_BLOCK) {
    expand(words.subarray(block, block + WORDS_OF_BLOCK), schedule)
    compress(state, schedule)
  }
  const digest = new Uint8Array(4 * state.length)
  const view = new DataView(digest.buffer)
  for (const [i, word] of state.entries()) view.setUint32(4 * i, word)
  return digest
}

/** 5.1.1: the message, a bit 1, bits 0 up to the length in bits as the last 8 octets of a block; as big-endian words. */
function pad(message: Uint8Array): Uint32Array {
  const blocks = Math.ceil((message.length + 1 + LENGTH_SIZE) / BLOCK_SIZE)
  const padded = new Uint8Array(blocks * BLOCK_SIZE)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 4, 8 * message.length)
  return Uint32Array.from({ length: padded.length / 4 }, (_, i) => view.getUint32(4 * i))
}

/** 6.1.2, step 1: the 16 words of a block become 80. */
function expand(block: Uint32Array, schedule: Uint32Array): void {
  schedule.set(block)
  for (let t = WORDS_OF_BLOCK; t < ROUNDS; t++) {
    schedule[t] = rotateLeft(schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16], 1)
  }
}

/** 6.1.2, steps 2 to 4. */
function compress(state: Uint32Array, schedule: Uint32Array): void {
  let [a, b, c, d, e] = state
  for (let t = 0; t < ROUNDS; t++) {
    const next = rotateLeft(a, 5) + mix(t, b, c, d) + e + roundConstants[Math.floor(t / 20)] + schedule[t]
    e = d
    d = c
    c = rotateLeft(b, 30)
    b = a
    a = next | 0
  }
  state[0] += a
  state[1] += b
  state[2] += c
  state[3] += d
  state[4] += e
}

/** 4.2.1 */
const roundConstants = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6]

/** 4.1.1: Ch, Parity, Maj, Parity. */
function mix(t: number, x: number, y: number, z: number): number {
  if (t < 20) return (x & y) ^ (~x & z)
  if (t >= 40 && t < 60) return (x & y) ^ (x & z) ^ (y & z)
  return x ^ y ^ z
}

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits))
