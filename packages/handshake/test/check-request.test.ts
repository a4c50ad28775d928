import { describe, expect, test } from 'vitest'
import { checkRequest, HeadReader, type Refusal, type RequestHead, refusals } from '../src/index.ts'
import { type Changes, head, KEY, octets, request } from './heads.ts'

/** The value of what has to be right. */
function accepted(requestHead: RequestHead) {
  const checked = checkRequest(requestHead)
  if (!checked.ok) throw new Error(checked.refusal.text)
  return checked.value
}

function refused(requestHead: RequestHead): Refusal | null {
  const checked = checkRequest(requestHead)
  return checked.ok ? null : checked.refusal
}

describe('an opening handshake', () => {
  test('says what it asks for', () => {
    const headers = {
      Origin: 'http://example.com',
      'Sec-WebSocket-Protocol': 'chat, superchat',
      'Sec-WebSocket-Extensions': ['a; b=1', 'c'],
    }
    const right = request(headers)
    expect(accepted(right)).toEqual({
      target: '/chat',
      host: 'server.example.com',
      origin: 'http://example.com',
      key: KEY,
      subprotocols: ['chat', 'superchat'],
      extensions: [
        { name: 'a', parameters: [['b', '1']] },
        { name: 'c', parameters: [] },
      ],
      headers: right.headers,
    })
  })

  test('may ask for nothing', () => {
    expect(accepted(request())).toMatchObject({ origin: undefined, subprotocols: [], extensions: [] })
  })

  test.each([
    ['any case', { Upgrade: 'WebSocket', Connection: 'upgrade' }],
    ['keep-alive too, as Firefox sends it', { Connection: 'keep-alive, Upgrade' }],
    ['several lines', { Connection: ['keep-alive', 'Upgrade'], Upgrade: ['h2c', 'websocket'] }],
    [
      'lists with empty elements and white space',
      { Connection: ',\tUPGRADE ,,', Upgrade: ' foo , websocket' },
    ],
    ['the same twice', { Upgrade: ['websocket', 'websocket'] }],
    [
      'headers in lower case',
      { upgrade: 'websocket', connection: 'upgrade', host: 'a', 'sec-websocket-key': KEY },
    ],
  ])('may say Upgrade and Connection in %s', (_, headers) => {
    expect(refused(request(headers))).toBe(null)
  })

  test.each(['0', '00'])('may say that its body has %s octets', (length) => {
    expect(refused(request({ 'Content-Length': length }))).toBe(null)
  })

  test.each(['1.1', '1.2', '1.9'])('may be of HTTP/%s', (version) => {
    expect(refused(request({}, { version }))).toBe(null)
  })

  test.each([
    'example.com',
    'EXAMPLE.com:8080',
    'example.com:',
    'example.com:0',
    'example.com:65535',
    'my_host.internal',
    'xn--bcher-kva.example',
    '127.0.0.1:9001',
    '[::1]',
    '[2001:DB8::1]:443',
    '[::ffff:127.0.0.1]',
    'a%20b',
    "a!$&'()*+,;=~b",
  ])('may go to the host %s', (host) => {
    expect(accepted(request({ Host: host })).host).toBe(host)
  })

  test.each([
    ['/', '/'],
    ['/?', '/?'],
    ['//x//y?z=/?', '//x//y?z=/?'],
    ['/a%00b%23', '/a%00b%23'],
    ['/{}|\\^"<>`', '/{}|\\^"<>`'],
  ])('may ask for %s', (target, resourceName) => {
    expect(accepted(request({}, { target }))).toMatchObject({
      target: resourceName,
      host: 'server.example.com',
    })
  })

  // RFC 9112, 3.2.2: a server has to accept the absolute form, and then has to ignore Host.
  test.each([
    ['http://other.example:81/chat?a', '/chat?a', 'other.example:81'],
    ['HTTPS://other.example', '/', 'other.example'],
    ['http://other.example?a=/b', '/?a=/b', 'other.example'],
    ['http://[::1]/x', '/x', '[::1]'],
  ])('may ask for %s, which is %s at %s', (target, resourceName, host) => {
    expect(accepted(request({}, { target }))).toMatchObject({ target: resourceName, host })
  })
})

