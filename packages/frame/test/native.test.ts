import { toHex, wire } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { host, portableHost } from '../src/native.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('\ud83c', '\udf0d', '\u00e9', 'a', '\u4e16'), maxLength: 30 }),
)

describe.each([
  ['portable', portableHost],
  ['own', host],
])('the %s host', (_, { allocate, measureText, writeText }) => {
  test('allocates memory of the size it is asked for, that nothing else uses', () => {
    const memory = allocate(5000)
    expect(memory.length).toBe(5000)
    expect(memory.buffer.byteLength).toBe(5000)
  })

  test.each([
    ['one octet each', 'az', '617a'],
    ['two octets each', '\u00e9\u07ff', 'c3a9dfbf'],
    ['three octets each', '\u4e16\uffff', 'e4b896efbfbf'],
    ['a surrogate pair', '\ud83c\udf0d', 'f09f8c8d'],
    ['a high surrogate before another character', '\ud83ca', 'efbfbd61'],
    ['a high surrogate at the end', 'a\ud83c', '61efbfbd'],
    ['a low surrogate alone', '\udf0da', 'efbfbd61'],
  ])('measures and writes %s', (_, string, octets) => {
    const expected = wire`${octets}`
    const target = allocate(expected.length)
    expect(measureText(string)).toBe(expected.length)
    expect(writeText(target, 0, string)).toBe(expected.length)
    expect(toHex(target)).toBe(octets)
  })

  test('measures and writes any text as TextEncoder does, lone surrogates too', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 9 }), (string, offset) => {
        const expected = new TextEncoder().encode(string)
        const target = allocate(offset + expected.length + 3).fill(0xee)
        expect(measureText(string)).toBe(expected.length)
        expect(writeText(target, offset, string)).toBe(expected.length)
        expect([...target.subarray(offset, offset + expected.length)]).toEqual([...expected])
        expect([...target.subarray(0, offset), ...target.subarray(offset + expected.length)]).toEqual(
          new Array(offset + 3).fill(0xee),
        )
      }),
    )
  })
})
