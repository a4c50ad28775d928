/** Heads of opening handshakes: right ones, and ones of which a line or some octets are not as they should be. */
import { mutate } from '../mutate.ts'
import { fromLatin1 } from '../octets.ts'
import type { Random } from '../random.ts'
import { randomExtensions } from './extensions.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
export const OFFER = {
  key: KEY,
  subprotocols: ['chat', 'superchat'],
  extensions: ['permessage-deflate', 'x-other'],
}

const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'get', 'CONNECT', 'G', '']
const TARGETS = [
  '/',
  '/chat?a=b',
  'http://a.example/x',
  'http://a:99999/',
  '*',
  'a:80',
  '/#f',
  'HTTPS://[::1]?q',
  '/ü',
  'http://u@h/',
]
const VERSIONS = ['1.1', '1.1', '1.1', '1.1', '1.0', '2.0', '1.2', '0.9', '1.10']

const REQUEST_LINES: readonly (readonly [string, readonly string[]])[] = [
  ['Host', ['a.example', 'a.example:8080', '[::1]:80', 'a b', 'u@a', 'a:65536', '', 'a:b', '%41']],
  ['Upgrade', ['websocket', 'WebSocket', 'h2c, websocket', 'websockets', '', 'websocket/13', ',,websocket,']],
  ['Connection', ['Upgrade', 'keep-alive, upgrade', 'close', '', 'Upgrade;x', 'upgrade,']],
  [
    'Sec-WebSocket-Key',
    [
      KEY,
      'AQIDBAUGBwgJCgsMDQ4PEC==',
      'AQIDBAUGBwgJCgsMDQ4PEA',
      '',
      'dGhlIHNhbXBsZSBub25jZQ=',
      `${KEY}, ${KEY}`,
    ],
  ],
  ['Sec-WebSocket-Version', ['13', '13', '013', '8', '13, 8', '+13', '']],
]
const RESPONSE_LINES: readonly (readonly [string, readonly string[]])[] = [
  ['Upgrade', ['websocket', 'WebSocket', 'websocket, h2c', '']],
  ['Connection', ['Upgrade', 'keep-alive, Upgrade', 'close']],
  ['Sec-WebSocket-Accept', [ACCEPT, ACCEPT, ACCEPT.toLowerCase(), '', `${ACCEPT} x`]],
]
const FURTHER: readonly (readonly [string, readonly string[]])[] = [
  ['Content-Length', ['0', '00', '5', '-1', '0x0', '', '0, 0']],
  ['Transfer-Encoding', ['chunked', 'identity', '']],
  ['Origin', ['http://a.example', 'null', '']],
  ['Sec-WebSocket-Protocol', ['chat', 'chat, superchat', 'chat, chat', ',', 'a b', 'x', '']],
  ['Cookie', ['a=b', '\x80\xff', 'a\tb', '\x01']],
  ['X\x00', ['x']],
  [' folded', ['x']],
  ['', ['x']],
]

/** A request that any server accepts. */
export const rightRequest = fromLatin1(
  `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
)

/** A request or a response, right or wrong, in octets; something may follow it. */
export function randomHead(random: Random, kind: 'request' | 'response'): Uint8Array {
  const usually = <Value>(values: readonly Value[]): Value =>
    random.oneIn(12) ? random.pick(values) : values[0]
  const lines = (kind === 'request' ? REQUEST_LINES : RESPONSE_LINES).map(
    ([name, values]) => `${name}: ${usually(values)}`,
  )
  if (random.oneIn(3)) lines.push(`Sec-WebSocket-Extensions: ${randomExtensions(random)}`)
  for (let left = random.size(3); left > 0; left--) {
    const [name, values] = random.pick(FURTHER)
    lines.push(`${name}:${random.oneIn(2) ? ' ' : ''}${random.pick(values)}${random.oneIn(6) ? ' \t' : ''}`)
  }
  if (random.oneIn(12)) lines.splice(random.below(lines.length), 1)
  if (random.oneIn(12)) lines.push(random.pick(lines))
  if (random.oneIn(150)) lines.push(...Array.from({ length: random.between(90, 110) }, () => 'x: y'))
  if (random.oneIn(300)) lines.push(`x: ${'y'.repeat(random.between(15_000, 17_000))}`)
  const start =
    kind === 'request'
      ? `${usually(METHODS)} ${usually(TARGETS)} HTTP/${usually(VERSIONS)}`
      : `HTTP/${usually(VERSIONS)} ${usually(['101', '101', '200', '99', '302', '1000'])} ${usually(['Switching', '', '\x01'])}`
  const interim = kind === 'response' && random.oneIn(10) ? 'HTTP/1.1 100 Continue\r\na: b\r\n\r\n' : ''
  const head = fromLatin1(
    `${interim}${[start, ...lines].join('\r\n')}\r\n\r\n${random.oneIn(3) ? '\x81\x00rest' : ''}`,
  )
  return random.oneIn(3) ? mutate(random, head, head) : head
}
