import { describe, expect, test } from 'vitest'
import { type ConnectHead, checkExtendedConnect, createConnectResponse, refusals } from '../src/index.ts'

/** The request of RFC 8441, 5.1, but for `changes`. */
const connect = (changes: Partial<ConnectHead> = {}): ConnectHead => ({
  method: 'CONNECT',
  protocol: 'websocket',
  scheme: 'https',
  path: '/chat',
  authority: 'server.example.com',
  headers: [
    ['sec-websocket-protocol', 'chat, superchat'],
    ['sec-websocket-extensions', 'permessage-deflate'],
    ['sec-websocket-version', '13'],
    ['origin', 'http://www.example.com'],
  ],
  ...changes,
})

describe('an extended CONNECT', () => {
  test('of RFC 8441, 5.1 says what it asks for', () => {
    const head = connect()
    expect(checkExtendedConnect(head)).toEqual({
      ok: true,
      value: {
        target: '/chat',
        host: 'server.example.com',
        origin: 'http://www.example.com',
        subprotocols: ['chat', 'superchat'],
        extensions: [{ name: 'permessage-deflate', parameters: [] }],
        headers: head.headers,
      },
    })
  })

  test('may come without TLS', () => {
    expect(checkExtendedConnect(connect({ scheme: 'http' })).ok).toBe(true)
  })

  test.each([
    ['an ordinary GET', connect({ method: 'GET', protocol: undefined }), refusals.connectRequired],
    ['a GET with :protocol', connect({ method: 'GET' }), refusals.connectRequired],
    ['an ordinary CONNECT', connect({ protocol: undefined }), refusals.connectRequired],
    ['another protocol', connect({ protocol: 'webtransport' }), refusals.unknownProtocol],
    ['another case', connect({ protocol: 'WebSocket' }), refusals.unknownProtocol],
    ['no scheme', connect({ scheme: undefined }), refusals.malformedConnect],
    ['another scheme', connect({ scheme: 'wss' }), refusals.malformedConnect],
    ['no authority', connect({ authority: undefined }), refusals.malformedConnect],
    ['a malformed authority', connect({ authority: 'user@a' }), refusals.malformedConnect],
    ['no path', connect({ path: undefined }), refusals.malformedConnect],
    ['a path without slash', connect({ path: '*' }), refusals.malformedConnect],
    ['an absolute path', connect({ path: 'http://a/' }), refusals.malformedConnect],
    ['a fragment', connect({ path: '/a#b' }), refusals.malformedConnect],
    ['Connection', connect({ headers: [['connection', 'upgrade']] }), refusals.malformedConnect],
    ['Upgrade', connect({ headers: [['Upgrade', 'websocket']] }), refusals.malformedConnect],
    [
      'Transfer-Encoding',
      connect({ headers: [['transfer-encoding', 'chunked']] }),
      refusals.malformedConnect,
    ],
    ['no version', connect({ headers: [] }), refusals.versionMissing],
    ['another version', connect({ headers: [['sec-websocket-version', '8']] }), refusals.versionUnsupported],
  ])('is refused with %s', (_, head, refusal) => {
    expect(checkExtendedConnect(head)).toEqual({ ok: false, refusal })
  })

  test('is answered as in RFC 8441, 5.1', () => {
    const checked = checkExtendedConnect(connect())
    if (!checked.ok) throw new Error(checked.refusal.text)
    expect(createConnectResponse(checked.value, { subprotocol: 'chat' })).toEqual({
      status: 200,
      headers: [['Sec-WebSocket-Protocol', 'chat']],
    })
    expect(createConnectResponse(checked.value)).toEqual({ status: 200, headers: [] })
  })
})
