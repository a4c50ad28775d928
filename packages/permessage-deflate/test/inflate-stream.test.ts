import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { toHex, wire } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InflateStream } from '../src/inflate-stream.ts'
import { bitString } from './handcrafted.ts'

const join = (pieces: readonly Uint8Array[]): Uint8Array => Buffer.concat(pieces)

/** What comes out of `data`, cut into parts of `size` bytes, and why it ends. */
function inflate(data: Uint8Array, size = data.length, stream = new InflateStream(15)) {
  const pieces: Uint8Array[] = []
  for (let at = 0; ; at += size) {
    stream.push(data.slice(at, at + size))
    let step = stream.read()
    for (; typeof step !== 'string' || step === 'goes-on'; step = stream.read())
      if (typeof step !== 'string') pieces.push(step)
    if (step !== 'needs-input' || at + size >= data.length) return { text: join(pieces), stop: step }
  }
}

/** The same by zlib. */
function inflateByZlib(data: Uint8Array): Uint8Array | null {
  try {
    return inflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return null
  }
}

const records = (count: number): Uint8Array =>
  Buffer.from(Array.from({ length: count }, (_, id) => JSON.stringify({ id, square: id * id })).join())

const strategies = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FIXED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
]

const plain = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.nat({ max: 200 }).map(records),
  fc.uint8Array({ minLength: 1, maxLength: 9 }).map((unit) => Buffer.alloc(40_000, unit)),
)

const deflated = fc
  .record({
    plain,
    level: fc.nat({ max: 9 }),
    strategy: fc.constantFrom(...strategies),
    finishFlush: fc.constantFrom(constants.Z_FINISH, constants.Z_SYNC_FLUSH),
  })
  .map(({ plain, ...options }) => deflateRawSync(plain, options))

describe('InflateStream', () => {
  test.each([0, 1, 6, 9])('inflates what zlib makes at level %i, however it is cut', (level) => {
    for (const strategy of strategies) {
      for (const text of [records(0), records(1), records(60), records(4_000), Buffer.alloc(60_000, 'ab')]) {
        const data = deflateRawSync(text, { level, strategy })
        for (const size of [1, 7, 4_096, data.length]) {
          const { text: made, stop } = inflate(data, size)
          expect(stop).toBe('ended')
          expect(Buffer.compare(made, text)).toBe(0)
        }
      }
    }
  })

  test('takes and refuses what zlib does, however it is cut', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 })
    fc.assert(
      fc.property(deflated, damage, fc.integer({ min: 1, max: 60 }), (whole, changes, size) => {
        const data = Uint8Array.from(whole)
        for (const [at, octet] of changes) data[at % data.length] = octet
        const expected = inflateByZlib(data)
        const { text, stop } = inflate(data, size)
        if (stop === 'invalid-data') {
          // zlib reads the lengths of a code by a code without words to their end, and only then says that there is none for it.
          expect(inflateByZlib(join([data, new Uint8Array(100)]))).toBe(null)
        } else expect(expected !== null && Buffer.compare(text, expected)).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['a block of the type that there is not', wire`07`],
    ['a stored block whose length is not the complement', wire`01 0500 0000`],
    ['287 literal codes', wire`f5 00 00`],
    ['31 distance codes', wire`05 1e 00`],
    ['a code of lengths that is not complete', wire`05 00 00 04 00`],
    [
      'bits that are no word of the only code there is',
      bitString(
        '1 01 00000 00000 0111 000 000 100 010 000 000 000 000 000 000 000 000 000 000 000 000 000 010 0 1111111 0 1101011 11 10 1111 1111',
      ),
    ],
    ['a distance before the beginning', wire`4b 04 42 00`],
    ['length code 286 of a fixed block', wire`1b 03 00 00`],
    ['distance code 30 of a fixed block', wire`63 00 3d 00`],
  ])('refuses %s, as zlib does', (_, data) => {
    expect(inflateByZlib(data)).toBe(null)
    expect(inflate(data).stop).toBe('invalid-data')
    expect(inflate(data, 1).stop).toBe('invalid-data')
    expect(new InflateStream(15).read()).toBe('needs-input')
  })

  test('stays refused', () => {
    const stream = new InflateStream(15)
    expect(inflate(wire`07`, 1, stream).stop).toBe('invalid-data')
    expect(inflate(wire`4b0400`, 1, stream).stop).toBe('invalid-data')
  })

  test('says what is left behind a block with BFINAL, and goes on over the same window', () => {
    const stream = new InflateStream(15)
    const text = records(20)
    const first = deflateRawSync(text)
    expect(inflate(join([first, wire`aabb`]), undefined, stream).stop).toBe('ended')
    expect(stream.left).toBe(2)
    expect(toHex(stream.history)).toBe(toHex(text))
    const next = new InflateStream(15, text)
    expect(toHex(inflate(deflateRawSync(text, { dictionary: text }), 1, next).text)).toBe(toHex(text))
    const both = new InflateStream(15)
    inflate(first, undefined, both)
    both.nextStream()
    expect(inflate(deflateRawSync(text, { dictionary: text }), 3, both)).toEqual({
      text: Buffer.from(text),
      stop: 'ended',
    })
  })

  test('holds a peer to a smaller window, to the byte', () => {
    const noise = Uint8Array.from({ length: 256 }, (_, i) => (i * i * 31 + (i >> 3)) & 0xff)
    const repeated = (distance: number) => join([noise.subarray(0, distance), noise.subarray(0, 20)])
    for (const [distance, stop] of [
      [256, 'ended'],
      [255, 'ended'],
    ] as const)
      expect(inflate(deflateRawSync(repeated(distance)), 5, new InflateStream(8)).stop).toBe(stop)
    const tooFar = deflateRawSync(join([noise, wire`00`, noise.subarray(0, 100)]))
    expect(inflate(tooFar, 5, new InflateStream(8)).stop).toBe('invalid-data')
    expect(inflate(tooFar, 5, new InflateStream(9)).stop).toBe('ended')
  })

  test('keeps the window however much text there is', () => {
    const stream = new InflateStream(15)
    const text = records(20_000)
    expect(Buffer.compare(inflate(deflateRawSync(text), 1_000, stream).text, text)).toBe(0)
    expect(Buffer.compare(stream.history, text.subarray(-32_768))).toBe(0)
  })
})
