import { afterEach, describe, expect, test, vi } from 'vitest'
import { maskObviously } from './obvious.ts'

/** More than the view of words is kept for. */
const SIZE = 1_048_583
const KEY = 0x13579bdf

describe('where the host has no WebAssembly', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  test('large payloads are masked all the same', async () => {
    vi.stubGlobal('WebAssembly', undefined)
    vi.resetModules()
    const { maskInPlace, maskInto } = await import('../src/index.ts')
    const payload = new Uint8Array(SIZE).map((_, i) => i * 31)
    const expected = Buffer.from(maskObviously(payload, KEY))
    const elsewhere = new Uint8Array(SIZE + 3)
    maskInto(payload, 0, SIZE, elsewhere, 3, KEY)
    maskInPlace(payload, 0, SIZE, KEY)
    expect(expected.compare(elsewhere, 3)).toBe(0)
    expect(expected.compare(payload)).toBe(0)
  })
})
