import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatSubprotocols, parseSubprotocols } from '../src/index.ts'

describe('parseSubprotocols', () => {
  test.each([
    [[], []],
    [['chat, superchat'], ['chat', 'superchat']],
    [
      ['chat', ' superchat\t,v2.example '],
      ['chat', 'superchat', 'v2.example'],
    ],
    [['chat', ''], ['chat']],
    [[',a,,'], ['a']],
    [['Chat,chat'], ['Chat', 'chat']],
    [
      ['__proto__', 'constructor'],
      ['__proto__', 'constructor'],
    ],
  ])('reads %j as %j', (values, subprotocols) => {
    expect(parseSubprotocols(values)).toEqual(subprotocols)
  })

  test.each([
    [['']],
    [[' , ']],
    [['chat chat']],
    [['chat, chat']],
    [['chat', 'chat']],
    [['chat;q=1']],
    [['"chat"']],
    [['http://example.com']],
    [['ch\xe4t']],
    [['chat\x00']],
    [['chat\xa0']],
  ])('refuses %j', (values) => {
    expect(parseSubprotocols(values)).toBe(null)
  })

  test('comes to an end with a megabyte of white space and with a hundred thousand subprotocols', () => {
    expect(parseSubprotocols([`a${' '.repeat(1_000_000)}b`])).toBe(null)
    expect(parseSubprotocols([Array.from({ length: 100_000 }, (_, i) => i).join()])).toHaveLength(100_000)
  })
})

describe('formatSubprotocols', () => {
  test('writes what parseSubprotocols reads', () => {
    const token = fc.string({ unit: fc.constantFrom(..."!#$%&'*+-.^_`|~09azAZ"), minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.uniqueArray(token, { minLength: 1 }), (subprotocols) => {
        expect(parseSubprotocols([formatSubprotocols(subprotocols)])).toEqual(subprotocols)
      }),
    )
  })

  test.each([[['a', 'a']], [['']], [['a,b']], [['a\r\nX: y']]])('does not write %j', (subprotocols) => {
    expect(() => formatSubprotocols(subprotocols)).toThrow(TypeError)
  })
})
