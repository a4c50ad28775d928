import { beforeEach, describe, expect, test, vi } from 'vitest'

const hosts: readonly (readonly [name: string, getBuiltinModule: unknown])[] = [
  ['a browser, where nothing can be asked for', undefined],
  ['a host without node:buffer', () => undefined],
]

describe.each(hosts)('in %s', (_, getBuiltinModule) => {
  beforeEach(() => {
    vi.resetModules()
    const original = process.getBuiltinModule
    Object.assign(process, { getBuiltinModule })
    return () => Object.assign(process, { getBuiltinModule: original })
  })

  test('the same frames are written with the portable host', async () => {
    const { host, portableHost } = await import('../src/native.ts')
    const { OutputBuffer } = await import('../src/index.ts')
    expect(host).toBe(portableHost)
    const output = new OutputBuffer()
    output.writeText(true, 0, null, 'é')
    output.writeText(true, 0, 0x37fa213d, 'Hello')
    expect(Buffer.concat(output.take()).toString('hex')).toBe('8102c3a9818537fa213d7f9f4d5158')
    output.writeText(true, 0, null, '世'.repeat(7000))
    const large = Buffer.concat(output.take())
    expect(large.toString('hex', 0, 4)).toBe('817e5208')
    expect(large.toString('utf8', 4) === '世'.repeat(7000)).toBe(true)
  })
})

test('in Node the pieces are Buffers, which a socket takes as they are', async () => {
  vi.resetModules()
  const { OutputBuffer } = await import('../src/index.ts')
  const output = new OutputBuffer()
  output.writeText(true, 0, null, 'Hello')
  expect(output.take().every(Buffer.isBuffer)).toBe(true)
})
