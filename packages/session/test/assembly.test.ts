import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Assembly } from '../src/assembly.ts'
import { BorrowedInput } from '../src/borrowed.ts'
import { cloneBytes, copyBytes, keepBytes, viewBytes } from '../src/memory.ts'
import { allocate, findAllocator } from '../src/native.ts'
import { concat } from './support.ts'

describe('Assembly', () => {
  test('joins pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { minLength: 1, maxLength: 20 }), (pieces) => {
        const assembly = new Assembly()
        for (const piece of pieces) assembly.append(piece, 0, piece.length, null)
        const whole = concat(...pieces)
        expect(assembly.size).toBe(whole.length)
        expect(assembly.take().slice(0, whole.length)).toEqual(whole)
        expect(assembly.size).toBe(0)
      }),
    )
  })

  test('allocates exactly what is declared when enough of it has come', () => {
    const assembly = new Assembly()
    assembly.append(new Uint8Array(300), 0, 300, 700)
    expect(assembly.take()).toHaveLength(1000)
  })

  test('believes a declared length only up to four times of what has come', () => {
    const assembly = new Assembly()
    assembly.append(new Uint8Array(300), 0, 300, 2 ** 40)
    expect(assembly.take()).toHaveLength(1200)
  })

  test('grows by doubling, so that a byte is copied a bounded number of times', () => {
    const assembly = new Assembly()
    for (let i = 0; i < 100_000; i++) assembly.append(Uint8Array.of(i), 0, 1, null)
    expect(assembly.size).toBe(100_000)
    const memory = assembly.take()
    expect(memory.length).toBeLessThanOrEqual(200_000)
    expect(memory[99_999]).toBe(99_999 & 0xff)
  })
})

describe('BorrowedInput', () => {
  test('shares memory as large as the read between its copies, and starts anew for the next', () => {
    const borrowed = new BorrowedInput()
    borrowed.expect(20)
    borrowed.copy(Uint8Array.of(0, 1, 2, 3), 1, 3)
    const shared = borrowed.memory
    expect([borrowed.start, borrowed.end, shared.length]).toEqual([0, 2, 20])
    borrowed.copy(Uint8Array.of(9), 0, 1)
    expect(borrowed.memory).toBe(shared)
    expect([borrowed.start, borrowed.end]).toEqual([2, 3])
    borrowed.release()
    borrowed.expect(5)
    borrowed.copy(Uint8Array.of(8), 0, 1)
    expect(borrowed.memory).not.toBe(shared)
    expect(Array.from(shared.subarray(0, 3))).toEqual([1, 2, 9])
  })

  test('takes no more than 16 KiB ahead, and for a large message its own size', () => {
    const borrowed = new BorrowedInput()
    borrowed.expect(1_000_000)
    borrowed.copy(Uint8Array.of(1), 0, 1)
    expect(borrowed.memory).toHaveLength(16_384)
    borrowed.copy(new Uint8Array(100_000), 0, 100_000)
    expect(borrowed.memory).toHaveLength(100_000)
  })
})

describe('memory', () => {
  const source = Uint8Array.from({ length: 300 }, (_, i) => i)

  test('copies short and long pieces alike', () => {
    for (const size of [0, 1, 48, 49, 200]) {
      const target = new Uint8Array(210)
      copyBytes(source, 50, 50 + size, target, 7)
      expect(target.slice(7, 7 + size)).toEqual(source.slice(50, 50 + size))
      expect(target.slice(7 + size).every((byte) => byte === 0)).toBe(true)
    }
  })

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
