import { describe, expect, test } from 'vitest'
import { checkRequest, createResponse, encodeHead } from '../src/index.ts'
import { ACCEPT, head, KEY, request, text } from './heads.ts'

const wanted = {
  key: KEY,
  subprotocols: ['chat', 'superchat'],
  extensions: [
    { name: 'a', parameters: [['b', null] as const] },
    { name: 'a', parameters: [] },
    { name: 'c', parameters: [] },
  ],
}

describe('the response that accepts', () => {
  test('is the one of RFC 6455, 1.3', () => {
    expect(text(encodeHead(createResponse(wanted, { subprotocol: 'chat' })))).toBe(
      head(
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${ACCEPT}`,
        'Sec-WebSocket-Protocol: chat',
      ),
    )
  })

  test('names nothing that was not chosen', () => {
    const checked = checkRequest(request())
    if (!checked.ok) throw new Error(checked.refusal.text)
    expect(createResponse(checked.value).headers.map(([name]) => name)).toEqual([
      'Upgrade',
      'Connection',
      'Sec-WebSocket-Accept',
    ])
  })

  test("carries extensions in one line, and the caller's own lines last", () => {
    const response = createResponse(wanted, {
      extensions: [
        { name: 'c', parameters: [['d', '1']] },
        { name: 'a', parameters: [] },
      ],
      headers: [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
    })
    expect(response.headers.slice(3)).toEqual([
      ['Sec-WebSocket-Extensions', 'c; d=1, a'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ])
  })

  test.each(['other', 'Chat', '', 'chat\r\nX: y'])('cannot choose the subprotocol %j', (subprotocol) => {
    expect(() => createResponse(wanted, { subprotocol })).toThrow('has not requested the subprotocol')
  })

  test.each([[['x']], [['a', 'a']], [['__proto__']]])('cannot answer the extensions %j', (names) => {
    const extensions = names.map((name) => ({ name, parameters: [] }))
    expect(() => createResponse(wanted, { extensions })).toThrow('was not offered, or is answered twice')
  })

  test.each([
    'Upgrade',
    'connection',
    'Sec-WebSocket-Accept',
    'SEC-WEBSOCKET-PROTOCOL',
    'Sec-WebSocket-Extensions',
    'Content-Length',
    'Transfer-Encoding',
  ])('leaves no %s to the caller', (name) => {
    expect(() => createResponse(wanted, { headers: [[name, 'x']] })).toThrow(
      'written by the handshake itself',
    )
  })

  test.each([
    ['X: y\r\nX', 'z'],
    ['', 'z'],
    ['X Y', 'z'],
    ['X', 'y\r\nSet-Cookie: z'],
    ['X', 'y\nz'],
    ['X', 'y\rz'],
    ['X', 'y\x00'],
    ['X', '\u{1f600}'],
    ['X', '\u010a'],
  ])('takes no line that could become another: %j: %j', (name, value) => {
    expect(() => createResponse(wanted, { headers: [[name, value]] })).toThrow(TypeError)
  })
})
