/**
 * Masking (RFC 6455 section 5.3): "Octet i of the transformed data ("transformed-octet-i") is the XOR of octet i of the
 * original data ("original-octet-i") with octet at index i modulo 4 of the masking key". Unmasking is the same.
 *
 * Octet by octet where there are few, 32-bit words where there are many, vectors where there are thousands. The obvious version
 * stands in test/obvious.ts.
 */

import { copyInto } from './copy.ts'
import { vectorsFor } from './vectors.ts'

/**
 * Octets from which words win, although a view of them may have to be made first: an octet takes 1 ns, a word as long, and the view 40
 * and more (`npx pnpm --filter @hybi/frame bench`, groups `mask` and `words`, Node 20).
 */
const WORDS_FROM = 96

/**
 * Masks or unmasks `bytes[start, end)` where they are.
 *
 * @param maskingKey 32-bit number, its most significant octet is the key's first
 * @param payloadOffset octet of the frame's payload that stands at `start`, 0 by default
 */
export function maskInPlace(
  bytes: Uint8Array,
  start: number,
  end: number,
  maskingKey: number,
  payloadOffset = 0,
): void {
  const key = rotateKey(maskingKey, payloadOffset)
  const size = end - start
  if (size < WORDS_FROM) {
    maskOctets(bytes, start, end, bytes, start, key)
    return
  }
  const vectors = vectorsFor(size)
  if (vectors === null) maskWords(bytes, start, end, key)
  else vectors.maskInto(bytes, start, end, bytes, start, key)
}

/**
 * Writes `source[start, end)`, masked or unmasked, to `target` from `targetOffset` on. The source is not modified; it must not
 * overlap with where it goes, unless both are the same octets.
 *
 * @param maskingKey 32-bit number, its most significant octet is the key's first
 * @param payloadOffset octet of the frame's payload that stands at `start`, 0 by default
 */
export function maskInto(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetOffset: number,
  maskingKey: number,
  payloadOffset = 0,
): void {
  const key = rotateKey(maskingKey, payloadOffset)
  const size = end - start
  if (size < WORDS_FROM) {
    maskOctets(source, start, end, target, targetOffset, key)
    return
  }
  const vectors = vectorsFor(size)
  if (vectors === null) {
    copyInto(source, start, end, target, targetOffset)
    maskWords(target, targetOffset, targetOffset + size, key)
  } else {
    vectors.maskInto(source, start, end, target, targetOffset, key)
  }
}

/** The key as a signed number, turned so that its first octet is the one for octet `payloadOffset` of the payload. */
function rotateKey(maskingKey: number, payloadOffset: number): number {
  const bits = (payloadOffset & 3) << 3
  return (maskingKey << bits) | (maskingKey >>> (32 - bits))
}

function maskOctets(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetOffset: number,
  key: number,
): void {
  const first = key >>> 24
  const second = key >>> 16
  const third = key >>> 8
  let i = start
  let j = targetOffset
  // Four at a time: 48 octets take two thirds of what they take one at a time (`npx pnpm --filter @hybi/frame bench mask`, Node 20).
  for (const last = end - 3; i < last; i += 4, j += 4) {
    target[j] = source[i] ^ first
    target[j + 1] = source[i + 1] ^ second
    target[j + 2] = source[i + 2] ^ third
    target[j + 3] = source[i + 3] ^ key
  }
  for (let shift = 24; i < end; i++, j++, shift -= 8) target[j] = source[i] ^ (key >>> shift)
}

/** Up to three octets until a word begins, then words, eight at a time while there are as many, then the rest. */
function maskWords(bytes: Uint8Array, start: number, end: number, key: number): void {
  if (bytes !== viewed) viewWords(bytes)
  const view = words
  const aligned = start + (-(viewedOffset + start) & 3)
  maskOctets(bytes, start, aligned, bytes, start, key)
  const rotated = rotateKey(key, aligned - start)
  const word = toWord(rotated)
  let i = (viewedOffset + aligned) >>> 2
  const stop = i + ((end - aligned) >>> 2)
  // Eight at a time: 1 KiB takes 0.15 to 0.27 µs, one by one 0.26 to 0.31 (`npx pnpm --filter @hybi/frame bench words`, Node 20).
  for (const last = stop - 7; i < last; i += 8) {
    view[i] ^= word
    view[i + 1] ^= word
    view[i + 2] ^= word
    view[i + 3] ^= word
    view[i + 4] ^= word
    view[i + 5] ^= word
    view[i + 6] ^= word
    view[i + 7] ^= word
  }
  for (; i < stop; i++) view[i] ^= word
  const rest = end - ((end - aligned) & 3)
  maskOctets(bytes, rest, end, bytes, rest, rotated)
  if (view.length > MAX_KEPT_WORDS) forgetWords()
}

const keyOctets = /* @__PURE__ */ new Uint8Array(4)
const keyWord = /* @__PURE__ */ new Int32Array(keyOctets.buffer)

/** The key as it stands in memory, whatever the machine's byte order. */
function toWord(key: number): number {
  keyOctets[0] = key >>> 24
  keyOctets[1] = key >>> 16
  keyOctets[2] = key >>> 8
  keyOctets[3] = key
  return keyWord[0]
}

/**
 * The words of the memory behind `viewed`, kept because the next frame most likely lies in the same chunk or slab: to make
 * one takes longer than to mask 125 octets (`npx pnpm --filter @hybi/frame bench words`, Node 20).
 */
let viewed: Uint8Array = keyOctets
let viewedOffset = 0
let words: Int32Array = keyWord
let wordsBuffer: ArrayBufferLike = keyWord.buffer

/** The most memory that the view kept here may keep from being freed, in words. */
const MAX_KEPT_WORDS = 1_048_576 / 4

function viewWords(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (buffer !== wordsBuffer) {
    words = new Int32Array(buffer, 0, buffer.byteLength >>> 2)
    wordsBuffer = buffer
  }
  viewed = bytes
  viewedOffset = bytes.byteOffset
}

function forgetWords(): void {
  viewed = keyOctets
  viewedOffset = 0
  words = keyWord
  wordsBuffer = keyWord.buffer
}
