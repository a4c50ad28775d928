/** What was read belongs to whoever got it, whatever is read after it. */
import { expect, test } from 'vitest'
import { copyRead } from '../src/read-memory.ts'

test('reads of any size stay as they were, and what is written into one shows in no other', () => {
  const memory = new Uint8Array(70_000)
  const sizes = [1, 7, 16_383, 16_384, 16_383, 16_383, 16_383, 16_383, 70_000, 3, 16_383, 1]
  const reads = sizes.map((size, index) => {
    memory.fill(index)
    const read = copyRead(memory.buffer, size)
    for (let at = 0; at < size; at++) read[at] ^= 0xff
    return read
  })
  memory.fill(0)
  for (const [index, read] of reads.entries()) {
    expect(read.length).toBe(sizes[index])
    expect(read.every((octet) => octet === (index ^ 0xff))).toBe(true)
  }
})

test('a short read keeps no more than a slab, a long one exactly itself', () => {
  const memory = new Uint8Array(70_000)
  expect(copyRead(memory.buffer, 100).buffer.byteLength).toBe(65_536)
  expect(copyRead(memory.buffer, 16_384).buffer.byteLength).toBe(16_384)
})
