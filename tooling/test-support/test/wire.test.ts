import { describe, expect, test } from 'vitest'
import { toHex, wire } from '../src/index.ts'

describe('wire', () => {
  test('reads hex with free white space and any case', () => {
    expect(wire`81 05
      48656C6c 6f`).toEqual(Uint8Array.of(0x81, 5, 0x48, 0x65, 0x6c, 0x6c, 0x6f))
    expect(wire``).toEqual(new Uint8Array(0))
  })

  test('takes text and bytes in between', () => {
    expect(wire`88 02 ${'03e8'} ${Uint8Array.of(0, 255)}`).toEqual(Uint8Array.of(0x88, 2, 3, 0xe8, 0, 255))
  })

  test.each(['8', '8g', '0x81', '8 1 0'])('refuses %j, which is not whole bytes', (text) => {
    expect(() => wire`${text}`).toThrow(TypeError)
  })
})

test('toHex writes each byte as two lower case digits', () => {
  expect(toHex(Uint8Array.of(0, 1, 0xab, 255))).toBe('0001abff')
})
