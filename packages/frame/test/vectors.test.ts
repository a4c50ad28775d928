import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskInPlace, maskInto } from '../src/index.ts'
import { loadVectors, vectorsFor, type WebAssemblyHost } from '../src/vectors.ts'
import { maskObviously } from './obvious.ts'

const maskingKey = fc.integer({ min: 0, max: 0xffff_ffff })
/** About the sizes at which something changes: where vectors begin, and a page. */
const size = fc.oneof(
  fc.integer({ min: 4_090, max: 4_300 }),
  fc.integer({ min: 65_500, max: 65_700 }),
  fc.integer({ min: 131_000, max: 131_200 }),
)
const payloadOf = (length: number): Uint8Array => new Uint8Array(length).map((_, i) => i * 7)
/** As `toEqual` takes seconds for so many. */
const isSame = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((octet, i) => octet === right[i])

describe('payload of thousands of octets', () => {
  test('is masked in place, and no octet beside it', () => {
    fc.assert(
      fc.property(size, fc.nat({ max: 9 }), maskingKey, fc.nat({ max: 7 }), (length, before, key, offset) => {
        const payload = payloadOf(length)
        const bytes = new Uint8Array(before + length + 9).fill(0xaa)
        bytes.set(payload, before)
        maskInPlace(bytes, before, before + length, key, offset)
        const expected = new Uint8Array(bytes.length).fill(0xaa)
        expected.set(maskObviously(payload, key, offset), before)
        expect(isSame(bytes, expected)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  test('is masked on its way elsewhere, and stays as it is', () => {
    fc.assert(
      fc.property(size, fc.nat({ max: 9 }), maskingKey, fc.nat({ max: 7 }), (length, at, key, offset) => {
        const source = payloadOf(length)
        const target = new Uint8Array(at + length + 9).fill(0xaa)
        maskInto(source, 0, length, target, at, key, offset)
        const expected = new Uint8Array(target.length).fill(0xaa)
        expected.set(maskObviously(source, key, offset), at)
        expect(isSame(target, expected)).toBe(true)
        expect(isSame(source, payloadOf(length))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

describe('the module', () => {
  test('is loaded in Node and in browsers', () => {
    expect(vectorsFor(65_536)).not.toBeNull()
  })

  test('is done without where the host has none, or refuses it', () => {
    const refusing: WebAssemblyHost = {
      Module: class {
        constructor() {
          throw new EvalError('Refused to compile: unsafe-eval is not allowed')
        }
      },
      Instance: class {
        readonly exports: never = expect.unreachable()
      },
    }
    expect(loadVectors(undefined)).toBeNull()
    expect(loadVectors(refusing)).toBeNull()
  })
})
