import { describe, expect, test } from 'vitest'
import { checkResponse, type Failure, failures, type ResponseHead } from '../src/index.ts'
import { ACCEPT, KEY, response } from './heads.ts'

const offer = {
  key: KEY,
  subprotocols: ['chat', 'superchat'],
  extensions: [
    { name: 'a', parameters: [['b', null] as const] },
    { name: 'c', parameters: [] },
  ],
}

const failed = (head: ResponseHead, to: Parameters<typeof checkResponse>[1] = offer): Failure | null => {
  const checked = checkResponse(head, to)
  return checked.ok ? null : checked.failure
}

describe('a response that accepts', () => {
  test('says what is in use', () => {
    const head = response({ 'Sec-WebSocket-Protocol': 'superchat', 'Sec-WebSocket-Extensions': 'c; d=1, a' })
    expect(checkResponse(head, offer)).toEqual({
      ok: true,
      value: {
        subprotocol: 'superchat',
        extensions: [
          { name: 'c', parameters: [['d', '1']] },
          { name: 'a', parameters: [] },
        ],
      },
    })
  })

  test('may choose nothing of what was requested', () => {
    expect(checkResponse(response(), offer)).toEqual({
      ok: true,
      value: { subprotocol: undefined, extensions: [] },
    })
  })

  test.each([
    ['Upgrade in any case', response({ Upgrade: 'WebSocket' })],
    ['Connection in any case', response({ Connection: 'UPGRADE' })],
    ['Connection with more tokens', response({ Connection: ['keep-alive', 'foo, upgrade'] })],
    ['names in lower case', response({ 'sec-websocket-accept': ACCEPT, upgrade: 'websocket' })],
    ['white space around the accept key', response({ 'Sec-WebSocket-Accept': ` \t${ACCEPT}\t ` })],
    // 4.2.2: "they can all be listed in a single |Sec-WebSocket-Extensions| header field or split between multiple instances".
    ['extensions in two lines', response({ 'Sec-WebSocket-Extensions': ['a', 'c'] })],
    ['any reason', response({}, { reason: '' })],
    // RFC 9112, 6.3: a 1xx response ends with its head, "regardless of the header fields present".
    ['a length of no body', response({ 'Content-Length': '5' })],
  ])('may have %s', (_, head) => {
    expect(failed(head)).toBe(null)
  })
})

/** Responses that break one rule each, with the row that they break. */
const broken: Record<string, readonly (readonly [what: string, head: ResponseHead])[]> = {
  unexpectedStatus: [
    ['200', response({}, { status: 200 })],
    ['302', response({}, { status: 302 })],
    ['401', response({}, { status: 401 })],
  ],
  httpVersion: [
    ['HTTP/1.0', response({}, { version: '1.0' })],
    ['HTTP/2.0', response({}, { version: '2.0' })],
  ],
  upgradeMissing: [
    ['no Upgrade', response({ Upgrade: null })],
    ['another', response({ Upgrade: 'h2c' })],
    ['a list', response({ Upgrade: 'websocket, h2c' })],
    ['two lines', response({ Upgrade: ['websocket', 'websocket'] })],
    ['nothing', response({ Upgrade: '' })],
  ],
  connectionMissing: [
    ['no Connection', response({ Connection: null })],
    ['another', response({ Connection: 'close' })],
  ],
  acceptMissing: [
    ['none', response({ 'Sec-WebSocket-Accept': null })],
    ['two', response({ 'Sec-WebSocket-Accept': [ACCEPT, ACCEPT] })],
  ],
  acceptWrong: [
    ['nothing', response({ 'Sec-WebSocket-Accept': '' })],
    ['the key itself', response({ 'Sec-WebSocket-Accept': KEY })],
    ['another case', response({ 'Sec-WebSocket-Accept': ACCEPT.toLowerCase() })],
    ['no padding', response({ 'Sec-WebSocket-Accept': ACCEPT.slice(0, -1) })],
    ['a list', response({ 'Sec-WebSocket-Accept': `${ACCEPT}, ${ACCEPT}` })],
    ['a no-break space behind', response({ 'Sec-WebSocket-Accept': `${ACCEPT}\xa0` })],
  ],
  subprotocolNotRequested: [
    ['another', response({ 'Sec-WebSocket-Protocol': 'other' })],
    ['another case', response({ 'Sec-WebSocket-Protocol': 'Chat' })],
    ['a list of requested ones', response({ 'Sec-WebSocket-Protocol': 'chat, superchat' })],
    ['nothing', response({ 'Sec-WebSocket-Protocol': '' })],
  ],
  subprotocolDoubled: [['two', response({ 'Sec-WebSocket-Protocol': ['chat', 'chat'] })]],
  malformedExtensions: [
    ['no token', response({ 'Sec-WebSocket-Extensions': 'a;' })],
    ['nothing', response({ 'Sec-WebSocket-Extensions': '' })],
  ],
  extensionNotOffered: [
    ['another', response({ 'Sec-WebSocket-Extensions': 'a, permessage-deflate' })],
    ['another case', response({ 'Sec-WebSocket-Extensions': 'A' })],
    ['a name that objects have', response({ 'Sec-WebSocket-Extensions': '__proto__' })],
  ],
  extensionDoubled: [
    ['the same twice', response({ 'Sec-WebSocket-Extensions': 'a, a; b' })],
    ['the same in two lines', response({ 'Sec-WebSocket-Extensions': ['a', 'c, a'] })],
  ],
}

describe.each(Object.entries(broken))('%s fails', (name, responses) => {
  test.each(responses)('%s', (_, head) => {
    expect(failed(head)).toBe(Object.entries(failures).find(([row]) => row === name)?.[1])
  })
})

test('a client that offered nothing fails over anything that is answered', () => {
  expect(failed(response({ 'Sec-WebSocket-Protocol': 'chat' }), { key: KEY })).toBe(
    failures.subprotocolNotRequested,
  )
  expect(failed(response({ 'Sec-WebSocket-Extensions': 'a' }), { key: KEY })).toBe(
    failures.extensionNotOffered,
  )
  expect(failed(response(), { key: KEY })).toBe(null)
})

test('the failures table has a row of this file for every rule on a response', () => {
  // head-reader.test.ts
  const elsewhere = [
    ...[
      'headTooLarge',
      'tooManyHeaderLines',
      'malformedStartLine',
      'bareLineFeed',
      'foldedHeader',
      'malformedHeader',
    ],
  ]
  expect([...Object.keys(broken), ...elsewhere].sort()).toEqual(Object.keys(failures).sort())
})
