import { createHash } from 'node:crypto'
import { toHex } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { encodeBase64, host, portableHost } from '../src/native.ts'
import { sha1 } from '../src/sha1.ts'

const texts = fc.string({
  unit: fc.nat({ max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 200,
})
const asciiTexts = fc.string({ unit: 'grapheme-ascii', maxLength: 200 })

test('in Node the host is asked', () => {
  expect(host).not.toBe(portableHost)
})

describe('the portable host and the native one', () => {
  test('know every octet as a character, and the hash of "abc" of FIPS 180', () => {
    const octets = Uint8Array.from({ length: 256 }, (_, i) => i)
    const text = String.fromCharCode(...octets)
    for (const each of [host, portableHost]) {
      expect(each.decodeLatin1(octets, 0, 256)).toBe(text)
      expect(each.decodeLatin1(octets.subarray(16), 1, 3)).toBe('\x11\x12')
      expect(toHex(each.encodeLatin1(text))).toBe(toHex(octets))
      expect(each.hashToBase64('abc')).toBe('qZk+NkcGgWq6PiVxeFDCbJzQ2J0=')
    }
  })

  test('hash alike', () => {
    fc.assert(fc.property(asciiTexts, (text) => portableHost.hashToBase64(text) === host.hashToBase64(text)))
  })

  test('decode latin1 alike, from any part of any view', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), fc.nat(64), (memory, a, b) => {
        const bytes = memory.subarray(memory.length >> 2)
        const start = Math.min(a, bytes.length)
        const end = Math.max(start, Math.min(b, bytes.length))
        expect(host.decodeLatin1(bytes, start, end)).toBe(portableHost.decodeLatin1(bytes, start, end))
      }),
    )
  })

  test('encode latin1 alike, and undo the decoding', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = host.encodeLatin1(text)
        expect(toHex(bytes)).toBe(toHex(portableHost.encodeLatin1(text)))
        expect(portableHost.decodeLatin1(bytes, 0, bytes.length)).toBe(text)
      }),
    )
  })
})

test('SHA-1 and base64 agree with node:crypto for every length around the block edges', () => {
  for (let length = 0; length <= 200; length++) {
    const message = Uint8Array.from({ length }, (_, i) => (i * 167 + length) & 0xff)
    expect(encodeBase64(sha1(message))).toBe(createHash('sha1').update(message).digest('base64'))
  }
})

const missing: readonly (readonly [name: string, getBuiltinModule: unknown])[] = [
  ['a browser, where nothing can be asked for', undefined],
  ['a host without any module', () => undefined],
  ['a host that has node:buffer alone', (name: string) => (name === 'node:buffer' ? { Buffer } : {})],
]

test.each(missing)('in %s the portable host does it', async (_, getBuiltinModule) => {
  const original = process.getBuiltinModule
  vi.resetModules()
  Object.assign(process, { getBuiltinModule })
  try {
    const native = await import('../src/native.ts')
    const { acceptKey } = await import('../src/index.ts')
    expect(native.host).toBe(native.portableHost)
    expect(acceptKey('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  } finally {
    Object.assign(process, { getBuiltinModule: original })
  }
})
