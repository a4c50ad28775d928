import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptKey, createKey, isKey, NONCE_SIZE } from '../src/index.ts'
import { portableHost } from '../src/native.ts'
import { ACCEPT, KEY, octets } from './heads.ts'

describe('acceptKey', () => {
  test('answers the key of RFC 6455, 1.3 as it is answered there', () => {
    expect(acceptKey(KEY)).toBe(ACCEPT)
  })

  test('gives the same without anything of the host', () => {
    expect(portableHost.hashToBase64(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)).toBe(ACCEPT)
  })
})

describe('createKey', () => {
  test('makes the key of RFC 6455, 1.3 of its nonce', () => {
    expect(createKey(octets('the sample nonce'))).toBe(KEY)
  })

  test('makes a key of any 16 octets, a different one for each', () => {
    const nonces = fc.uint8Array({ minLength: NONCE_SIZE, maxLength: NONCE_SIZE })
    fc.assert(
      fc.property(nonces, nonces, (a, b) => {
        expect(isKey(createKey(a))).toBe(true)
        expect(createKey(a) === createKey(b)).toBe(a.join() === b.join())
      }),
    )
  })

  test.each([0, 15, 17, 24])('takes no %i octets', (size) => {
    expect(() => createKey(new Uint8Array(size))).toThrow(RangeError)
  })
})

describe('isKey', () => {
  test.each([
    ['the example of RFC 6455, 4.1, whose spare bits are not zero', 'AQIDBAUGBwgJCgsMDQ4PEC=='],
    ['both characters beyond letters and digits', '+/+/+/+/+/+/+/+/+/+/+/=='],
  ])('takes %s', (_, key) => {
    expect(isKey(key)).toBe(true)
  })

  test.each([
    ['', 'nothing'],
    ['dGhlIHNhbXBsZSBub25jZQ', 'no padding'],
    ['dGhlIHNhbXBsZSBub25jZQ=', 'half the padding'],
    ['dGhlIHNhbXBsZSBub25jZQ===', 'too much padding'],
    ['dGhlIHNhbXBsZSBub25jZQ==\n', 'a line feed'],
    [' dGhlIHNhbXBsZSBub25jZQ==', 'a space'],
    ['dGhlIHNhbXBsZSBub25jZTE=', '17 octets'],
    ['dGhlIHNhbXBsZSBub25j', '15 octets'],
    ['dGhlIHNhbXBsZSBub25jZTEyMzQ1Njc4OTA=', '26 octets'],
    ['dGhl=HNhbXBsZSBub25jZQ==', 'padding inside'],
    ['dGhl-HNhbXBsZSBub2_jZQ==', 'the alphabet of URLs'],
    ['dGhl\u00e9HNhbXBsZSBub25jZQ==', 'an octet that is not ASCII'],
  ])('does not take %j: %s', (key) => {
    expect(isKey(key)).toBe(false)
  })
})
