import { toHex } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeFrame,
  encodeHeader,
  headerLength,
  isControl,
  MAX_CONTROL_PAYLOAD,
  Opcode,
  Rsv,
  StatusCode,
  writeHeader,
} from '../src/index.ts'
import { writeObviously } from './obvious.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)
const hello = ascii('Hello')

describe('encodeFrame', () => {
  // RFC 6455 section 5.7
  test.each([
    ['a single-frame unmasked text message', { opcode: Opcode.TEXT }, hello, '810548656c6c6f'],
    [
      'a single-frame masked text message',
      { opcode: Opcode.TEXT, maskingKey: 0x37fa213d },
      hello,
      '818537fa213d7f9f4d5158',
    ],
    ['the first of two fragments', { opcode: Opcode.TEXT, fin: false }, ascii('Hel'), '010348656c'],
    ['the last of two fragments', { opcode: Opcode.CONTINUATION }, ascii('lo'), '80026c6f'],
    ['an unmasked Ping', { opcode: Opcode.PING }, hello, '890548656c6c6f'],
    ['a masked Pong', { opcode: Opcode.PONG, maskingKey: 0x37fa213d }, hello, '8a8537fa213d7f9f4d5158'],
  ])('writes %s of section 5.7', (_, fields, payload, expected) => {
    expect(toHex(encodeFrame(fields, payload))).toBe(expected)
  })

  test('writes 256 bytes and 64 KiB of section 5.7', () => {
    const small = toHex(encodeFrame({ opcode: Opcode.BINARY }, new Uint8Array(256)))
    expect(small).toBe(`827e0100${'00'.repeat(256)}`)
    const large = encodeFrame({ opcode: Opcode.BINARY }, new Uint8Array(65_536))
    expect(toHex(large.subarray(0, 12))).toBe('827f00000000000100000000')
    expect(large.length).toBe(65_546)
  })

  test('writes an empty frame when there is no payload', () => {
    expect(toHex(encodeFrame({ opcode: Opcode.CLOSE }))).toBe('8800')
  })

  test('leaves the payload as it is', () => {
    const payload = hello.slice()
    encodeFrame({ opcode: Opcode.TEXT, maskingKey: 0xffffffff }, payload)
    expect(payload).toEqual(hello)
  })
})

describe('encodeHeader', () => {
  test.each([
    ['every reserved bit', { opcode: Opcode.TEXT, rsv: Rsv.RSV1 | Rsv.RSV2 | Rsv.RSV3 }, 'f105'],
    ['RSV1 alone', { opcode: Opcode.TEXT, rsv: Rsv.RSV1 }, 'c105'],
    ['RSV2 alone', { opcode: Opcode.TEXT, rsv: Rsv.RSV2 }, 'a105'],
    ['RSV3 alone', { opcode: Opcode.TEXT, rsv: Rsv.RSV3 }, '9105'],
    ['a reserved opcode', { opcode: 15, fin: false }, '0f05'],
    ['a masking key of zero', { opcode: Opcode.TEXT, maskingKey: 0 }, '818500000000'],
    ['a length in 16 bits that needs 7', { opcode: Opcode.TEXT, lengthBytes: 2 as const }, '817e0005'],
    [
      'a length in 64 bits that needs 7',
      { opcode: Opcode.TEXT, lengthBytes: 8 as const },
      '817f0000000000000005',
    ],
    ['a length that is a lie', { opcode: Opcode.TEXT, payloadLength: 1000 }, '817e03e8'],
    [
      'the longest legal length',
      { opcode: Opcode.TEXT, payloadLength: 2n ** 63n - 1n },
      '817f7fffffffffffffff',
    ],
    ['the top bit of a length', { opcode: Opcode.TEXT, payloadLength: 2n ** 63n }, '817f8000000000000000'],
    [
      'the largest length there is, masked',
      { opcode: Opcode.TEXT, payloadLength: 2n ** 64n - 1n, maskingKey: 0xfffefdfc },
      '81fffffffffffffffffffffefdfc',
    ],
  ])('writes %s', (_, fields, expected) => {
    expect(toHex(encodeHeader(fields, 5))).toBe(expected)
  })

  test('writes 125, 126, 65,535 and 65,536 in the shortest form', () => {
    expect(toHex(encodeHeader({ opcode: 2 }, 125))).toBe('827d')
    expect(toHex(encodeHeader({ opcode: 2 }, 126))).toBe('827e007e')
    expect(toHex(encodeHeader({ opcode: 2 }, 65_535))).toBe('827effff')
    expect(toHex(encodeHeader({ opcode: 2 }, 65_536))).toBe('827f0000000000010000')
  })

  test.each([
    ['opcode', { opcode: 16 }, 'opcode must be a whole number from 0 to 15, not 16'],
    ['opcode', { opcode: 1.5 }, 'opcode must be a whole number from 0 to 15, not 1.5'],
    ['rsv', { opcode: 1, rsv: -1 }, 'rsv must be a whole number from 0 to 7, not -1'],
    ['masking key', { opcode: 1, maskingKey: 2 ** 32 }, 'from 0 to 4294967295, not 4294967296'],
    ['length', { opcode: 1, payloadLength: -1 }, 'payloadLength must be 0 or more, not -1'],
    ['length', { opcode: 1, payloadLength: 0.5 }, 'payloadLength must be a whole number, not 0.5'],
    ['length', { opcode: 1, payloadLength: 2n ** 64n }, 'does not fit'],
    ['length', { opcode: 1, payloadLength: 126, lengthBytes: 0 as const }, 'at most 125 with lengthBytes 0'],
    [
      'length',
      { opcode: 1, payloadLength: 65_536, lengthBytes: 2 as const },
      'at most 65535 with lengthBytes 2',
    ],
  ])('refuses a %s that its bits cannot hold', (_, fields, message) => {
    expect(() => encodeHeader(fields, 0)).toThrow(RangeError)
    expect(() => encodeHeader(fields, 0)).toThrow(message)
  })
})

