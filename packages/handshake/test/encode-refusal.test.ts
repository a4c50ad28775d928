import { describe, expect, test } from 'vitest'
import { encodeRefusal, HeadReader, reasonPhrase, refusals } from '../src/index.ts'
import { head, octets, text } from './heads.ts'

describe('encodeRefusal', () => {
  test('writes a whole response that ends the connection', () => {
    expect(text(encodeRefusal(refusals.methodNotGet))).toBe(
      `${head(
        'HTTP/1.1 405 Method Not Allowed',
        'Allow: GET',
        'Connection: close',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Length: 39',
      )}The method of the request MUST be GET.\n`,
    )
  })

  test('names Upgrade in Connection where it asks for one', () => {
    expect(text(encodeRefusal(refusals.versionUnsupported))).toContain(
      '\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\n',
    )
  })

  test.each(Object.entries(refusals))('writes the row %s with its length', (_, refusal) => {
    const reading = new HeadReader('response').receive(encodeRefusal(refusal))
    if (!reading?.ok) throw new Error('not read')
    expect(reading.head).toMatchObject({ status: refusal.status, reason: reasonPhrase(refusal.status) })
    expect(reading.head.reason).not.toBe('')
    expect(text(reading.rest)).toBe(refusal.body)
    expect(reading.head.headers).toContainEqual(['Content-Length', String(reading.rest.length)])
  })

  test("writes the caller's own body and its type", () => {
    const headers = [
      ['Content-Type', 'application/json'],
      ['WWW-Authenticate', 'Basic'],
    ] as const
    expect(text(encodeRefusal({ status: 401, headers, body: octets('{}') }))).toBe(
      `${head(
        'HTTP/1.1 401 Unauthorized',
        'Content-Type: application/json',
        'WWW-Authenticate: Basic',
        'Connection: close',
        'Content-Length: 2',
      )}{}`,
    )
  })

  test('counts octets of text, not characters', () => {
    expect(text(encodeRefusal({ status: 403, body: '\u20ac' }))).toContain(
      '\r\nContent-Length: 3\r\n\r\n\xe2\x82\xac',
    )
  })

  test('needs no body and no known status', () => {
    expect(text(encodeRefusal({ status: 599 }))).toBe(
      head('HTTP/1.1 599 ', 'Connection: close', 'Content-Length: 0'),
    )
  })

  test('answers HEAD without the content, and with its length', () => {
    const answer = encodeRefusal(refusals.methodNotGet, 'HEAD')
    expect(text(answer)).toBe(
      text(encodeRefusal(refusals.methodNotGet, 'GET')).slice(0, -refusals.methodNotGet.body.length),
    )
  })

  test.each([101, 199, 204, 205, 304, 600, 400.5, Number.NaN])('takes no status %d', (status) => {
    expect(() => encodeRefusal({ status })).toThrow(RangeError)
  })

  test.each([5, null, ['a'], new Uint16Array(1), new ArrayBuffer(1), {}])('takes no body %j', (body) => {
    expect(() => Reflect.apply(encodeRefusal, undefined, [{ status: 400, body }])).toThrow(
      new TypeError('the body of a refusal is a string or a Uint8Array'),
    )
  })

  test.each([
    ['Content-Length', '5'],
    ['Transfer-Encoding', 'chunked'],
    ['connection', 'keep-alive'],
    ['X', 'a\r\nb: c'],
    ['X\r\n', 'a'],
  ])('takes no header %j: %j', (name, value) => {
    expect(() => encodeRefusal({ status: 400, headers: [[name, value]] })).toThrow(TypeError)
  })
})
