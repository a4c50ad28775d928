import { chunkings, wire } from '@hybi/test-support'
import fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { judge } from './obvious.ts'
import { nearlyUtf8 } from './texts.ts'

const hosts: readonly (readonly [name: string, getBuiltinModule: unknown])[] = [
  ['a browser, where nothing can be asked for', undefined],
  ['a host without node:buffer', () => undefined],
  ['a host whose node:buffer has no isUtf8', () => ({})],
]

describe.each(hosts)('in %s', (_, getBuiltinModule) => {
  beforeEach(() => {
    vi.resetModules()
    const original = process.getBuiltinModule
    Object.assign(process, { getBuiltinModule })
    return () => Object.assign(process, { getBuiltinModule: original })
  })

  test('the same answers come from the automaton alone', async () => {
    const { nativeIsUtf8 } = await import('../src/native.ts')
    const { isUtf8, Utf8Validator } = await import('../src/index.ts')
    expect(nativeIsUtf8).toBe(null)
    expect(isUtf8(wire`ce ba`)).toBe(true)
    fc.assert(
      fc.property(
        nearlyUtf8.chain((bytes) => fc.tuple(fc.constant(bytes), chunkings(bytes))),
        ([bytes, chunks]) => {
          const validator = new Utf8Validator()
          for (const chunk of chunks) validator.push(chunk)
          expect(validator.valid).toBe(judge(bytes) !== 'impossible')
          expect(validator.complete).toBe(judge(bytes) === 'valid')
          expect(isUtf8(bytes)).toBe(judge(bytes) === 'valid')
        },
      ),
    )
  })
})

test('in Node the host is asked', async () => {
  vi.resetModules()
  const { nativeIsUtf8 } = await import('../src/native.ts')
  expect(nativeIsUtf8).not.toBe(null)
})
