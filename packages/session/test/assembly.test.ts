import { OutputBuffer } from '@hybi/frame'
import { toHex } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Assembly, isWorthAdopting } from '../src/assembly.ts'
import { cloneBytes, keepBytes, viewBytes } from '../src/memory.ts'
import { writeMessage } from '../src/message.ts'
import { allocate, findAllocator } from '../src/native.ts'
import { concat } from './support.ts'

/** What was put together, as the application gets it. */
const take = (assembly: Assembly): Uint8Array => assembly.take(true, false).bytes

describe('Assembly', () => {
  test('joins pieces of any size, of one message after the other', () => {
    const messages = fc.array(fc.array(fc.uint8Array({ maxLength: 600 }), { minLength: 1, maxLength: 20 }))
    fc.assert(
      fc.property(messages, (all) => {
        const assembly = new Assembly()
        const taken = all.map((pieces) => {
          for (const piece of pieces) assembly.append(piece, 0, piece.length, null)
          expect(assembly.size).toBe(concat(...pieces).length)
          return assembly.take(true, false)
        })
        expect(assembly.size).toBe(0)
        expect(taken.map(({ bytes }) => bytes)).toEqual(all.map((pieces) => concat(...pieces)))
      }),
    )
  })

  test('keeps messages apart that grow side by side', () => {
    const pieces = fc.array(fc.tuple(fc.nat(2), fc.uint8Array({ maxLength: 3000 }), fc.boolean()), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(pieces, (all) => {
        const growing = [0, 1, 2].map(() => ({ assembly: new Assembly(), bytes: concat() }))
        const done: [taken: Uint8Array, expected: Uint8Array][] = []
        for (const [index, piece, final] of all) {
          const one = growing[index]
          one.assembly.append(piece, 0, piece.length, final ? 0 : null)
          one.bytes = concat(one.bytes, piece)
          if (!final) continue
          done.push([take(one.assembly), one.bytes])
          one.bytes = concat()
        }
        for (const [taken, expected] of done) expect(taken).toEqual(expected)
      }),
    )
  })

  test('allocates exactly what is declared when enough of it has come', () => {
    const assembly = new Assembly()
    assembly.append(new Uint8Array(3000), 0, 3000, 7000)
    assembly.append(new Uint8Array(7000), 0, 7000, 0)
    expect(take(assembly).buffer.byteLength).toBe(10_000)
  })

  test('believes a declared length only up to four times of what has come', () => {
    const assembly = new Assembly()
    assembly.append(new Uint8Array(6000), 0, 6000, 2 ** 40)
    assembly.append(new Uint8Array(17_000), 0, 17_000, 0)
    expect(take(assembly).buffer.byteLength).toBe(24_000)
  })

  test('grows by doubling, so that a byte is copied a bounded number of times', () => {
    const assembly = new Assembly()
    for (let i = 0; i < 100_000; i++) assembly.append(Uint8Array.of(i), 0, 1, null)
    expect(assembly.size).toBe(100_000)
    const bytes = take(assembly)
    expect(bytes.buffer.byteLength).toBeLessThanOrEqual(200_000)
    expect(bytes[99_999]).toBe(99_999 & 0xff)
  })

  test('keeps what it adopts where it lies, between what it copies', () => {
    const large = Uint8Array.from({ length: 20_000 }, (_, i) => i)
    const parts = fc.array(fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 600 }), fc.constant(large)), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(parts, (all) => {
        const assembly = new Assembly()
        for (const part of all) {
          if (part === large) assembly.adopt(part, 0, part.length, null)
          else assembly.append(part, 0, part.length, null)
        }
        expect(assembly.size).toBe(concat(...all).length)
        const message = assembly.take(true, false)
        expect(assembly.size).toBe(0)
        const output = new OutputBuffer()
        writeMessage(message, output, null)
        const sent = output.take().filter(({ buffer }) => buffer === large.buffer)
        expect(sent.length).toBe(all.filter((part) => part === large).length)
        expect(toHex(message.bytes)).toBe(toHex(concat(...all)))
      }),
    )
  })

  test('closes the ranks of what lies in one chunk, and of what follows in others', () => {
    const part = fc.record({ gap: fc.nat(14), bytes: fc.uint8Array({ maxLength: 300 }) })
    const chunks = fc.array(fc.array(part, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(chunks, (all) => {
        const assembly = new Assembly()
        const read = all.map((parts) => {
          const chunk = concat(...parts.flatMap(({ gap, bytes }) => [new Uint8Array(gap).fill(0xaa), bytes]))
          let at = 0
          for (const { gap, bytes } of parts) {
            assembly.adopt(chunk, at + gap, at + gap + bytes.length, null)
            at += gap + bytes.length
          }
          assembly.leaveChunk()
          return chunk
        })
        for (const chunk of read) chunk.fill(0xbb)
        expect(toHex(take(assembly))).toBe(toHex(concat(...all.flat().map(({ bytes }) => bytes))))
      }),
    )
  })

  test('leaves what the reader has not read as it is', () => {
    const assembly = new Assembly()
    const chunk = Uint8Array.from({ length: 100 }, (_, i) => i)
    assembly.adopt(chunk, 10, 20, null)
    assembly.adopt(chunk, 30, 50, null)
    expect(chunk.subarray(50)).toEqual(Uint8Array.from({ length: 50 }, (_, i) => 50 + i))
    expect(take(assembly)).toEqual(Uint8Array.from({ length: 30 }, (_, i) => (i < 10 ? 10 + i : 20 + i)))
  })

  test('adopts what is large, and a large part of its memory', () => {
    const memory = new Uint8Array(65_536)
    expect(isWorthAdopting(memory, 0, 16_384)).toBe(true)
    expect(isWorthAdopting(new Uint8Array(60_000), 0, 16_000)).toBe(true)
    expect(isWorthAdopting(new Uint8Array(60_000), 0, 15_999)).toBe(false)
    expect(isWorthAdopting(new Uint8Array(65_540), 0, 16_384)).toBe(false)
    expect(isWorthAdopting(new Uint8Array(1000), 0, 1000)).toBe(false)
  })

  test('hands out no view of the memory that small messages share', () => {
    for (const size of [1, 100, 4095, 4096, 4097]) {
      const assembly = new Assembly()
      assembly.append(new Uint8Array(size), 0, size, 0)
      expect(take(assembly).buffer.byteLength).toBe(size)
    }
  })
})

