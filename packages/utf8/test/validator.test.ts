import { byteByByte, chunkings, toHex, wire } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isUtf8, Utf8Validator } from '../src/index.ts'
import { firstImpossible, judge } from './obvious.ts'
import { anyUtf8, nearlyUtf8 } from './texts.ts'

/** Index of the chunk at which the validator refuses, or -1. */
function refusedAt(chunks: readonly Uint8Array[], validator = new Utf8Validator()): number {
  return chunks.findIndex((chunk) => !validator.push(chunk))
}

describe('isUtf8', () => {
  test.each([
    ['nothing', wire``, true],
    ['RFC 3629 section 7: "A<NOT IDENTICAL TO><ALPHA>."', wire`41 e2 89 a2 ce 91 2e`, true],
    ['RFC 3629 section 7: "hangugeo"', wire`ed 95 9c ea b5 ad ec 96 b4`, true],
    ['RFC 3629 section 7: "nihongo"', wire`e6 97 a5 e6 9c ac e8 aa 9e`, true],
    ['RFC 3629 section 7: BOM and the stump of a tree', wire`ef bb bf f0 a3 8e b4`, true],
    ['the last of two octets', wire`df bf`, true],
    ['the last before the surrogates', wire`ed 9f bf`, true],
    ['the first after the surrogates', wire`ee 80 80`, true],
    ['the last scalar value', wire`f4 8f bf bf`, true],
    ['a noncharacter', wire`ef bf bf`, true],
    ['a first octet alone', wire`c3`, false],
    ['a tail alone', wire`80`, false],
    ['RFC 3629 section 10: NUL in two octets', wire`c0 80`, false],
    ['RFC 3629 section 10: "/../" written too long', wire`2f c0 ae 2e 2f`, false],
    ['a surrogate', wire`ed a0 80`, false],
    ['a pair of surrogates (CESU-8)', wire`ed a1 8c ed be b4`, false],
    ['more than U+10FFFF', wire`f4 90 80 80`, false],
    ['a sequence of five octets', wire`f8 88 80 80 80`, false],
  ])('judges %s', (_, bytes, valid) => {
    expect(isUtf8(bytes)).toBe(valid)
    const padding = new Uint8Array(100).fill(0x20)
    expect(isUtf8(Uint8Array.from([...padding, ...bytes]))).toBe(valid)
    expect(isUtf8(Uint8Array.from([...bytes, ...padding]))).toBe(valid)
  })

  test('agrees with RFC 3629 read aloud on every input', () => {
    fc.assert(
      fc.property(nearlyUtf8, (bytes) => {
        expect(isUtf8(bytes)).toBe(judge(bytes) === 'valid')
      }),
    )
  })

  test('agrees with the Encoding standard on every input', () => {
    fc.assert(
      fc.property(nearlyUtf8, (bytes) => {
        let decodes = true
        try {
          new TextDecoder('utf-8', { fatal: true }).decode(bytes)
        } catch {
          decodes = false
        }
        expect(isUtf8(bytes)).toBe(decodes)
      }),
    )
  })
})

