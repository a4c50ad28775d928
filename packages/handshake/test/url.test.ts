import { describe, expect, test } from 'vitest'
import { parseWebSocketUrl } from '../src/index.ts'

describe('parseWebSocketUrl', () => {
  // Scheme, host and port to connect to, resource name, Host.
  test.each([
    ['ws://example.com', false, 'example.com', 80, '/', 'example.com'],
    ['wss://example.com', true, 'example.com', 443, '/', 'example.com'],
    ['ws://example.com:80/chat', false, 'example.com', 80, '/chat', 'example.com'],
    ['wss://example.com:443/', true, 'example.com', 443, '/', 'example.com'],
    ['ws://example.com:443/', false, 'example.com', 443, '/', 'example.com:443'],
    ['wss://example.com:80/', true, 'example.com', 80, '/', 'example.com:80'],
    ['WS://EXAMPLE.com:8080/A?b=C', false, 'example.com', 8080, '/A?b=C', 'example.com:8080'],
    ['ws://example.com?x=/y', false, 'example.com', 80, '/?x=/y', 'example.com'],
    ['ws://example.com/?', false, 'example.com', 80, '/', 'example.com'],
    ['ws://example.com/a%23b%20c', false, 'example.com', 80, '/a%23b%20c', 'example.com'],
    ['ws://example.com/a b\u00e9', false, 'example.com', 80, '/a%20b%C3%A9', 'example.com'],
    ['ws://[::1]:9001/x', false, '::1', 9001, '/x', '[::1]:9001'],
    ['wss://[2001:DB8::0:1]/', true, '2001:db8::1', 443, '/', '[2001:db8::1]'],
    ['ws://127.1/', false, '127.0.0.1', 80, '/', '127.0.0.1'],
    ['ws://b\u00fccher.example/', false, 'xn--bcher-kva.example', 80, '/', 'xn--bcher-kva.example'],
    ['http://example.com/x', false, 'example.com', 80, '/x', 'example.com'],
    ['https://example.com/x', true, 'example.com', 443, '/x', 'example.com'],
  ])('takes %s apart', (url, secure, host, port, target, hostHeader) => {
    const parts = { secure, host, port, target, hostHeader, authorization: undefined }
    expect(parseWebSocketUrl(url)).toEqual(parts)
    expect(parseWebSocketUrl(new URL(url))).toEqual(parts)
  })

  test.each([
    ['ws://user:pass@example.com/', 'Basic dXNlcjpwYXNz'],
    // RFC 7617, 2 and 2.1.
    ['ws://Aladdin:open%20sesame@example.com/', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['ws://test:123%C2%A3@example.com/', 'Basic dGVzdDoxMjPCow=='],
    ['ws://user@example.com/', 'Basic dXNlcjo='],
    ['ws://:pass:word@example.com/', 'Basic OnBhc3M6d29yZA=='],
  ])(
    'makes an Authorization of the user name and password in %s, and leaves them nowhere else',
    (url, authorization) => {
      expect(parseWebSocketUrl(url)).toEqual({
        secure: false,
        host: 'example.com',
        port: 80,
        target: '/',
        hostHeader: 'example.com',
        authorization,
      })
    },
  )

  test.each([
    ['another scheme', 'ftp://example.com/', 'begins with ws: or wss:, not ftp:'],
    ['the scheme of files', 'file:///etc/passwd', 'begins with ws: or wss:'],
    ['ws+unix, which is for a transport', 'ws+unix:/tmp/socket', 'begins with ws: or wss:'],
    ['a relative URL', '/chat', 'not an absolute URL'],
    ['nothing', '', 'not an absolute URL'],
    ['no host', 'ws://', 'not an absolute URL'],
    ['a port that is too high', 'ws://example.com:65536/', 'not an absolute URL'],
    ['a host that is none', 'ws://[::1/', 'not an absolute URL'],
    ['a fragment', 'ws://example.com/#a', 'has no fragment'],
    ['an empty fragment', 'ws://example.com/chat#', 'has no fragment'],
    ['a colon in the user name', 'ws://a%3Ab:c@example.com/', 'must not contain a colon'],
    ['a line feed in the password', 'ws://a:b%0Ac@example.com/', 'must not contain control characters'],
    ['octets that are no text in the password', 'ws://a:%ff@example.com/', 'percent-encoded UTF-8'],
  ])('does not take %s', (_, url, message) => {
    expect(() => parseWebSocketUrl(url)).toThrow(TypeError)
    expect(() => parseWebSocketUrl(url)).toThrow(message)
  })

  test('never shows a password when it throws', () => {
    for (const url of [
      'ws://me:secret@example.com:x/',
      'ws://me:secret@example.com/#',
      'ftp://me:secret@a/',
    ]) {
      expect(() => parseWebSocketUrl(url)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('secret') }),
      )
    }
  })
})
