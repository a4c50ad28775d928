import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Extension, type ExtensionParameter, formatExtensions, parseExtensions } from '../src/index.ts'

const extension = (name: string, ...parameters: readonly ExtensionParameter[]): Extension => ({
  name,
  parameters,
})

describe('parseExtensions', () => {
  test.each<[string, readonly string[], readonly Extension[]]>([
    ['no value at all', [], []],
    ['one extension', ['deflate-stream'], [extension('deflate-stream')]],
    [
      'the list of RFC 6455, 9.1',
      ['mux; max-channels=4; flow-control, deflate-stream'],
      [extension('mux', ['max-channels', '4'], ['flow-control', null]), extension('deflate-stream')],
    ],
    [
      'a list in several lines, as in 9.1',
      ['foo', 'bar; baz=2'],
      [extension('foo'), extension('bar', ['baz', '2'])],
    ],
    [
      'the offers of RFC 7692, 7.1.3',
      ['permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate'],
      [
        extension('permessage-deflate', ['client_max_window_bits', null], ['server_max_window_bits', '10']),
        extension('permessage-deflate'),
      ],
    ],
    [
      'white space between all tokens',
      [' a\t; b = 1 ;c =\t"2" , d '],
      [extension('a', ['b', '1'], ['c', '2']), extension('d')],
    ],
    ['no white space', ['a;b=1;c="2",d'], [extension('a', ['b', '1'], ['c', '2']), extension('d')]],
    ['empty elements beside one that is not', [', a,,\t, b ,', ''], [extension('a'), extension('b')]],
    ['quoted values with escapes', ['a; b="\\1\\0"; c="x\\y"'], [extension('a', ['b', '10'], ['c', 'xy'])]],
    [
      'duplicates',
      ['a; b=1; b=2; b, a'],
      [extension('a', ['b', '1'], ['b', '2'], ['b', null]), extension('a')],
    ],
    [
      'names that objects have',
      ['__proto__; constructor=1; __proto__=toString, hasOwnProperty'],
      [extension('__proto__', ['constructor', '1'], ['__proto__', 'toString']), extension('hasOwnProperty')],
    ],
    ['every character of a token', ["!#$%&'*+-.^_`|~09azAZ"], [extension("!#$%&'*+-.^_`|~09azAZ")]],
  ])('reads %s', (_, values, extensions) => {
    expect(parseExtensions(values)).toEqual(extensions)
  })

  test.each([
    ['nothing', ''],
    ['white space', ' \t'],
    ['empty elements alone', ' ,, ,'],
    ['a parameter without name', 'a;'],
    ['an empty parameter between others', 'a; ; b'],
    ['a parameter without extension', '; b'],
    ['a value without parameter', 'a; =1'],
    ['a value of an extension', 'a=1'],
    ['no value behind =', 'a; b='],
    ['no value between = and ;', 'a; b=; c'],
    ['two values', 'a; b=1=2'],
    ['two tokens side by side', 'a b'],
    ['two parameters side by side', 'a; b c'],
    ['two values side by side', 'a; b=1 2'],
    ['a quoted name', '"a"'],
    ['a quoted parameter', 'a; "b"'],
    ['an empty quoted value', 'a; b=""'],
    ['a quoted value that is no token', 'a; b="1 2"'],
    ['a quoted comma', 'a; b="1,2"'],
    ['an escaped quote', 'a; b="\\""'],
    ['an escaped backslash', 'a; b="\\\\"'],
    ['a quoted value that does not end', 'a; b="1'],
    ['a quoted value that ends in an escape', 'a; b="1\\'],
    ['a quoted value that ends in an escaped quote', 'a; b="1\\"'],
    ['text behind a quoted value', 'a; b="1"2'],
    ['single quotes around a space', "a; b='1 2'"],
    ['a separator', 'a/b'],
    ['a colon', 'a:b'],
    ['an octet above 0x7f in a name', 'a\xe9'],
    ['an octet above 0x7f in a quoted value', 'a; b="\xe9"'],
    ['a control character', 'a\x00'],
    ['a line feed', 'a\n'],
    ['a no-break space', 'a;\xa0b'],
  ])('refuses %s', (_, value) => {
    expect(parseExtensions([value])).toBe(null)
  })

  test('refuses all values when one of them is malformed', () => {
    expect(parseExtensions(['a', 'b;', 'c'])).toBe(null)
  })

  // Each of these would take hours in a parser that tries again from every place, or copies what is left.
  test.each([
    ['white space', `a${' '.repeat(2_000_000)}`, true],
    ['white space before something wrong', `a;b${' \t'.repeat(1_000_000)}"`, false],
    ['a token', 'a'.repeat(4_000_000), true],
    ['parameters', `a${';b=1'.repeat(500_000)}`, true],
    ['extensions', 'a,'.repeat(500_000), true],
    ['empty elements', `${','.repeat(2_000_000)}a`, true],
    ['escapes in a quoted value', `a; b="${'\\a'.repeat(1_000_000)}"`, true],
    ['escapes in a quoted value that does not end', `a; b="${'\\"'.repeat(1_000_000)}`, false],
    ['quotes', `a; b=${'"'.repeat(2_000_000)}`, false],
  ])('comes to an end with megabytes of %s', (_, value, legal) => {
    expect(parseExtensions([value]) !== null).toBe(legal)
  })

  test('neither throws nor says yes to what the grammar does not have', () => {
    // The grammar as one expression: obvious, and slow on what is nearly right.
    const token = "[!#$%&'*+\\-.^_`|~\\w]+"
    const parameter = `;[ \t]*${token}[ \t]*(=[ \t]*(${token}|"(\\\\?${token.slice(0, -1)})+"))?[ \t]*`
    const one = `[ \t]*(${token}[ \t]*(${parameter})*)?`
    const obvious = new RegExp(`^${one}(,${one})*$`)
    const characters = fc.constantFrom(...'ab1;;==,," \t"\\/\x00\xe9')
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 14 }), (value) => {
        const listsSome = /[ab1]/.test(value)
        expect(parseExtensions([value]) !== null).toBe(listsSome && obvious.test(value))
      }),
      { numRuns: 5000 },
    )
  })
})

const token = fc.string({
  unit: fc.constantFrom(..."!#$%&'*+-.^_`|~0189abyzABYZ"),
  minLength: 1,
  maxLength: 8,
})
const anyExtension = fc.record({
  name: token,
  parameters: fc.array(fc.tuple(token, fc.option(token)), { maxLength: 4 }),
})

describe('formatExtensions', () => {
  test('writes what parseExtensions reads', () => {
    fc.assert(
      fc.property(fc.array(anyExtension, { minLength: 1, maxLength: 4 }), (extensions) => {
        expect(parseExtensions([formatExtensions(extensions)])).toEqual(extensions)
      }),
    )
  })

  test('writes as the RFC does', () => {
    expect(
      formatExtensions([extension('mux', ['max-channels', '4'], ['flow-control', null]), extension('x')]),
    ).toBe('mux; max-channels=4; flow-control, x')
  })

  test.each([
    ['name', extension('a b')],
    ['empty name', extension('')],
    ['parameter', extension('a', ['b\r\nX: y', null])],
    ['value', extension('a', ['b', '1, evil'])],
    ['empty value', extension('a', ['b', ''])],
  ])('does not write a %s that is no token', (_, wrong) => {
    expect(() => formatExtensions([wrong])).toThrow(TypeError)
  })
})
