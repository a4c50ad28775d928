import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyInto } from '../src/index.ts'

test('copies a part of a chunk of any size, and touches nothing beside it', () => {
  const part = fc.record({
    source: fc.uint8Array({ maxLength: 300 }),
    cuts: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    offset: fc.nat({ max: 20 }),
  })
  fc.assert(
    fc.property(part, ({ source, cuts, offset }) => {
      const [start = 0, end = 0] = cuts.map((cut) => Math.round(cut * source.length)).sort((a, b) => a - b)
      const target = new Uint8Array(350).fill(0x55)
      copyInto(source, start, end, target, offset)
      const expected = new Uint8Array(350).fill(0x55)
      expected.set(source.slice(start, end), offset)
      expect(target).toEqual(expected)
    }),
  )
})
