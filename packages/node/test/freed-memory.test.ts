/** A process that reads large messages, or many, keeps the memory of those it is done with. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

beforeEach(() => vi.resetModules())
afterEach(() => vi.restoreAllMocks())

/** No read is as large. */
const BLOCK = 16 * 1_048_576

test('one that has read 64 MiB of short reads asks for one large block, once, and not before', async () => {
  const { copyRead } = await import('../src/read-memory.ts')
  const allocate = Buffer.allocUnsafeSlow
  let blocks = 0
  vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation((size) => {
    if (size >= BLOCK) blocks++
    return allocate(size)
  })
  const memory = new ArrayBuffer(8_192)
  const readMebibytes = (count: number) => {
    for (let reads = 0; reads < count * 128; reads++) copyRead(memory, 8_192)
  }
  readMebibytes(63)
  expect(blocks).toBe(0)
  readMebibytes(2)
  expect(blocks).toBe(1)
  readMebibytes(65)
  expect(blocks).toBe(1)
})

test('the first large read asks for one large block, and nothing else does', async () => {
  const { copyRead } = await import('../src/read-memory.ts')
  const allocations = vi.spyOn(Buffer, 'allocUnsafeSlow')
  const blocks = () => allocations.mock.calls.filter(([size]) => size >= BLOCK).length
  const memory = new ArrayBuffer(20_000)
  copyRead(memory, 16_383)
  expect(blocks()).toBe(0)
  copyRead(memory, 16_384)
  copyRead(memory, 20_000)
  expect(blocks()).toBe(1)
})

test('a system that has no such block is read from all the same', async () => {
  const { copyRead } = await import('../src/read-memory.ts')
  const allocate = Buffer.allocUnsafeSlow
  vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation((size) => {
    if (size >= BLOCK) throw new RangeError('Array buffer allocation failed')
    return allocate(size)
  })
  expect(copyRead(new ArrayBuffer(20_000), 20_000)).toEqual(new Uint8Array(20_000))
})
