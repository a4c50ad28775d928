import { createServer, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkRequest, HeadReader } from '../src/index.ts'
import { head, octets, text } from './heads.ts'

/** What Node's own parser makes of a request to upgrade; null when it refuses it or sees none. */
async function parseByNode(bytes: Uint8Array) {
  const server = createServer({ maxHeaderSize: 65_536 })
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
  try {
    return await new Promise<{ target: string | undefined; lines: string[]; rest: string } | null>(
      (resolve) => {
        server.on('upgrade', (request: IncomingMessage, _: Duplex, rest: Buffer) => {
          resolve({ target: request.url, lines: request.rawHeaders, rest: text(rest) })
        })
        server.on('request', () => resolve(null))
        server.on('clientError', () => resolve(null))
        server.emit('connection', socket)
        socket.push(bytes)
        socket.push(null)
      },
    )
  } finally {
    socket.destroy()
  }
}

const right = [
  'Host: example.com',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
]

/** Lines and pieces of lines that parsers have disagreed on. */
const oddLine = fc
  .array(
    fc.constantFrom(
      ...[
        'Content-Length',
        'Transfer-Encoding',
        'X',
        ':',
        ': ',
        ' ',
        '\t',
        '\r',
        '\n',
        '\r\n',
        '\r\n\r\n',
        '\x00',
        '\x0b',
        '\xa0',
      ],
      ...['0', '5', ',', 'chunked', 'Host: b', '\r\n ', '"', ';', 'GET / HTTP/1.1', '\x7f'],
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((pieces) => pieces.join(''))

test('what is accepted here, Node’s own HTTP parser reads alike: same lines, same end', async () => {
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(oddLine, { maxLength: 2 }),
      fc.nat(right.length),
      fc.constantFrom('', '\x81\x85', 'GET / HTTP/1.1\r\n\r\n', '\r\n'),
      async (odd, at, rest) => {
        const bytes = octets(
          head('GET /chat HTTP/1.1', ...right.slice(0, at), ...odd, ...right.slice(at)) + rest,
        )
        const reading = new HeadReader('request').receive(bytes)
        if (!reading?.ok || !checkRequest(reading.head).ok) return
        if (odd.length > 0) accepted++
        expect(await parseByNode(bytes)).toEqual({
          target: reading.head.target,
          lines: reading.head.headers.flat(),
          rest: text(reading.rest),
        })
      },
    ),
    { numRuns: 3000 },
  )
  expect(accepted).toBeGreaterThan(100)
})
