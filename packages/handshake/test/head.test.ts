import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeHead, HeadReader } from '../src/index.ts'
import { head, request, response, text } from './heads.ts'

const from = (characters: string) => fc.constantFrom(...characters)
const token = fc.string({ unit: from("!#$%&'*+-.^_`|~09azAZ"), minLength: 1, maxLength: 8 })
const value = fc
  .string({
    unit: fc.oneof(
      from(' \t'),
      fc.integer({ min: 0x21, max: 0x7e }).map(String.fromCharCode),
      from('\x80\xa0\xff'),
    ),
  })
  .map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ''))
const target = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map(String.fromCharCode),
  minLength: 1,
})
const headers = fc.array(fc.tuple(token, value), { maxLength: 8 })
const version = fc.tuple(fc.nat(9), fc.nat(9)).map((digits) => digits.join('.'))

describe('encodeHead', () => {
  test('writes requests that are read as what they were', () => {
    fc.assert(
      fc.property(fc.record({ method: token, target, version, headers }), (requestHead) => {
        expect(new HeadReader('request').receive(encodeHead(requestHead))).toMatchObject({
          ok: true,
          head: requestHead,
        })
      }),
    )
  })

  test('writes responses that are read as what they were', () => {
    const status = fc.integer({ min: 200, max: 999 })
    fc.assert(
      fc.property(fc.record({ version, status, reason: value, headers }), (responseHead) => {
        expect(new HeadReader('response').receive(encodeHead(responseHead))).toMatchObject({
          ok: true,
          head: responseHead,
        })
      }),
    )
  })

  test('writes what it is told, legal or not', () => {
    const odd = {
      method: 'FOO',
      target: '*',
      version: '0.9',
      headers: [
        ['Host', ''],
        ['host', 'b'],
      ],
    } as const
    expect(text(encodeHead(odd))).toBe(head('FOO * HTTP/0.9', 'Host: ', 'host: b'))
  })

  test.each([
    ['a method', request({}, { method: 'GET / HTTP/1.1\r\nX:' })],
    ['an empty method', request({}, { method: '' })],
    ['a target', request({}, { target: '/ HTTP/1.1\r\nX: y' })],
    ['a target with a space', request({}, { target: '/a b' })],
    ['an empty target', request({}, { target: '' })],
    ['a version', request({}, { version: '1.1\r\nX: y' })],
    ['a status', response({}, { status: 1e21 })],
    ['half a status', response({}, { status: 101.5 })],
    ['a low status', response({}, { status: 99 })],
    ['a high status', response({}, { status: 1000 })],
    ['a reason', response({}, { reason: 'OK\r\nX: y' })],
    ['a version of a response', response({}, { version: '' })],
    ['a name', request({ 'X\r\nY': 'z' })],
    ['a name with a colon', request({ 'X:': 'z' })],
    ['an empty name', request({ '': 'z' })],
    ['a value', request({ X: 'y\r\nZ: z' })],
    ['a value with a bare LF', request({ X: 'y\nZ: z' })],
    ['a value with NUL', request({ X: '\x00' })],
    ['a value that is not latin1', request({ X: '\u20ac' })],
    ['a value whose low octet is LF', request({ X: '\u010a' })],
  ])('does not write %s that could break the head', (_, broken) => {
    expect(() => encodeHead(broken)).toThrow(TypeError)
  })

  test('never shows the value that it does not write', () => {
    expect(() => encodeHead(request({ Authorization: 'Basic c2VjcmV0\n' }))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('c2VjcmV0') }),
    )
  })
})
