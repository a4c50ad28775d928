import { toHex, wire } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCloseBody, encodeCloseBody, StatusCode } from '../src/index.ts'

describe('decodeCloseBody', () => {
  test('reads an empty body as 1005 without a reason', () => {
    expect(decodeCloseBody(wire``)).toEqual({ code: StatusCode.NO_STATUS, reason: wire`` })
  })

  test('reads no code out of one octet', () => {
    expect(decodeCloseBody(wire`03`)).toBe(null)
  })

  test('reads the code in network byte order and leaves the reason as octets, valid or not', () => {
    expect(decodeCloseBody(wire`03e8`)).toEqual({ code: 1000, reason: wire`` })
    expect(decodeCloseBody(wire`03e9 627965`)).toEqual({ code: 1001, reason: wire`627965` })
    expect(decodeCloseBody(wire`ffff ff`)).toEqual({ code: 65_535, reason: wire`ff` })
  })
})

describe('encodeCloseBody', () => {
  test('writes nothing without a code', () => {
    expect(encodeCloseBody().length).toBe(0)
    expect(encodeCloseBody(undefined, '').length).toBe(0)
  })

  test('writes a reason as UTF-8', () => {
    expect(toHex(encodeCloseBody(1000, 'é'))).toBe('03e8c3a9')
  })

  test('writes codes and reasons that no endpoint may send', () => {
    expect(toHex(encodeCloseBody(0))).toBe('0000')
    expect(toHex(encodeCloseBody(1005, wire`eda080`))).toBe('03ededa080')
    expect(encodeCloseBody(1000, 'x'.repeat(200)).length).toBe(202)
  })

  test('gives back what decodeCloseBody took', () => {
    fc.assert(
      fc.property(fc.nat({ max: 65_535 }), fc.uint8Array({ maxLength: 130 }), (code, reason) => {
        expect(decodeCloseBody(encodeCloseBody(code, reason))).toEqual({ code, reason })
      }),
    )
  })

  test('refuses a code that two octets cannot hold', () => {
    expect(() => encodeCloseBody(65_536)).toThrow('code must be a whole number from 0 to 65535, not 65536')
    expect(() => encodeCloseBody(-1)).toThrow(RangeError)
    expect(() => encodeCloseBody(1000.5)).toThrow(RangeError)
  })

  test('refuses a reason without a code', () => {
    expect(() => encodeCloseBody(undefined, 'bye')).toThrow('cannot carry a reason without a code')
  })
})