describe('writeHeader', () => {
  const length = fc.oneof(
    fc.nat({ max: 130 }),
    fc.integer({ min: 65_500, max: 65_600 }),
    fc.nat(),
    fc.constantFrom(2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER),
  )

  test('writes what encodeHeader writes, and headerLength octets of it', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.nat({ max: 7 }),
        fc.nat({ max: 15 }),
        fc.option(fc.integer({ min: 0, max: 0xffffffff })),
        length,
        (fin, rsv, opcode, key, size) => {
          const target = new Uint8Array(24).fill(0xee)
          const masked = key !== null
          const end = writeHeader(target, 5, fin, rsv, opcode, masked, key ?? 0, size)
          expect(end).toBe(5 + headerLength(size, masked))
          const expected = encodeHeader(
            { fin, rsv, opcode, ...(key === null ? {} : { maskingKey: key }) },
            size,
          )
          expect(toHex(target.subarray(5, end))).toBe(toHex(expected))
          expect(toHex(target)).toBe(`${'ee'.repeat(5)}${toHex(expected)}${'ee'.repeat(24 - end)}`)
        },
      ),
    )
  })

  test('agrees with section 5.2 written bit by bit', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.nat({ max: 7 }),
        fc.nat({ max: 15 }),
        fc.option(fc.integer({ min: 0, max: 0xffffffff })),
        fc.oneof(fc.uint8Array({ maxLength: 140 }), fc.constant(new Uint8Array(65_536))),
        (fin, rsv, opcode, key, payload) => {
          const frame = encodeFrame(
            { fin, rsv, opcode, ...(key === null ? {} : { maskingKey: key }) },
            payload,
          )
          expect(toHex(frame)).toBe(toHex(writeObviously(fin, rsv, opcode, key, payload)))
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('the numbers of the RFC', () => {
  test('tell control frames from data frames', () => {
    const control = Array.from({ length: 16 }, (_, opcode) => opcode).filter(isControl)
    expect(control).toEqual([8, 9, 10, 11, 12, 13, 14, 15])
    expect([Opcode.CLOSE, Opcode.PING, Opcode.PONG].every(isControl)).toBe(true)
    expect([Opcode.CONTINUATION, Opcode.TEXT, Opcode.BINARY].some(isControl)).toBe(false)
  })

  test('are what sections 5.2, 5.5, 7.4.1 and 11.7 say', () => {
    expect(MAX_CONTROL_PAYLOAD).toBe(125)
    expect(Object.values(StatusCode)).toEqual([
      1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015,
    ])
    expect(Object.values(Opcode)).toEqual([0, 1, 2, 8, 9, 10])
  })
})
