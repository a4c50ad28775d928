import { toHex, wire } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskInPlace, maskInto } from '../src/index.ts'
import { maskObviously } from './obvious.ts'

const maskingKey = fc.integer({ min: 0, max: 0xffff_ffff })
const octets = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 80, maxLength: 400 }))
const around = fc.uint8Array({ maxLength: 9 })

const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

describe('maskInPlace', () => {
  test('turns RFC 6455 section 5.7\'s "Hello" into what stands there and back', () => {
    const bytes = wire`48656c6c6f`
    maskInPlace(bytes, 0, 5, 0x37fa213d)
    expect(toHex(bytes)).toBe('7f9f4d5158')
    maskInPlace(bytes, 0, 5, 0x37fa213d)
    expect(toHex(bytes)).toBe('48656c6c6f')
  })

  test('does what section 5.3 says to the part it is given and to no other octet', () => {
    fc.assert(
      fc.property(
        around,
        octets,
        around,
        maskingKey,
        fc.nat({ max: 7 }),
        (before, payload, after, key, offset) => {
          const bytes = joined(before, payload, after)
          maskInPlace(bytes, before.length, before.length + payload.length, key, offset)
          expect(toHex(bytes)).toBe(toHex(joined(before, maskObviously(payload, key, offset), after)))
        },
      ),
    )
  })

  test('takes the masking key signed or unsigned', () => {
    fc.assert(
      fc.property(octets, maskingKey, (payload, key) => {
        const bytes = payload.slice()
        maskInPlace(bytes, 0, bytes.length, key | 0)
        expect(toHex(bytes)).toBe(toHex(maskObviously(payload, key)))
      }),
    )
  })

  test('goes on in the middle of a payload, wherever it is cut', () => {
    fc.assert(
      fc.property(octets, maskingKey, fc.nat(), (payload, key, position) => {
        const cut = position % (payload.length + 1)
        const bytes = payload.slice()
        maskInPlace(bytes, 0, cut, key, 0)
        maskInPlace(bytes, cut, bytes.length, key, cut)
        expect(toHex(bytes)).toBe(toHex(maskObviously(payload, key)))
      }),
    )
  })

  test('keeps the right octet of the key beyond 2^32 octets of payload', () => {
    for (const base of [2 ** 31, 2 ** 32, 2 ** 33, 2 ** 52]) {
      for (let i = 0; i < 4; i++) {
        const bytes = wire`00 00 00 00 00`
        maskInPlace(bytes, 0, 5, 0x01020304, base + i)
        expect(toHex(bytes)).toBe(toHex(maskObviously(wire`00 00 00 00 00`, 0x01020304, i)))
      }
    }
  })

  test('masks at every alignment of every view of one memory, in turn', () => {
    const memory = new Uint8Array(1200)
    const expected = new Uint8Array(1200)
    for (let offset = 0; offset < 9; offset++) {
      const view = memory.subarray(offset, 1000 + offset)
      for (let start = 0; start < 9; start++) {
        const end = 1000 - 2 * start
        maskInPlace(view, start, end, 0x89abcdef, start)
        expected.set(
          maskObviously(expected.slice(offset + start, offset + end), 0x89abcdef, start),
          offset + start,
        )
      }
    }
    expect(toHex(memory)).toBe(toHex(expected))
  })

  test('masks memory whose size is no whole number of words, and memory of more than a mebibyte', () => {
    for (const size of [403, 1_048_583]) {
      const bytes = new Uint8Array(size).map((_, i) => i * 31)
      const expected = maskObviously(bytes, 0x13579bdf)
      for (let i = 0; i < 3; i++) maskInPlace(bytes, 0, size, 0x13579bdf)
      expect(bytes.every((octet, i) => octet === expected[i])).toBe(true)
    }
  })
})

describe('maskInto', () => {
  test('writes what section 5.3 says to where it is told and leaves the source as it is', () => {
    fc.assert(
      fc.property(
        fc.tuple(around, octets, around),
        around,
        around,
        maskingKey,
        fc.nat({ max: 7 }),
        ([before, payload, after], left, right, key, offset) => {
          const source = joined(before, payload, after)
          const target = joined(left, new Uint8Array(payload.length), right)
          maskInto(source, before.length, before.length + payload.length, target, left.length, key, offset)
          expect(toHex(target)).toBe(toHex(joined(left, maskObviously(payload, key, offset), right)))
          expect(toHex(source)).toBe(toHex(joined(before, payload, after)))
        },
      ),
    )
  })

  test('starts at the first octet of the key when it is not told otherwise', () => {
    const target = new Uint8Array(5)
    maskInto(wire`48656c6c6f`, 0, 5, target, 0, 0x37fa213d)
    expect(toHex(target)).toBe('7f9f4d5158')
  })
})
