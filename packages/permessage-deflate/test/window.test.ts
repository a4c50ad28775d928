import { constants, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Budget, type Codec, createTransform, zlibCodec } from '../src/index.ts'
import { InflateStream } from '../src/inflate-stream.ts'
import { bitString, fixedBlock, reachingBack } from './handcrafted.ts'
import { pakoCodec } from './pako-codec.ts'
import { cutEvery, decodeAll, FRESH, noise, zlibPayload } from './support.ts'

const bitsOf = [8, 9, 10, 11, 12, 13, 14]
const client = (bits: number, syncSize = 65_536) =>
  createTransform({ ...FRESH, serverMaxWindowBits: bits }, 'client', { syncSize })

describe('a peer that has agreed to a window', () => {
  it.each(bitsOf)('may reach to its end: %i bits', async (bits) => {
    const payload = reachingBack(2 ** bits)
    expect(await decodeAll(client(bits), [payload])).toHaveLength(2 ** bits + 3)
    expect(await decodeAll(client(bits, 0), [payload])).toHaveLength(2 ** bits + 3)
    expect(await decodeAll(client(bits), cutEvery(payload, 100))).toHaveLength(2 ** bits + 3)
  })

  it.each(bitsOf)('may not reach one byte further: %i bits', async (bits) => {
    const payload = reachingBack(2 ** bits + 1)
    expect(await decodeAll(client(bits), [payload])).toBe('invalid-data')
    expect(await decodeAll(client(bits, 0), [payload])).toBe('invalid-data')
    expect(await decodeAll(client(bits), cutEvery(payload, 100))).toBe('invalid-data')
  })

  it('may reach into the message before, to the end of the window and no further', async () => {
    const parameters = { ...FRESH, serverNoContextTakeover: false, serverMaxWindowBits: 9 }
    for (const [before, expected] of [
      [512, 3],
      [513, 'invalid-data'],
    ] as const) {
      const transform = createTransform(parameters, 'client')
      await decodeAll(transform, [zlibPayload(noise(1_000), 9)])
      const got = await decodeAll(transform, [fixedBlock([{ length: 3, distance: before }])])
      expect(typeof got === 'string' ? got : got.length).toBe(expected)
    }
  })

  it('may reach anywhere when the window is 15 bits', async () => {
    expect(await decodeAll(client(15), [reachingBack(32_768)])).toHaveLength(32_771)
  })
})

/** Whether no back-reference of a payload is longer than this window. */
function keepsTo(payload: Uint8Array, bits: number, history?: Uint8Array): boolean {
  const stream = new InflateStream(bits, history)
  stream.push(payload)
  let step = stream.read()
  while (step instanceof Uint8Array) step = stream.read()
  return step !== 'invalid-data'
}

it('holds nobody to less than what zlib keeps to, with every level and strategy', () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.nat({ max: 60_000 }), fc.constantFrom(1, 2, 3, 20, 256), fc.nat()),
      fc.integer({ min: 9, max: 15 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 4 }),
      ([size, alphabet, seed], windowBits, level, strategy) => {
        const payload = deflateRawSync(noise(size, alphabet, seed), {
          windowBits,
          level,
          strategy,
          finishFlush: constants.Z_SYNC_FLUSH,
        })
        expect(keepsTo(payload, windowBits)).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
})

// RFC 1951, 3.2.6 and 3.2.7. Of the lengths of code lengths those of 16 and 17 are 1: their codes are 0 and 1.
const lengthCodes = `00000 00000 1111 100 100 ${'000'.repeat(17)}`
it.each([
  ['a block of type 3', '111'],
  ['the length code 286, which there is not', '110 11000110'],
  ['the distance code 30, which there is not', '110 0000001 11110'],
  [
    'a code of code lengths that nothing was given',
    `101 00000 00000 0000 ${'000'.repeat(4)} 0000000000000000`,
  ],
  ['a length that repeats the one before the first', `101 ${lengthCodes} 0 00`],
  ['more lengths than there are codes', `101 ${lengthCodes} ${'1 111 '.repeat(26)}`],
  ['a symbol without a code', `101 ${lengthCodes} ${'1 111 '.repeat(25)} 1 101 ${'0'.repeat(32)}`],
])('a peer with a small window is refused %s', async (_what, bits) => {
  const payload = bitString(bits)
  const stored = deflateRawSync(noise(1_000), { level: 0, finishFlush: constants.Z_SYNC_FLUSH })
  for (const [before, decoder] of [
    [[], client(8)],
    [[stored], client(8)],
    [[], client(8, 0)],
  ] as const) {
    expect(await decodeAll(decoder, [Buffer.concat([...before, payload])])).toBe('invalid-data')
  }
})

it('waits for the budget with a small window, too', async () => {
  const budget = new Budget({ bytes: 100_000 })
  const parameters = { ...FRESH, serverMaxWindowBits: 9 }
  const [first, second] = [1, 2].map(() => createTransform(parameters, 'client', { budget }))
  const payload = zlibPayload(noise(3_000, 4), 9)
  expect(first.decode(payload.subarray(0, 100), true, false, 100_000)).toBeInstanceOf(Uint8Array)
  const waiting = decodeAll(second, [payload])
  expect(budget.waiting).toBe(1)
  first.release()
  expect(await waiting).toHaveLength(3_000)
  expect(budget.used).toBe(0)
})

describe.each<[string, Codec]>([
  ['node:zlib', zlibCodec],
  ['pako', pakoCodec],
])('the compressor of %s', (_name, codec) => {
  // zlib raises a window of 8 bits to 9, and keeps 262 bytes less than its window: 250, fewer than 256.
  it('keeps to a window of 8 bits, at every level, with and without history', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 8_000 }),
        fc.constantFrom(2, 3, 10, 40),
        fc.nat(),
        fc.integer({ min: 0, max: 9 }),
        fc.boolean(),
        (size, alphabet, seed, level, after) => {
          const history = after ? noise(256, alphabet, seed + 1) : undefined
          const payload = codec.deflate(
            noise(size, alphabet, seed),
            { windowBits: 8, level, memLevel: 8 },
            history,
          )
          expect(keepsTo(payload, 8, history)).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('makes use of it', () => {
    const payload = codec.deflate(noise(8_000, 3), { windowBits: 8, level: 6, memLevel: 8 }, undefined)
    expect(keepsTo(payload, 7)).toBe(false)
  })
})