describe('Utf8Validator', () => {
  test('accepts every scalar value and refuses every surrogate', () => {
    const validator = new Utf8Validator()
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code === 0xd800) code = 0xe000
      if (!validator.push(encode(code)) || !validator.complete) expect.fail(`refused U+${code.toString(16)}`)
    }
    for (let code = 0xd800; code < 0xe000; code++) {
      validator.reset()
      if (validator.push(encode(code))) expect.fail(`accepted U+${code.toString(16)}`)
    }
  })

  test('decides every sequence of up to three octets as RFC 3629 read aloud', () => {
    const validator = new Utf8Validator()
    const bytes = new Uint8Array(3)
    for (let value = 0; value < 0x100_0000; value += value < 0x80_0000 ? 0x1_0000 : 1) {
      // Beyond the first octets, the ends of each range of octets stand for all of it.
      if (value >= 0x80_0000 && !isEdge(value & 0xff)) continue
      if (value >= 0x80_0000 && !isEdge((value >> 8) & 0xff)) continue
      bytes[0] = value >> 16
      bytes[1] = value >> 8
      bytes[2] = value
      for (let length = 1; length <= 3; length++) {
        validator.reset()
        const part = bytes.subarray(0, length)
        const expected = judge(part)
        if (
          validator.push(part) !== (expected !== 'impossible') ||
          validator.complete !== (expected === 'valid')
        )
          expect.fail(`${toHex(part)} is ${expected}`)
      }
    }
  })

  test.each([
    ['a tail where none is due', wire`41 80`, 1],
    ['C0, which could only begin something too long', wire`c0`, 0],
    ['C1, which could only begin something too long', wire`c1`, 0],
    ['F5, beyond U+10FFFF', wire`f5`, 0],
    ['FF', wire`ff`, 0],
    ['the second octet of a surrogate', wire`ed a0`, 1],
    ['the second octet of three that are too many', wire`e0 80`, 1],
    ['the second octet of four that are too many', wire`f0 80`, 1],
    ['the second octet beyond U+10FFFF', wire`f4 90`, 1],
    ['a first octet where a tail is due', wire`e2 89 c3`, 2],
    ['the last octet of a fourth that is no tail', wire`f0 9f 8c 41`, 3],
    [
      'Autobahn 6.4.1: beyond U+10FFFF after good text',
      wire`ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80`,
      12,
    ],
  ])('refuses at %s', (_, bytes, index) => {
    expect(refusedAt(byteByByte(bytes))).toBe(index)
    expect(firstImpossible(bytes)).toBe(index)
  })

  test('refuses exactly at the first impossible byte, however the input is cut', () => {
    fc.assert(
      fc.property(
        nearlyUtf8.chain((bytes) => fc.tuple(fc.constant(bytes), chunkings(bytes))),
        ([bytes, chunks]) => {
          const impossible = firstImpossible(bytes)
          const validator = new Utf8Validator()
          let received = 0
          for (const chunk of chunks) {
            received += chunk.length
            expect(validator.push(chunk)).toBe(impossible === -1 || impossible >= received)
            expect(validator.valid).toBe(impossible === -1 || impossible >= received)
            expect(validator.complete).toBe(judge(bytes.subarray(0, received)) === 'valid')
          }
        },
      ),
    )
  })

  test('takes ASCII of any length, and sees what is none behind it', () => {
    for (let length = 0; length <= 100; length++) {
      const bytes = new Uint8Array(length + 1).fill(0x61)
      expect(new Utf8Validator().push(bytes)).toBe(true)
      bytes[length] = 0x80
      expect(new Utf8Validator().push(bytes)).toBe(false)
    }
  })

  test('takes a long text whatever character the cut goes through', () => {
    const bytes = new TextEncoder().encode('aé世🌍'.repeat(20))
    for (let cut = 0; cut <= bytes.length; cut++) {
      const validator = new Utf8Validator()
      expect(validator.push(bytes, 0, cut)).toBe(true)
      expect(validator.push(bytes, cut)).toBe(true)
      expect(validator.complete).toBe(true)
    }
  })

  test('refuses a long part that holds, begins or goes on with something impossible', () => {
    const long = new Uint8Array(100).fill(0x61)
    for (const at of [0, 50, 99]) {
      expect(new Utf8Validator().push(long.with(at, 0xff))).toBe(false)
    }
    const validator = new Utf8Validator()
    expect(validator.push(wire`e2 89`)).toBe(true)
    expect(validator.push(long)).toBe(false)
    expect(validator.push(long)).toBe(false)
  })

  test('agrees with itself at every single cut of long inputs', () => {
    fc.assert(
      fc.property(nearlyUtf8, (bytes) => {
        const impossible = firstImpossible(bytes)
        for (let cut = 0; cut <= bytes.length; cut++) {
          const validator = new Utf8Validator()
          expect(validator.push(bytes, 0, cut)).toBe(impossible === -1 || impossible >= cut)
          expect(validator.push(bytes, cut)).toBe(impossible === -1)
          expect(validator.complete).toBe(judge(bytes) === 'valid')
        }
      }),
      { numRuns: 40 },
    )
  })

  test('reads only the part it is told to', () => {
    fc.assert(
      fc.property(
        anyUtf8,
        fc.uint8Array({ maxLength: 5 }),
        fc.uint8Array({ maxLength: 5 }),
        (bytes, before, after) => {
          const chunk = Uint8Array.from([...before, ...bytes, ...after])
          const validator = new Utf8Validator()
          expect(validator.push(chunk, before.length, before.length + bytes.length)).toBe(true)
          expect(validator.complete).toBe(true)
        },
      ),
    )
  })

  test('stays refused until it is reset', () => {
    const validator = new Utf8Validator()
    expect(validator.push(wire`ff`)).toBe(false)
    expect(validator.push(wire`41`)).toBe(false)
    expect(validator.push(new Uint8Array(100).fill(0x41))).toBe(false)
    expect(validator.push(wire``)).toBe(false)
    expect([validator.valid, validator.complete]).toEqual([false, false])
    validator.reset()
    expect(validator.push(wire`41`)).toBe(true)
    expect([validator.valid, validator.complete]).toEqual([true, true])
  })

  test('forgets half a character when it is reset', () => {
    const validator = new Utf8Validator()
    expect(validator.push(wire`e2 89`)).toBe(true)
    expect(validator.complete).toBe(false)
    validator.reset()
    expect(validator.complete).toBe(true)
    expect(validator.push(wire`a2`)).toBe(false)
  })

  test('does not modify what it reads', () => {
    fc.assert(
      fc.property(nearlyUtf8, (bytes) => {
        const before = bytes.slice()
        new Utf8Validator().push(bytes)
        expect(bytes).toEqual(before)
      }),
    )
  })
})

/** The bits of any 21-bit number in the form of RFC 3629 section 3, surrogates too. */
function encode(code: number): Uint8Array {
  if (code < 0x80) return Uint8Array.of(code)
  if (code < 0x800) return Uint8Array.of(0xc0 | (code >> 6), 0x80 | (code & 0x3f))
  if (code < 0x10000)
    return Uint8Array.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
  return Uint8Array.of(
    0xf0 | (code >> 18),
    0x80 | ((code >> 12) & 0x3f),
    0x80 | ((code >> 6) & 0x3f),
    0x80 | (code & 0x3f),
  )
}

const EDGES = new Set([
  0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
  0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
])
const isEdge = (octet: number): boolean => EDGES.has(octet)
