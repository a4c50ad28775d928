import { describe, expect, test } from 'vitest'
import { findHeader, type HeaderLine, headerValues } from '../src/index.ts'

const headers: readonly HeaderLine[] = [
  ['Cookie', 'a=1'],
  ['X-Forwarded-For', '::1'],
  ['cOOKIE', 'b=2'],
  ['__proto__', 'x'],
]

describe('header lines', () => {
  test('are found whatever the case of their name, the first one first', () => {
    expect(findHeader(headers, 'cookie')).toBe('a=1')
    expect(findHeader(headers, 'x-forwarded-for')).toBe('::1')
  })

  test('are all given, in order', () => {
    expect(headerValues(headers, 'cookie')).toEqual(['a=1', 'b=2'])
  })

  test.each(['cooki', 'accept', 'constructor', 'toString', ''])(
    'that are not there are not found: %j',
    (name) => {
      expect(findHeader(headers, name)).toBe(undefined)
      expect(headerValues(headers, name)).toEqual([])
    },
  )

  test('may have the names that objects have', () => {
    expect(findHeader(headers, '__proto__')).toBe('x')
    expect(headerValues(headers, '__proto__')).toEqual(['x'])
  })
})
