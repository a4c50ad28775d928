import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byteByByte, chunkings, cutAt } from '../src/index.ts'

const joined = (chunks: readonly Uint8Array[]): number[] => chunks.flatMap((chunk) => [...chunk])

test('every chunking holds the same bytes in the same order, none of its chunks is empty', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }).chain((bytes) => fc.tuple(fc.constant(bytes), chunkings(bytes))),
      ([bytes, chunks]) => {
        expect(joined(chunks)).toEqual([...bytes])
        expect(chunks.every((chunk) => chunk.length > 0)).toBe(true)
      },
    ),
  )
})

test('chunks have their own memory, so that one who modifies them does not reach the others', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  for (const chunk of cutAt(bytes, [1])) chunk.fill(0)
  expect(bytes).toEqual(Uint8Array.of(1, 2, 3))
})

test('cutAt takes positions in any order, twice, and beyond the ends', () => {
  const cut = cutAt(Uint8Array.of(1, 2, 3, 4), [3, -1, 1, 1, 9])
  expect(cut).toEqual([Uint8Array.of(1), Uint8Array.of(2, 3), Uint8Array.of(4)])
})

test('byteByByte cuts between any two bytes', () => {
  expect(byteByByte(Uint8Array.of(7, 8))).toEqual([Uint8Array.of(7), Uint8Array.of(8)])
})
