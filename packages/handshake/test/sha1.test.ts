import { toHex } from '@hybi/test-support'
import { describe, expect, test } from 'vitest'
import { sha1 } from '../src/sha1.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('SHA-1', () => {
  // The first three from FIPS 180, appendix A; the others from its predecessor's test vectors and RFC 3174, 7.3.
  test.each([
    ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
    ['a'.repeat(1_000_000), '34aa973cd4c4daa4f61eeb2bdbad27316534016f'],
    ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    [
      '0123456701234567012345670123456701234567012345670123456701234567'.repeat(10),
      'dea356a2cddd90c7a7ecedc5ebb563934f460452',
    ],
  ])('of %.20s is %s', (text, digest) => {
    expect(toHex(sha1(ascii(text)))).toBe(digest)
  })

  test('of the key and GUID of RFC 6455, 4.2.2 is the one given there', () => {
    expect(toHex(sha1(ascii('dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11')))).toBe(
      'b37a4f2cc0624f1690f64606cf385945b2bec4ea',
    )
  })

  test('leaves the message as it is', () => {
    const message = ascii('abc')
    sha1(message)
    expect(message).toEqual(ascii('abc'))
  })
})
