/** The moments at which a peer can leave a connection alone, and how it gets to each of them. */
import { encodeFrame, Opcode, Rsv } from '@hybi/frame'
import type { Visitor } from './visitor.ts'

export interface Phase {
  readonly title: string
  readonly schemes: readonly ('ws' | 'wss')[]
  /** Gets there, and resolves. */
  reach(visitor: Visitor): Promise<void>
}

const BOTH = ['ws', 'wss'] as const
const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const MASKED = { maskingKey: 0x01020304 }

const request = (target: string, ...lines: readonly string[]): string =>
  [
    `GET ${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
    ...lines,
    '\r\n',
  ].join('\r\n')

async function open(visitor: Visitor, target = '/', ...lines: readonly string[]): Promise<void> {
  await visitor.connect()
  visitor.write(request(target, ...lines))
  await visitor.until('HTTP/1.1 101')
}

/** A record of TLS that promises a ClientHello of 512 octets, and its beginning. */
const HALF_CLIENT_HELLO = Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03)
const CLOSE_BODY = Uint8Array.of(0x03, 0xe8)

export const phases: readonly Phase[] = [
  { title: 'a TCP connection and not an octet', schemes: BOTH, reach: (visitor) => visitor.dial() },
  {
    title: 'half a ClientHello',
    schemes: ['wss'],
    reach: async (visitor) => {
      await visitor.dial()
      visitor.write(HALF_CLIENT_HELLO)
    },
  },
  { title: 'TLS, and no request', schemes: ['wss'], reach: (visitor) => visitor.connect() },
  {
    title: 'half a request line',
    schemes: BOTH,
    reach: async (visitor) => {
      await visitor.connect()
      visitor.write('GET / HT')
    },
  },
  {
    title: 'a head without its end',
    schemes: BOTH,
    reach: async (visitor) => {
      await visitor.connect()
      visitor.write(request('/').slice(0, -2))
    },
  },
  {
    title: 'a request over which nobody decides',
    schemes: BOTH,
    reach: async (visitor) => {
      await visitor.connect()
      visitor.write(request('/undecided'))
    },
  },
  {
    title: 'a refusal',
    schemes: BOTH,
    reach: async (visitor) => {
      await visitor.connect()
      visitor.write(request('/').replace('Version: 13', 'Version: 12'))
      await visitor.until('HTTP/1.1 426')
    },
  },
  { title: 'an open connection', schemes: BOTH, reach: (visitor) => open(visitor) },
  {
    title: 'half a frame header',
    schemes: BOTH,
    reach: async (visitor) => {
      await open(visitor)
      visitor.write(Uint8Array.of(0x82, 0xfe, 0x01))
    },
  },
  {
    title: 'a message without its end',
    schemes: BOTH,
    reach: async (visitor) => {
      await open(visitor)
      visitor.write(encodeFrame({ opcode: Opcode.BINARY, fin: false, ...MASKED }, new Uint8Array(2000)))
    },
  },
  {
    title: 'a compressed message without its end',
    schemes: BOTH,
    reach: async (visitor) => {
      await open(visitor, '/', 'Sec-WebSocket-Extensions: permessage-deflate')
      const begun = Uint8Array.of(0xf2, 0x48, 0xcd)
      visitor.write(encodeFrame({ opcode: Opcode.TEXT, fin: false, rsv: Rsv.RSV1, ...MASKED }, begun))
    },
  },
  {
    title: 'a Close of the peer, and no end of TCP',
    schemes: BOTH,
    reach: async (visitor) => {
      await open(visitor)
      visitor.write(encodeFrame({ opcode: Opcode.CLOSE, ...MASKED }, CLOSE_BODY))
    },
  },
  {
    title: 'a Close of the server without an answer',
    schemes: BOTH,
    reach: (visitor) => open(visitor, '/close'),
  },
  {
    title: 'a Close of the server with an answer, and no end of TCP',
    schemes: BOTH,
    reach: async (visitor) => {
      await open(visitor, '/close')
      visitor.write(encodeFrame({ opcode: Opcode.CLOSE, ...MASKED }, CLOSE_BODY))
    },
  },
  {
    title: 'a Close behind more than the peer reads',
    schemes: BOTH,
    reach: async (visitor) => {
      await visitor.connect()
      visitor.stopReading()
      visitor.write(request('/flood'))
    },
  },
  {
    title: 'a broken rule',
    schemes: BOTH,
    reach: async (visitor) => {
      await open(visitor)
      visitor.write(encodeFrame({ opcode: Opcode.BINARY, rsv: Rsv.RSV3, ...MASKED }))
    },
  },
]
