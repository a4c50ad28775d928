/** A process that reads large messages keeps the memory of those it is done with. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

beforeEach(() => vi.resetModules())
afterEach(() => vi.restoreAllMocks())

const BLOCK = 16 * 1_048_576

test('the first large read asks for one large block, and nothing else does', async () => {
  const { copyRead } = await import('../src/read-memory.ts')
  const allocations = vi.spyOn(Buffer, 'allocUnsafeSlow')
  const blocks = () => allocations.mock.calls.filter(([size]) => size === BLOCK).length
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
    if (size === BLOCK) throw new RangeError('Array buffer allocation failed')
    return allocate(size)
  })
  expect(copyRead(new ArrayBuffer(20_000), 20_000)).toEqual(new Uint8Array(20_000))
})
