/** Heads to begin from, and to break in one place. */
import type { HeaderLine, RequestHead, ResponseHead } from '../src/index.ts'

/** The key of RFC 6455, 1.3, and what answers it. */
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

/** Text as octets, one a character. */
export const octets = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0))

/** Octets as text, one character each. */
export const text = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')

/** The lines of a head, each ended, and the empty line. */
export const head = (...lines: readonly string[]): string => `${[...lines, ''].join('\r\n')}\r\n`

/** New values for headers of a head: none, one, or several lines. */
export type Changes = Readonly<Record<string, string | readonly string[] | null>>

function change(headers: readonly HeaderLine[], changes: Changes): HeaderLine[] {
  const changed = new Set(Object.keys(changes).map((name) => name.toLowerCase()))
  return [
    ...headers.filter(([name]) => !changed.has(name.toLowerCase())),
    ...Object.entries(changes).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): HeaderLine => [name, one]),
    ),
  ]
}

/** A request that is right, but for `changes`. */
export const request = (
  changes: Changes = {},
  start: Partial<Omit<RequestHead, 'headers'>> = {},
): RequestHead => ({
  method: 'GET',
  target: '/chat',
  version: '1.1',
  ...start,
  headers: change(
    [
      ['Host', 'server.example.com'],
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Key', KEY],
      ['Sec-WebSocket-Version', '13'],
    ],
    changes,
  ),
})

/** A response to KEY that is right, but for `changes`. */
export const response = (
  changes: Changes = {},
  start: Partial<Omit<ResponseHead, 'headers'>> = {},
): ResponseHead => ({
  version: '1.1',
  status: 101,
  reason: 'Switching Protocols',
  ...start,
  headers: change(
    [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Accept', ACCEPT],
    ],
    changes,
  ),
})
