import { describe, expect, test } from 'vitest'
import { checkRequest, createRequest, encodeHead } from '../src/index.ts'
import { head, KEY, text } from './heads.ts'

const url = 'ws://server.example.com/chat'

describe('the request of a client', () => {
  test('is the one of RFC 6455, 1.3', () => {
    const request = createRequest({
      url,
      key: KEY,
      origin: 'http://example.com',
      subprotocols: ['chat', 'superchat'],
    })
    expect(text(encodeHead(request))).toBe(
      head(
        'GET /chat HTTP/1.1',
        'Host: server.example.com',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Key: ${KEY}`,
        'Sec-WebSocket-Version: 13',
        'Origin: http://example.com',
        'Sec-WebSocket-Protocol: chat, superchat',
      ),
    )
  })

  test('asks for nothing that it was not told to', () => {
    expect(createRequest({ url, key: KEY }).headers).toHaveLength(5)
  })

  test("carries extensions, and the caller's own lines last", () => {
    const request = createRequest({
      url,
      key: KEY,
      extensions: [{ name: 'a', parameters: [['b', null]] }],
      headers: [
        ['Cookie', 'x=1'],
        ['Authorization', 'Bearer y'],
      ],
    })
    expect(request.headers.slice(5)).toEqual([
      ['Sec-WebSocket-Extensions', 'a; b'],
      ['Cookie', 'x=1'],
      ['Authorization', 'Bearer y'],
    ])
  })

  test('takes URL objects, and target and host instead of a URL', () => {
    const request = createRequest({ target: '/chat', host: 'server.example.com', key: KEY })
    expect(createRequest({ url: new URL(url), key: KEY })).toEqual(request)
    expect(checkRequest(request)).toMatchObject({
      ok: true,
      value: { target: '/chat', host: 'server.example.com' },
    })
  })

  test('says who the URL says that asks', () => {
    const request = createRequest({ url: 'wss://user:pass@[::1]:8443/x?y', key: KEY })
    expect(request.target).toBe('/x?y')
    expect(request.headers).toContainEqual(['Host', '[::1]:8443'])
    expect(request.headers).toContainEqual(['Authorization', 'Basic dXNlcjpwYXNz'])
  })

  test('does not choose between two who ask', () => {
    const headers = [['authorization', 'Bearer x']] as const
    expect(() => createRequest({ url: 'ws://user:pass@example.com', key: KEY, headers })).toThrow(
      'which one is meant?',
    )
  })

  test.each(['', 'secret', 'dGhlIHNhbXBsZSBub25j', `${KEY}\r\nX: y`])(
    'has a key that is one, not %j',
    (key) => {
      expect(() => createRequest({ url, key })).toThrow('key has to be the base64 of 16 octets')
    },
  )

  test.each(['chat', '', '*', 'http://a/', '/a b', '/a\r\nX: y', '/a#b', '/\u00e9'])(
    'has no target %j',
    (target) => {
      expect(() => createRequest({ target, host: 'a', key: KEY })).toThrow('target has to be')
    },
  )

  test.each(['', 'a b', 'a\r\nX: y', 'user@a', 'a:x', '::1', 'a/b'])('has no host %j', (host) => {
    expect(() => createRequest({ target: '/', host, key: KEY })).toThrow('host has to be')
  })

  test.each(['http://a\r\nX: y', '\u20ac'])('has no origin %j', (origin) => {
    expect(() => createRequest({ url, key: KEY, origin })).toThrow('header Origin')
  })

  test.each([
    { subprotocols: ['a', 'a'] },
    { subprotocols: ['a\r\nX: y'] },
    { extensions: [{ name: 'a\r\nX: y', parameters: [] }] },
    { headers: [['X', 'y\r\nZ: z']] as const },
    { headers: [['X\r\nY', 'z']] as const },
    { headers: [['X', '\u{1f600}']] as const },
  ])('takes nothing that could become a line of its own: %j', (options) => {
    expect(() => createRequest({ url, key: KEY, ...options })).toThrow(TypeError)
  })

  test.each([
    'Host',
    'upgrade',
    'Connection',
    'Content-Length',
    'transfer-encoding',
    'Origin',
    'Sec-WebSocket-Key',
    'sec-websocket-version',
    'Sec-WebSocket-Protocol',
    'Sec-WebSocket-Extensions',
  ])('leaves no %s to the caller', (name) => {
    expect(() => createRequest({ url, key: KEY, headers: [[name, '0']] })).toThrow(
      'written by the handshake itself',
    )
  })
})
