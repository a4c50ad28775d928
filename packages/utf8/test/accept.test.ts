import { wire } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Utf8Validator } from '../src/index.ts'
import { firstImpossible } from './obvious.ts'
import { nearlyUtf8 } from './texts.ts'

/** The same, byte by byte. */
function countObviously(bytes: Uint8Array): number {
  const validator = new Utf8Validator()
  let count = 0
  while (count < bytes.length && validator.push(bytes, count, count + 1)) count++
  return count
}

describe('accept', () => {
  test('says how many bytes stand before the first impossible one', () => {
    expect(new Utf8Validator().accept(wire`48 65 6c ed a0 80`)).toBe(4)
    expect(new Utf8Validator().accept(wire`48 65 6c`)).toBe(3)
    expect(new Utf8Validator().accept(wire`ff`)).toBe(0)
  })

  test('counts from the start it is given and goes on from what was pushed', () => {
    const validator = new Utf8Validator()
    validator.push(wire`e2 82`)
    expect(validator.accept(wire`00 ac 41 c0 00`, 1, 5)).toBe(2)
    expect(validator.valid).toBe(false)
  })

  test('takes nothing after an impossible byte', () => {
    const validator = new Utf8Validator()
    validator.push(wire`ff`)
    expect(validator.accept(wire`41`)).toBe(0)
  })

  test('agrees with pushing byte by byte', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 }).map((s) => new TextEncoder().encode(s))
    const input = fc.tuple(text, fc.uint8Array({ maxLength: 4 }), text)
    fc.assert(
      fc.property(input, (pieces) => {
        const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]))
        expect(new Utf8Validator().accept(bytes)).toBe(countObviously(bytes))
      }),
    )
  })

  test('agrees with RFC 3629 read aloud at every cut', () => {
    fc.assert(
      fc.property(nearlyUtf8, fc.nat(), (bytes, position) => {
        const cut = position % (bytes.length + 1)
        const impossible = firstImpossible(bytes)
        const good = impossible === -1 ? bytes.length : impossible
        const validator = new Utf8Validator()
        expect(validator.accept(bytes, 0, cut)).toBe(Math.min(cut, good))
        expect(validator.accept(bytes, cut)).toBe(Math.max(0, good - cut))
      }),
    )
  })
})
