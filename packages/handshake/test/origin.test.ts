import { describe, expect, test } from 'vitest'
import { isSameOrigin } from '../src/index.ts'

describe('isSameOrigin', () => {
  test.each([
    ['http://example.com', 'example.com', false],
    ['http://example.com', 'example.com:80', false],
    ['http://example.com:80', 'example.com', false],
    ['http://example.com', 'example.com:', false],
    ['HTTP://Example.COM', 'eXample.com', false],
    ['https://example.com', 'example.com:443', true],
    ['https://example.com:8443', 'example.com:8443', true],
    ['http://[::1]:9001', '[::1]:9001', false],
    ['http://127.0.0.1:9001', '127.0.0.1:9001', false],
  ])('is true for %s at %s', (origin, host, secure) => {
    expect(isSameOrigin(origin, host, secure)).toBe(true)
  })

  test.each([
    ['http://example.com', 'example.com', true],
    ['https://example.com', 'example.com', false],
    ['http://example.com', 'example.com:443', false],
    ['https://example.com', 'example.com:80', true],
    ['http://example.com:8080', 'example.com', false],
    ['http://evil.example', 'example.com', false],
    ['http://example.com.evil.example', 'example.com', false],
    ['http://evilexample.com', 'example.com', false],
    ['http://www.example.com', 'example.com', false],
    ['http://example.com.', 'example.com', false],
    ['http://example.com@evil.example', 'evil.example', false],
    ['http://example.com/', 'example.com', false],
    ['http://example.com http://evil.example', 'example.com', false],
    ['http://example.com#', 'example.com', false],
    ['example.com', 'example.com', false],
    ['file://', 'example.com', false],
    ['chrome-extension://example.com', 'example.com', false],
    ['null', 'null', false],
    ['http://null', 'null:81', false],
    ['', '', false],
    ['http://', '', false],
    ['http://example.com', '', false],
    ['http://example.com', 'example.com/..', false],
  ])('is false for %j at %j (secure: %s)', (origin, host, secure) => {
    expect(isSameOrigin(origin, host, secure)).toBe(false)
  })
})
