/**
 * What one opening handshake costs, step by step: read, judge, answer.
 *
 *     npx pnpm --filter @hybi/handshake bench
 */
import { createHash } from 'node:crypto'
import { bench, do_not_optimize, run } from 'mitata'
import {
  acceptKey,
  checkRequest,
  checkResponse,
  createRequest,
  createResponse,
  encodeHead,
  findHeader,
  HeadReader,
  parseExtensions,
  type RequestHead,
} from '../src/index.ts'
import { portableHost } from '../src/native.ts'

const offer = {
  key: 'dGhlIHNhbXBsZSBub25jZQ==',
  extensions: [{ name: 'permessage-deflate', parameters: [['client_max_window_bits', null] as const] }],
}

/** What Chromium sends. */
const browserHead: RequestHead = {
  method: 'GET',
  target: '/chat?room=1',
  version: '1.1',
  headers: [
    ['Host', 'localhost:9001'],
    ['Connection', 'Upgrade'],
    ['Pragma', 'no-cache'],
    ['Cache-Control', 'no-cache'],
    [
      'User-Agent',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    ],
    ['Upgrade', 'websocket'],
    ['Origin', 'http://localhost:9001'],
    ['Sec-WebSocket-Version', '13'],
    ['Accept-Encoding', 'gzip, deflate, br, zstd'],
    ['Accept-Language', 'en-US,en;q=0.9'],
    ['Sec-WebSocket-Key', offer.key],
    ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits'],
  ],
}
const octets = Buffer.from(encodeHead(browserHead))
const checked = checkRequest(browserHead)
if (!checked.ok) throw new Error(checked.refusal.text)
const request = checked.value
const response = createResponse(request, { extensions: offer.extensions })

function serve(chunk: Uint8Array): Uint8Array | null {
  const reading = new HeadReader('request').receive(chunk)
  if (!reading?.ok) return null
  const wanted = checkRequest(reading.head)
  return wanted.ok ? encodeHead(createResponse(wanted.value, { extensions: offer.extensions })) : null
}

bench('server, whole: read, check, answer, encode', () => do_not_optimize(serve(octets)))
bench('HeadReader: request in one chunk', () => do_not_optimize(new HeadReader('request').receive(octets)))
bench('HeadReader: request byte by byte', () => {
  const reader = new HeadReader('request')
  for (let i = 0; i < octets.length; i++) do_not_optimize(reader.receive(octets.subarray(i, i + 1)))
})
bench('checkRequest', () => do_not_optimize(checkRequest(browserHead)))
bench('createResponse', () => do_not_optimize(createResponse(request, { extensions: offer.extensions })))
bench('encodeHead', () => do_not_optimize(encodeHead(response)))
bench('parseExtensions', () =>
  do_not_optimize(parseExtensions(['permessage-deflate; client_max_window_bits'])),
)
const lastHeader = 'sec-websocket-extensions'
bench('findHeader: the last of 12', () => do_not_optimize(findHeader(browserHead.headers, lastHeader)))
bench('the same, each name in lower case', () =>
  do_not_optimize(browserHead.headers.find(([name]) => name.toLowerCase() === lastHeader)?.[1]),
)
bench('acceptKey', () => do_not_optimize(acceptKey(offer.key)))
const hashed = `${offer.key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
bench('acceptKey, createHash', () => do_not_optimize(createHash('sha1').update(hashed).digest('base64')))
bench('acceptKey, portable', () => do_not_optimize(portableHost.hashToBase64(hashed)))
bench('createRequest', () =>
  do_not_optimize(createRequest({ ...offer, url: 'ws://localhost:9001/chat?room=1' })),
)
bench('checkResponse', () => do_not_optimize(checkResponse(response, offer)))

await run()
