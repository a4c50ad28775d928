import { byteByByte, chunkings, cutAt } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DEFAULT_MAX_HEAD_BYTES,
  DEFAULT_MAX_HEADER_LINES,
  encodeHead,
  type HeadKind,
  type HeadLimits,
  HeadReader,
} from '../src/index.ts'
import { head, octets, request, response, text } from './heads.ts'

/** What a reader makes of chunks, as plain values; `rest` with all that came later. */
function read(kind: HeadKind, chunks: readonly Uint8Array[], limits?: HeadLimits) {
  const reader = new HeadReader(kind, limits)
  for (const [i, chunk] of chunks.entries()) {
    const reading = reader.receive(chunk)
    if (reading === null) continue
    if (!reading.ok) return 'refusal' in reading ? reading.refusal.name : reading.failure.name
    return {
      head: reading.head,
      rest:
        text(reading.rest) +
        chunks
          .slice(i + 1)
          .map(text)
          .join(''),
    }
  }
  return null
}

const readRequest = (octetsAsText: string, limits?: HeadLimits) =>
  read('request', [octets(octetsAsText)], limits)
const readResponse = (octetsAsText: string, limits?: HeadLimits) =>
  read('response', [octets(octetsAsText)], limits)

describe('a request', () => {
  test('of RFC 6455, 1.2 is read, and what is behind it is left', () => {
    const lines = [
      'GET /chat HTTP/1.1',
      'Host: server.example.com',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Origin: http://example.com',
      'Sec-WebSocket-Protocol: chat, superchat',
      'Sec-WebSocket-Version: 13',
    ]
    expect(readRequest(`${head(...lines)}\x81\x85\r\n\r\n`)).toEqual({
      head: {
        method: 'GET',
        target: '/chat',
        version: '1.1',
        headers: [
          ['Host', 'server.example.com'],
          ['Upgrade', 'websocket'],
          ['Connection', 'Upgrade'],
          ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
          ['Origin', 'http://example.com'],
          ['Sec-WebSocket-Protocol', 'chat, superchat'],
          ['Sec-WebSocket-Version', '13'],
        ],
      },
      rest: '\x81\x85\r\n\r\n',
    })
  })

  test('keeps names, order, duplicates and octets above 0x7f, and trims values by spaces and tabs alone', () => {
    const lines = ['A:', 'a:1', 'A: \t 2 \t', '__proto__: \xa0x\xff\xa0', 'b:c:d', 'e: f\tg']
    expect(readRequest(head('OPTIONS * HTTP/1.0', ...lines))).toEqual({
      head: {
        method: 'OPTIONS',
        target: '*',
        version: '1.0',
        headers: [
          ['A', ''],
          ['a', '1'],
          ['A', '2'],
          ['__proto__', '\xa0x\xff\xa0'],
          ['b', 'c:d'],
          ['e', 'f\tg'],
        ],
      },
      rest: '',
    })
  })

  test('may have no header line', () => {
    expect(readRequest(head('GET / HTTP/1.1'))).toMatchObject({ head: { headers: [] }, rest: '' })
  })

  test('may have one empty line in front, and not two', () => {
    expect(readRequest(`\r\n${head('GET / HTTP/1.1')}`)).toMatchObject({ head: { method: 'GET' } })
    expect(readRequest(`\r\n\r\n${head('GET / HTTP/1.1')}`)).toBe('malformed start line')
  })

  test.each([
    ['a first line without version', 'GET /'],
    ['a first line in lower case', 'GET / http/1.1'],
    ['a version of two digits', 'GET / HTTP/1.10'],
    ['a version of one', 'GET / HTTP/1'],
    ['two spaces', 'GET  / HTTP/1.1'],
    ['a tab', 'GET\t/ HTTP/1.1'],
    ['a space in front', ' GET / HTTP/1.1'],
    ['a space behind', 'GET / HTTP/1.1 '],
    ['a space in the target', 'GET /a b HTTP/1.1'],
    ['a control character in the target', 'GET /a\x00b HTTP/1.1'],
    ['an octet above 0x7f in the target', 'GET /\xe9 HTTP/1.1'],
    ['a bare CR in the target', 'GET /\r HTTP/1.1'],
    ['a separator in the method', 'G(T / HTTP/1.1'],
    ['a response', 'HTTP/1.1 101 Switching Protocols'],
    ['a TLS ClientHello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['the SOCKS greeting', '\x05\x01\x00'],
    ['the preface of HTTP/2 without its version', 'PRI *'],
  ])('with %s is refused', (_, line) => {
    expect(readRequest(head(line, 'Host: a'))).toBe('malformed start line')
  })

  test.each([
    ['no colon', 'Host', 'malformed header line'],
    ['no name', ': a', 'malformed header line'],
    ['a space before the colon', 'Host : a', 'malformed header line'],
    ['a tab before the colon', 'Host\t: a', 'malformed header line'],
    ['a space in the name', 'X Y: a', 'malformed header line'],
    ['a separator in the name', 'X(Y): a', 'malformed header line'],
    ['an octet above 0x7f in the name', 'Hos\xfe: a', 'malformed header line'],
    ['NUL in the value', 'Host: a\x00b', 'malformed header line'],
    ['NUL at the end of the value', 'Host: a\x00', 'malformed header line'],
    ['DEL in the value', 'Host: a\x7f', 'malformed header line'],
    ['a vertical tab around the value', 'Host:\x0ba', 'malformed header line'],
    ['an escape in the value', 'Host: \x1b[2J', 'malformed header line'],
    ['a bare CR in the value', 'Host: a\rX: b', 'malformed header line'],
    ['a bare CR in the name', 'Ho\rst: a', 'malformed header line'],
    ['two CRs at the end', 'Host: a\r', 'malformed header line'],
    ['a CR alone as a line', '\r', 'malformed header line'],
    ['a bare LF', 'Host: a\nX: b', 'bare line feed'],
    ['an empty line by a bare LF', 'Host: a\r\n\n', 'bare line feed'],
    ['a folded value', 'Host: a\r\n b', 'folded header line'],
    ['a value folded by a tab', 'Host: a\r\n\tb', 'folded header line'],
    ['a folded line in front', ' Host: a', 'folded header line'],
    ['a line of white space', '  ', 'folded header line'],
  ])('with %s in a header line is refused', (_, line, name) => {
    expect(readRequest(head('GET / HTTP/1.1', line))).toBe(name)
    expect(readResponse(head('HTTP/1.1 101 OK', line))).toBe(name)
  })
})

describe('a response', () => {
  test('is read, and what is behind it is left', () => {
    expect(readResponse(`${head('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket')}\x81\x00`)).toEqual(
      {
        head: {
          version: '1.1',
          status: 101,
          reason: 'Switching Protocols',
          headers: [['Upgrade', 'websocket']],
        },
        rest: '\x81\x00',
      },
    )
  })

  test.each(['', 'No', 'N\xf6 way', 'a\tb'])('may have the reason %j', (reason) => {
    expect(readResponse(head(`HTTP/1.0 404 ${reason}`))).toMatchObject({
      head: { version: '1.0', status: 404, reason },
    })
  })

  test.each([
    ['no reason and no space for it', 'HTTP/1.1 101'],
    ['a status of two digits', 'HTTP/1.1 99 OK'],
    ['a status of four digits', 'HTTP/1.1 1010 OK'],
    ['a status that begins with 0', 'HTTP/1.1 010 OK'],
    ['a signed status', 'HTTP/1.1 +101 OK'],
    ['a control character in the reason', 'HTTP/1.1 101 O\x07K'],
    ['another protocol', 'ICY 200 OK'],
    ['two spaces', 'HTTP/1.1  101 OK'],
    ['a request', 'GET / HTTP/1.1'],
    ['an empty first line', ''],
  ])('with %s fails', (_, line) => {
    expect(readResponse(head(line, 'A: b'))).toBe('malformed start line')
  })

  test('is passed over when it is an interim one', () => {
    const interim = head('HTTP/1.1 100 Continue') + head('HTTP/1.1 103 Early Hints', 'Link: </a>')
    expect(readResponse(interim)).toBe(null)
    expect(readResponse(`${interim}${head('HTTP/1.1 101 OK', 'A: b')}\x81`)).toEqual({
      head: { version: '1.1', status: 101, reason: 'OK', headers: [['A', 'b']] },
      rest: '\x81',
    })
  })

  test('and its interim ones share the limit of octets', () => {
    const interim = head('HTTP/1.1 100 Continue')
    const final = head('HTTP/1.1 101 OK')
    const maxBytes = 3 * interim.length + final.length
    expect(readResponse(interim.repeat(3) + final, { maxBytes })).toMatchObject({ head: { status: 101 } })
    expect(readResponse(interim.repeat(4) + final, { maxBytes })).toBe('head too large')
  })
})

describe('limits', () => {
  const start = 'GET / HTTP/1.1'
  const ofSize = (size: number): string => {
    const [empty, line] = [head(start).length, 'X: \r\n'.length]
    return head(start, `X: ${'x'.repeat(size - empty - line)}`)
  }
  const ofLines = (count: number): string =>
    head(start, ...Array.from({ length: count }, (_, i) => `X-${i}: x`))

  test('are 16 KiB and 100 header lines by default', () => {
    expect(DEFAULT_MAX_HEAD_BYTES).toBe(16 * 1024)
    expect(DEFAULT_MAX_HEADER_LINES).toBe(100)
    expect(readRequest(ofSize(16_384))).toMatchObject({ rest: '' })
    expect(readRequest(ofSize(16_385))).toBe('head too large')
    expect(readRequest(ofLines(100))).toMatchObject({ rest: '' })
    expect(readRequest(ofLines(101))).toBe('too many header lines')
  })

  test('can be set, and are inclusive', () => {
    expect(readRequest(ofSize(1000), { maxBytes: 1000 })).toMatchObject({ rest: '' })
    expect(readRequest(ofSize(1001), { maxBytes: 1000 })).toBe('head too large')
    expect(readRequest(ofSize(20_000), { maxBytes: 20_000 })).toMatchObject({ rest: '' })
    expect(readRequest(ofLines(3), { maxLines: 3 })).toMatchObject({ rest: '' })
    expect(readRequest(ofLines(4), { maxLines: 3 })).toBe('too many header lines')
  })

  test('count the octets of the head and not those behind it', () => {
    expect(readRequest(`${ofSize(1000)}${'x'.repeat(100_000)}`, { maxBytes: 1000 })).toMatchObject({
      rest: 'x'.repeat(100_000),
    })
  })

  test('end a line that never ends, as soon as it is too long', () => {
    const reader = new HeadReader('request', { maxBytes: 100 })
    expect(reader.receive(octets('x'.repeat(100)))).toBe(null)
    expect(reader.receive(octets('x'))).toMatchObject({ ok: false, refusal: { status: 431 } })
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('cannot be %d', (limit) => {
    expect(() => new HeadReader('request', { maxBytes: limit })).toThrow(RangeError)
    expect(() => new HeadReader('response', { maxLines: limit })).toThrow(
      'maxLines has to be a positive integer',
    )
  })
})

describe('a reader', () => {
  test('counts the octets it was given', () => {
    const reader = new HeadReader('request')
    expect(reader.size).toBe(0)
    reader.receive(octets('GET / HT'))
    expect(reader.size).toBe(8)
  })

  test('takes empty chunks for nothing', () => {
    expect(read('request', [octets(''), octets(head('GET / HTTP/1.1')), octets('')])).toMatchObject({
      rest: '',
    })
  })

  test('keeps none of the bytes it is given, and modifies none', () => {
    const reader = new HeadReader('request')
    const first = octets('GET /a')
    reader.receive(first)
    expect(text(first)).toBe('GET /a')
    first.fill(0)
    expect(reader.receive(octets(head('b HTTP/1.1')))).toMatchObject({ head: { target: '/ab' } })
  })

  test('gives the bytes behind the head as a view of the chunk', () => {
    const chunk = octets(`${head('GET / HTTP/1.1')}rest`)
    const reading = new HeadReader('request').receive(chunk)
    if (!reading?.ok) throw new Error('not read')
    expect(reading.rest.buffer).toBe(chunk.buffer)
    expect(text(reading.rest)).toBe('rest')
  })

  test.each([head('GET / HTTP/1.1'), '\n'])('reads one head and no more: %j', (first) => {
    const reader = new HeadReader('request')
    expect(reader.receive(octets(first))).not.toBe(null)
    expect(() => reader.receive(octets('x'))).toThrow('this head has been read')
  })

  test('takes a head of 250,000 octets one by one, which it could not if it looked at them twice', () => {
    const size = 250_000
    const reader = new HeadReader('request', { maxBytes: size })
    const bytes = octets(head('GET / HTTP/1.1', `X: ${'x'.repeat(size - 25)}`))
    expect(bytes.length).toBeLessThan(size)
    for (let i = 0; i < bytes.length - 1; i++) {
      if (reader.receive(bytes.subarray(i, i + 1)) !== null) throw new Error(`ended at ${i}`)
    }
    expect(reader.receive(bytes.subarray(-1))).toMatchObject({ ok: true })
  })
})

describe('however it is cut, the same comes of', () => {
  const same = (
    kind: HeadKind,
    bytes: Uint8Array,
    chunks: readonly Uint8Array[],
    limits?: HeadLimits,
  ): void => {
    expect(read(kind, chunks, limits)).toEqual(read(kind, [bytes], limits))
  }

  test('a request and a response, byte by byte and at each place', () => {
    const heads: readonly (readonly [HeadKind, Uint8Array])[] = [
      ['request', octets(`\r\n${text(encodeHead(request({ Cookie: ['a', 'b'] })))}\x81\x80`)],
      ['response', octets(`${head('HTTP/1.1 100 Continue')}${text(encodeHead(response()))}\x81\x00`)],
    ]
    for (const [kind, bytes] of heads) {
      same(kind, bytes, byteByByte(bytes))
      for (const at of bytes.keys()) same(kind, bytes, cutAt(bytes, [at]))
    }
  })

  // Pieces of heads, good and bad, in any order: nearly a head, or not at all one.
  const piece = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        '\r\n',
        '\r\n\r\n',
        'GET / HTTP/1.1',
        'HTTP/1.1 101 OK',
        'HTTP/1.1 100 ',
        'A: b',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('\r', '\n', ' ', ':', '\t', '\x00', '\xff', 'x'.repeat(30)) },
  )
  const nearlyHead = fc
    .tuple(
      fc.constantFrom('GET / HTTP/1.1\r\n', 'HTTP/1.1 101 OK\r\n', ''),
      fc.array(piece, { maxLength: 12 }),
    )
    .map(([start, pieces]) => octets(start + pieces.join('')))
  const anyLimits = fc.record({
    maxBytes: fc.integer({ min: 1, max: 120 }),
    maxLines: fc.integer({ min: 1, max: 4 }),
  })

  test.each(['request', 'response'] as const)('anything that is nearly a %s', (kind) => {
    fc.assert(
      fc.property(
        nearlyHead.chain((bytes) => fc.tuple(fc.constant(bytes), chunkings(bytes))),
        anyLimits,
        ([bytes, chunks], limits) => {
          same(kind, bytes, chunks, limits)
          same(kind, bytes, chunks)
          same(kind, bytes, byteByByte(bytes))
        },
      ),
      { numRuns: 500 },
    )
  })
})
