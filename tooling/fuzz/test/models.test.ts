/** The models are what everything is compared with: here they are compared with the RFCs' own examples. */
import { toHex, wire } from '@hybi/test-support'
import { describe, expect, test } from 'vitest'
import { viewStream } from '../src/model/endpoint.ts'
import { readFrame } from '../src/model/frames.ts'
import { isAccepted, readExtensions, readHead, statusFor } from '../src/model/head.ts'
import { inflateMessage } from '../src/model/inflate.ts'
import { readText } from '../src/model/utf8.ts'

const NONE = new Uint8Array(0)
const client = { role: 'client', maxMessageSize: 1000, maxFragments: 10 } as const
const server = { ...client, role: 'server' } as const

describe('the model of UTF-8', () => {
  test.each([
    ['41e289a2ce912e', 7, true],
    ['eda080', 1, false],
    ['c080', 0, false],
    ['f0808080', 1, false],
    ['f4908080', 1, false],
    ['f5', 0, false],
    ['e289', 2, false],
    ['', 0, true],
  ])('%s is possible for %i octets', (hex, possible, complete) => {
    expect(readText(wire`${hex}`)).toEqual({ possible, complete })
  })
})

describe('the model of frames', () => {
  test('reads the masked Hello of RFC 6455, section 5.7', () => {
    expect(readFrame(wire`818537fa213d7f9f4d5158`, 0)).toMatchObject({
      fin: true,
      opcode: 1,
      masked: true,
      length: 5n,
      payload: new TextEncoder().encode('Hello'),
      whole: true,
    })
  })

  test('reads the length of 65536 octets in 64 bits, and waits for the rest of a header', () => {
    expect(readFrame(wire`827f0000000000010000`, 0)).toMatchObject({ length: 65_536n, whole: false })
    expect(readFrame(wire`827f00000000000100`, 0)).toBeNull()
  })
})

describe('the model of an endpoint', () => {
  test('puts fragments together, with the Ping in between first', () => {
    expect(viewStream(wire`010348656c 8900 80026c6f`, client)).toEqual({
      events: [
        { kind: 'ping', payload: '' },
        { kind: 'message', binary: false, whole: true, payload: 'Hello' },
      ],
      failure: null,
      read: 11,
      complete: true,
    })
  })

  test.each([
    ['a frame without a mask', server, '8100', 1002],
    ['a masked frame', client, '818000000000', 1002],
    ['a reserved bit', client, 'c100', 1002],
    ['an unknown opcode', client, '8300', 1002],
    ['a fragmented Ping', client, '0900', 1002],
    ['a Ping of 126 octets', client, '897e007e', 1002],
    ['a length in too many octets', client, '817e0005', 1002],
    ['a length with its top bit', client, '817f8000000000000000', 1002],
    ['a continuation of nothing', client, '8000', 1002],
    ['a message inside another', client, '01008100', 1002],
    ['a message that is too big', client, '827e03e9', 1009],
    ['text that is not UTF-8', client, '8105c0', 1007],
    ['text that ends too soon', client, '8101c3', 1007],
    ['a Close of one octet', client, '880103', 1002],
    ['a reserved code', client, '880203ed', 1002],
    ['a reason that is not UTF-8', client, '880303e8ff', 1007],
  ])('fails over %s', (_title, options, hex, failure) => {
    expect(viewStream(wire`${hex}`, options).failure).toBe(failure)
  })
})

describe('the model of heads', () => {
  const request = [
    'GET /chat HTTP/1.1',
    'Host: server.example.com',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: chat, superchat',
    'Sec-WebSocket-Version: 13',
  ]
  const statusOf = (lines: readonly string[]): number => {
    const head = readHead(`${lines.join('\r\n')}\r\n\r\n`, 'request')
    return head === null ? 0 : statusFor(head)
  }

  test('accepts the request of RFC 6455, section 1.2', () => {
    expect(statusOf(request)).toBe(101)
  })

  test.each(request.slice(1).map((line) => [line]))('does not accept it without %s', (line) => {
    const status = statusOf(request.filter((own) => own !== line))
    expect(status).toBe(
      line.startsWith('Upgrade') ? 426 : line.startsWith('Sec-WebSocket-Protocol') ? 101 : 400,
    )
  })

  test('accepts the answer of section 1.2, for its key alone', () => {
    const answer =
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n'
    const head = readHead(answer, 'response')
    const offer = { key: 'dGhlIHNhbXBsZSBub25jZQ==', subprotocols: [], extensions: [] }
    expect(head !== null && isAccepted(head, offer)).toBe(true)
    expect(head !== null && isAccepted(head, { ...offer, key: 'AQIDBAUGBwgJCgsMDQ4PEC==' })).toBe(false)
  })

  test('reads the lists of section 9.1', () => {
    expect(readExtensions(['foo, bar; baz=2', ' ,x;y="1"'])).toEqual([
      { name: 'foo', parameters: [] },
      { name: 'bar', parameters: [['baz', '2']] },
      { name: 'x', parameters: [['y', '1']] },
    ])
    expect(readExtensions(['foo; ='])).toBeNull()
    expect(readExtensions([','])).toBeNull()
  })

  test('reads hundreds of empty elements in no time', () => {
    expect(readExtensions([`foo${', ,'.repeat(400)}@`])).toBeNull()
    expect(readExtensions([`foo${', ,'.repeat(400)}`])).toHaveLength(1)
  })
})

describe('the model of DEFLATE', () => {
  test.each([
    ['7.2.3.1', 'f248cdc9c90700'],
    ['7.2.3.3', '000500faff48656c6c6f00'],
    ['7.2.3.4', 'f348cdc9c9070000'],
    ['7.2.3.5', 'f24805000000ffffcac9c90700'],
  ])('reads Hello in RFC 7692, section %s', (_section, hex) => {
    const { text, valid } = inflateMessage(wire`${hex}`, 15, NONE)
    expect([new TextDecoder().decode(text), valid]).toEqual(['Hello', true])
  })

  test('refers to what was said before, as far as the window reaches', () => {
    const hello = new TextEncoder().encode('Hello')
    expect(inflateMessage(wire`f200110000`, 15, hello)).toMatchObject({ text: hello, valid: true })
    expect(inflateMessage(wire`f200110000`, 15, NONE).valid).toBe(false)
    expect(inflateMessage(wire`f200110000`, 2, hello).valid).toBe(false)
  })

  test('says where data are cut short', () => {
    const { text, valid } = inflateMessage(wire`000500faff4865`, 15, NONE)
    expect([toHex(text.subarray(0, 2)), valid]).toEqual(['4865', false])
  })
})