/** Requests that break one rule each, with the row that they are refused by. */
const broken: Record<string, readonly (readonly [what: string, head: RequestHead])[]> = {
  methodNotGet: [
    ['POST', request({}, { method: 'POST' })],
    ['HEAD', request({}, { method: 'HEAD' })],
    ['get', request({}, { method: 'get' })],
    ['OPTIONS of everything', request({}, { method: 'OPTIONS', target: '*' })],
    ['CONNECT', request({}, { method: 'CONNECT', target: 'server.example.com:80' })],
    ['__proto__', request({}, { method: '__proto__' })],
    [
      'POST with a body and nothing else',
      request({ Upgrade: null, 'Content-Length': '5' }, { method: 'POST' }),
    ],
  ],
  httpVersion: [
    ['HTTP/1.0', request({}, { version: '1.0' })],
    ['HTTP/0.9', request({}, { version: '0.9' })],
    ['HTTP/2.0', request({}, { version: '2.0' })],
  ],
  hostMissing: [
    ['no Host', request({ Host: null })],
    ['two', request({ Host: ['a', 'b'] })],
    ['two that are the same', request({ Host: ['server.example.com', 'server.example.com'] })],
    ['no Host but an absolute target', request({ Host: null }, { target: 'http://server.example.com/' })],
  ],
  malformedHost: [
    ['an empty Host', request({ Host: '' })],
    ['a list', request({ Host: 'a, b' })],
    ['a port that is too high', request({ Host: 'a:65536' })],
    ['a port with many digits', request({ Host: `a:${'9'.repeat(400)}` })],
    ['a port that is no number', request({ Host: 'a:b' })],
    ['a signed port', request({ Host: 'a:-1' })],
    ['two ports', request({ Host: 'a:1:2' })],
    ['a port alone', request({ Host: ':80' })],
    ['a user name', request({ Host: 'user@a' })],
    ['a path', request({ Host: 'a/b' })],
    ['a URL', request({ Host: 'http://a' })],
    ['an IPv6 address without brackets', request({ Host: '::1' })],
    ['half a bracket', request({ Host: '[::1' })],
    ['an IPv6 address with a zone', request({ Host: '[fe80::1%25eth0]' })],
    ['half a percent-encoding', request({ Host: 'a%2' })],
    ['an octet above 0x7f', request({ Host: 'b\xfccher.example' })],
  ],
  malformedTarget: [
    ['no slash', request({}, { target: 'chat' })],
    ['the asterisk', request({}, { target: '*' })],
    ['an authority', request({}, { target: 'server.example.com:80' })],
    ['a fragment', request({}, { target: '/chat#a' })],
    ['an empty fragment', request({}, { target: '/chat#' })],
    ['nothing', request({}, { target: '' })],
    ['a space', request({}, { target: '/a b' })],
    ['an octet above 0x7f', request({}, { target: '/\xe9' })],
    ['another scheme', request({}, { target: 'ftp://server.example.com/' })],
    ['the scheme ws', request({}, { target: 'ws://server.example.com/' })],
    ['a URI without host', request({}, { target: 'http:///chat' })],
    ['a URI with a user name', request({}, { target: 'http://user:secret@server.example.com/' })],
    ['a URI with a fragment', request({}, { target: 'http://server.example.com/#a' })],
    ['a URI with a bad port', request({}, { target: 'http://server.example.com:x/' })],
  ],
  malformedContentLength: [
    ['letters', request({ 'Content-Length': 'x' })],
    ['nothing', request({ 'Content-Length': '' })],
    ['+0', request({ 'Content-Length': '+0' })],
    ['-0', request({ 'Content-Length': '-0' })],
    ['-1', request({ 'Content-Length': '-1' })],
    ['0x0', request({ 'Content-Length': '0x0' })],
    ['0.0', request({ 'Content-Length': '0.0' })],
    ['a list', request({ 'Content-Length': '0, 0' })],
    ['two lines', request({ 'Content-Length': ['0', '5'] })],
    ['two lines that are the same', request({ 'Content-Length': ['0', '0'] })],
    ['digits of another script', request({ 'Content-Length': '\xb2' })],
  ],
  requestBody: [
    ['5 octets', request({ 'Content-Length': '5' })],
    ['more octets than a number can say', request({ 'Content-Length': '9'.repeat(40) })],
    ['2^32 octets', request({ 'Content-Length': '4294967296' })],
    ['chunks', request({ 'Transfer-Encoding': 'chunked' })],
    ['chunks in another case', request({ 'transfer-encoding': 'Chunked' })],
    ['an unknown coding', request({ 'Transfer-Encoding': 'xchunked' })],
    ['the coding that was none', request({ 'Transfer-Encoding': 'identity' })],
    ['an empty coding', request({ 'Transfer-Encoding': '' })],
    ['both framings', request({ 'Transfer-Encoding': 'chunked', 'Content-Length': '0' })],
  ],
  upgradeRequired: [
    ['no Upgrade', request({ Upgrade: null })],
    [
      'a plain GET',
      request({ Upgrade: null, Connection: null, 'Sec-WebSocket-Key': null, 'Sec-WebSocket-Version': null }),
    ],
    ['another protocol', request({ Upgrade: 'h2c' })],
    ['a longer name', request({ Upgrade: 'websocket2' })],
    ['a name with a version', request({ Upgrade: 'websocket/13' })],
    ['an empty value', request({ Upgrade: '' })],
    ['a no-break space around', request({ Upgrade: '\xa0websocket' })],
  ],
  connectionMissing: [
    ['no Connection', request({ Connection: null })],
    ['another token', request({ Connection: 'keep-alive' })],
    ['a longer token', request({ Connection: 'upgraded' })],
    ['close', request({ Connection: 'close' })],
  ],
  versionMissing: [['no version', request({ 'Sec-WebSocket-Version': null })]],
  versionUnsupported: [
    ['8', request({ 'Sec-WebSocket-Version': '8' })],
    ['14', request({ 'Sec-WebSocket-Version': '14' })],
    ['013', request({ 'Sec-WebSocket-Version': '013' })],
    ['+13', request({ 'Sec-WebSocket-Version': '+13' })],
    ['13.0', request({ 'Sec-WebSocket-Version': '13.0' })],
    ['0xd', request({ 'Sec-WebSocket-Version': '0xd' })],
    ['a list', request({ 'Sec-WebSocket-Version': '13, 8' })],
    ['two lines', request({ 'Sec-WebSocket-Version': ['13', '8'] })],
    ['two lines that are the same', request({ 'Sec-WebSocket-Version': ['13', '13'] })],
    ['nothing', request({ 'Sec-WebSocket-Version': '' })],
    [
      'another version, whose key may be another',
      request({ 'Sec-WebSocket-Version': '25', 'Sec-WebSocket-Key': null }),
    ],
  ],
  keyMissing: [
    ['no key', request({ 'Sec-WebSocket-Key': null })],
    ['two keys', request({ 'Sec-WebSocket-Key': [KEY, 'AQIDBAUGBwgJCgsMDQ4PEC=='] })],
    ['two keys that are the same', request({ 'Sec-WebSocket-Key': [KEY, KEY] })],
  ],
  malformedKey: [
    ['an empty key', request({ 'Sec-WebSocket-Key': '' })],
    ['a key of 15 octets', request({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j' })],
    ['a key of 17 octets', request({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZTE=' })],
    ['two keys in a list', request({ 'Sec-WebSocket-Key': `${KEY}, ${KEY}` })],
    ['an octet above 0x7f', request({ 'Sec-WebSocket-Key': 'dGhl\xe9HNhbXBsZSBub25jZQ==' })],
  ],
  originDoubled: [['two origins', request({ Origin: ['http://a', 'http://b'] })]],
  malformedSubprotocols: [
    ['no token', request({ 'Sec-WebSocket-Protocol': 'a b' })],
    ['the same twice', request({ 'Sec-WebSocket-Protocol': ['a', 'a'] })],
    ['nothing', request({ 'Sec-WebSocket-Protocol': '' })],
    ['an octet above 0x7f', request({ 'Sec-WebSocket-Protocol': 'ch\xe4t' })],
  ],
  malformedExtensions: [
    ['no token', request({ 'Sec-WebSocket-Extensions': 'a/b' })],
    ['nothing', request({ 'Sec-WebSocket-Extensions': '' })],
    ['half a quoted value', request({ 'Sec-WebSocket-Extensions': 'a; b="' })],
    ['an octet above 0x7f', request({ 'Sec-WebSocket-Extensions': 'a\x80' })],
  ],
}

describe.each(Object.entries(broken))('%s refuses', (name, requests) => {
  test.each(requests)('%s', (_, requestHead) => {
    expect(refused(requestHead)).toBe(Object.entries(refusals).find(([row]) => row === name)?.[1])
  })
})

test('a request that breaks several rules is refused by the first, in the order of the README', () => {
  const faults: [row: keyof typeof refusals, changes: Changes, start?: Parameters<typeof request>[1]][] = [
    ['methodNotGet', {}, { method: 'POST' }],
    ['httpVersion', {}, { version: '1.0' }],
    ['hostMissing', { Host: null }],
    ['malformedTarget', {}, { target: '*' }],
    ['requestBody', { 'Content-Length': '5' }],
    ['upgradeRequired', { Upgrade: null }],
    ['connectionMissing', { Connection: null }],
    ['versionUnsupported', { 'Sec-WebSocket-Version': '12' }],
    ['originDoubled', { Origin: ['http://a', 'http://b'] }],
    ['malformedSubprotocols', { 'Sec-WebSocket-Protocol': 'a b' }],
    ['malformedExtensions', { 'Sec-WebSocket-Extensions': 'a/b' }],
    ['keyMissing', { 'Sec-WebSocket-Key': null }],
  ]
  for (const [first, [row]] of faults.entries()) {
    const left = faults.slice(first)
    const changes: Changes = Object.assign({}, ...left.map(([, headers]) => headers))
    const broken = request(changes, Object.assign({}, ...left.map(([, , start]) => start)))
    expect(refused(broken)).toBe(refusals[row])
  }
})

describe('the refusals table', () => {
  test('answers as is promised', () => {
    const promised: Record<string, number> = {}
    for (const [row, { status }] of Object.entries(refusals)) promised[row] = status
    expect(promised).toEqual({
      headTooLarge: 431,
      tooManyHeaderLines: 431,
      malformedStartLine: 400,
      bareLineFeed: 400,
      foldedHeader: 400,
      malformedHeader: 400,
      tooSlow: 408,
      methodNotGet: 405,
      httpVersion: 400,
      hostMissing: 400,
      malformedHost: 400,
      malformedTarget: 400,
      malformedContentLength: 400,
      requestBody: 400,
      upgradeRequired: 426,
      connectionMissing: 400,
      versionMissing: 400,
      versionUnsupported: 426,
      keyMissing: 400,
      malformedKey: 400,
      originDoubled: 400,
      originRefused: 403,
      malformedSubprotocols: 400,
      malformedExtensions: 400,
      connectRequired: 405,
      unknownProtocol: 501,
      malformedConnect: 400,
    })
  })

  test('says with 405 what is allowed, with 426 what to upgrade to, and which version', () => {
    expect(refusals.methodNotGet.headers).toEqual([['Allow', 'GET']])
    expect(refusals.upgradeRequired.headers).toEqual([['Upgrade', 'websocket']])
    expect(refusals.versionUnsupported.headers).toEqual([
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
    ])
  })

  test('has a row of this file for every rule on a request', () => {
    const elsewhere = [
      // A head that is none: head-reader.test.ts.
      ...[
        'headTooLarge',
        'tooManyHeaderLines',
        'malformedStartLine',
        'bareLineFeed',
        'foldedHeader',
        'malformedHeader',
      ],
      // What a transport and its policy find out.
      ...['tooSlow', 'originRefused'],
      // HTTP/2: extended-connect.test.ts.
      ...['connectRequired', 'unknownProtocol', 'malformedConnect'],
    ]
    expect([...Object.keys(broken), ...elsewhere].sort()).toEqual(Object.keys(refusals).sort())
  })

  test('has names that are all different', () => {
    const names = Object.values(refusals).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})

test('a hundred header lines of names that objects have are read and looked through', () => {
  const lines = Array.from({ length: 95 }, (_, i) => `${['__proto__', 'constructor', 'toString'][i % 3]}: x`)
  const right = request()
  const reading = new HeadReader('request').receive(
    octets(
      head('GET /chat HTTP/1.1', ...right.headers.map(([name, value]) => `${name}: ${value}`), ...lines),
    ),
  )
  if (!reading?.ok) throw new Error('not read')
  expect(accepted(reading.head).headers).toHaveLength(100)
})