describe('memory', () => {
  const source = Uint8Array.from({ length: 300 }, (_, i) => i)

  test('views, clones and keeps the same bytes', () => {
    const inner = source.subarray(10)
    for (const look of [viewBytes, cloneBytes, keepBytes])
      expect(look(inner, 5, 9)).toEqual(source.slice(15, 19))
  })

  test('keeps a view of a quarter of the buffer, and a copy of less', () => {
    expect(keepBytes(source, 0, 75).buffer).toBe(source.buffer)
    expect(keepBytes(source, 0, 74).buffer).not.toBe(source.buffer)
  })
})

describe('allocation', () => {
  test('gives plain memory of its own, of exactly the size', () => {
    for (const size of [0, 1, 5000]) {
      const memory = allocate(size)
      expect([memory.constructor, memory.length, memory.buffer.byteLength]).toEqual([Uint8Array, size, size])
    }
  })

  test('does without a runtime that knows better', () => {
    for (const runtime of [{}, { process: {} }, { process: { getBuiltinModule: () => undefined } }]) {
      expect(findAllocator(runtime)(3)).toEqual(new Uint8Array(3))
    }
  })

  test('takes memory that is not filled where there is some', () => {
    const asked: number[] = []
    const Buffer = {
      allocUnsafeSlow(size: number): Uint8Array {
        asked.push(size)
        return new Uint8Array(size)
      },
    }
    expect(findAllocator({ process: { getBuiltinModule: () => ({ Buffer }) } })(4)).toHaveLength(4)
    expect(asked).toEqual([4])
  })
})
