/** The opening handshake, request by request: what is refused, and how (RFC 6455 4.2, RFC 9112). */
import { type Behaviour, behaviour, type Outcome } from '../behaviour.ts'
import { masked, Opcode } from '../peer/frames.ts'
import { type HeadChange, KEY, requestHead } from '../peer/request.ts'
import { flood } from './flow.ts'

const BOTH = ['ws', 'wss'] as const

interface Row extends HeadChange {
  readonly title: string
  readonly accepts: readonly Outcome[]
  readonly alsoAttached?: readonly Outcome[]
  readonly section?: string
}

/** A head that is right but for the change; a message behind it tells acceptance from refusal. */
const headRow = (
  id: string,
  { title, accepts, alsoAttached = [], section = 'RFC 6455 4.2.1', ...change }: Row,
): Behaviour =>
  behaviour({
    id: `head.${id}`,
    title,
    section,
    accepts,
    alsoAttached,
    schemes: BOTH,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send(requestHead(change), masked({ opcode: Opcode.TEXT }, 'x'))
      await peer.until(() => peer.status > 101 || peer.messages.length > 0)
      return peer.outcome()
    },
  })

const REFUSED = ['http 400']
const ACCEPTED = ['echo']
/** The page of the host: it asks for no upgrade that the host knows of. */
const PAGE = ['http 200']
const extensions = (value: string): HeadChange => ({ headers: { 'Sec-WebSocket-Extensions': value } })
const protocols = (value: string): HeadChange => ({ headers: { 'Sec-WebSocket-Protocol': value } })

const startLines = [
  headRow('http-1.0', { title: 'HTTP/1.0', version: 'HTTP/1.0', accepts: REFUSED }),
  headRow('http-2.0', {
    title: 'HTTP/2.0 in the request line',
    version: 'HTTP/2.0',
    accepts: ['http 400', 'http 505'],
  }),
  headRow('http-lower', { title: 'http/1.1 in lower case', version: 'http/1.1', accepts: REFUSED }),
  headRow('http-garbage', { title: 'a version that is none', version: 'HTTP/1.1.1', accepts: REFUSED }),
  headRow('method-post', { title: 'POST', method: 'POST', accepts: ['http 405'] }),
  headRow('method-lower', { title: 'get in lower case', method: 'get', accepts: ['http 400', 'http 405'] }),
  headRow('method-garbage', { title: 'a method that is no token', method: 'G(T', accepts: REFUSED }),
  headRow('target-space', { title: 'a space in the target', target: '/a b', accepts: REFUSED }),
  headRow('target-control', {
    title: 'a control character in the target',
    target: '/a\u0001',
    accepts: REFUSED,
  }),
  headRow('target-relative', { title: 'a target without its slash', target: 'chat', accepts: REFUSED }),
  headRow('target-asterisk', { title: 'the target *', target: '*', accepts: REFUSED }),
  headRow('target-8-bit', { title: 'octets above 127 in the target', target: '/\u00e4', accepts: REFUSED }),
  headRow('target-absolute', {
    title: 'a target with scheme and host (right)',
    target: 'http://127.0.0.1/',
    accepts: ['echo', 'http 400'],
    section: 'RFC 9112 3.2.2',
  }),
  headRow('method-connect', {
    title: 'CONNECT to another port of this machine',
    method: 'CONNECT',
    target: '127.0.0.1:22',
    accepts: ['http 400', 'http 405'],
    alsoAttached: ['fin', 'reset'],
    section: 'RFC 9110 9.3.6',
  }),
  headRow('target-fragment', {
    title: 'a fragment in the target',
    target: '/#x',
    accepts: REFUSED,
    section: 'RFC 6455 3',
  }),
]

const headers = [
  headRow('host-missing', { title: 'no Host', headers: { Host: null }, accepts: REFUSED }),
  headRow('host-doubled', { title: 'two Hosts', lines: ['Host: other'], accepts: REFUSED }),
  headRow('host-userinfo', { title: 'a Host that is none', headers: { Host: 'a@b c' }, accepts: REFUSED }),
  headRow('upgrade-missing', {
    title: 'no Upgrade',
    headers: { Upgrade: null },
    accepts: ['http 426'],
    alsoAttached: PAGE,
  }),
  headRow('upgrade-other', {
    title: 'Upgrade: h2c',
    headers: { Upgrade: 'h2c' },
    accepts: ['http 400', 'http 426'],
    alsoAttached: PAGE,
  }),
  headRow('upgrade-list', {
    title: 'Upgrade: h2c, websocket',
    headers: { Upgrade: 'h2c, websocket' },
    accepts: ['echo', 'http 400', 'http 426'],
    section: 'RFC 9110 7.8',
  }),
  headRow('upgrade-lines', {
    title: 'two Upgrades, the second is ours',
    headers: { Upgrade: 'h2c' },
    lines: ['Upgrade: websocket'],
    accepts: ['echo', 'http 400', 'http 426'],
    section: 'RFC 9110 7.8',
  }),
  headRow('upgrade-h2c', {
    title: 'an upgrade to HTTP/2 with all that belongs to it',
    headers: { Upgrade: 'h2c', Connection: 'Upgrade, HTTP2-Settings' },
    lines: ['HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'],
    accepts: ['http 400', 'http 426'],
    alsoAttached: PAGE,
    section: 'RFC 9110 7.8',
  }),
  headRow('connection-missing', {
    title: 'no Connection',
    headers: { Connection: null },
    accepts: ['http 400', 'http 426'],
    alsoAttached: PAGE,
  }),
  headRow('connection-close', {
    title: 'Connection: close',
    headers: { Connection: 'close' },
    accepts: ['http 400', 'http 426'],
    alsoAttached: PAGE,
  }),
  headRow('connection-commas', {
    title: 'Connection with thousands of empty elements in front of Upgrade',
    headers: { Connection: `${', ,'.repeat(2500)} Upgrade` },
    accepts: ['echo', 'http 400'],
    section: 'RFC 9110 5.6.1',
  }),
  headRow('connection-names-key', {
    title: 'Connection names the key as a line for this hop alone',
    headers: { Connection: 'Upgrade, Sec-WebSocket-Key' },
    accepts: ['echo', 'http 400'],
    section: 'RFC 9110 7.6.1',
  }),
  headRow('connection-list', {
    title: 'Connection: keep-alive, UPGRADE (right)',
    headers: { Connection: 'keep-alive, UPGRADE' },
    accepts: ACCEPTED,
  }),
  headRow('key-missing', { title: 'no key', headers: { 'Sec-WebSocket-Key': null }, accepts: REFUSED }),
  headRow('key-doubled', { title: 'two keys', lines: [`Sec-WebSocket-Key: ${KEY}`], accepts: REFUSED }),
  headRow('key-doubled-case', {
    title: 'two keys, one of them in lower case',
    lines: [`sec-websocket-key: ${KEY}`],
    accepts: REFUSED,
  }),
  headRow('origin-foreign', {
    title: 'a page of another site',
    lines: ['Origin: http://elsewhere.example'],
    accepts: ['http 403'],
    section: 'RFC 6455 10.2',
  }),
  headRow('origin-null', {
    title: 'a page without an origin',
    lines: ['Origin: null'],
    accepts: ['http 403'],
    section: 'RFC 6455 10.2',
  }),
  headRow('origin-prefix', {
    title: 'an origin that only begins like ours',
    lines: ['Origin: http://127.0.0.1.elsewhere.example'],
    accepts: ['http 403'],
    section: 'RFC 6455 10.2',
  }),
  headRow('origin-doubled', {
    title: 'two Origins',
    lines: ['Origin: http://127.0.0.1', 'Origin: http://elsewhere.example'],
    accepts: ['http 400', 'http 403'],
    section: 'RFC 6455 10.2',
  }),
  headRow('key-empty', { title: 'an empty key', headers: { 'Sec-WebSocket-Key': '' }, accepts: REFUSED }),
  headRow('key-short', {
    title: 'a key of 15 octets',
    headers: { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAA' },
    accepts: REFUSED,
  }),
  headRow('key-long', {
    title: 'a key of 17 octets',
    headers: { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAAA=' },
    accepts: REFUSED,
  }),
  headRow('key-huge', {
    title: 'a key of 8 KiB',
    headers: { 'Sec-WebSocket-Key': 'A'.repeat(8192) },
    accepts: REFUSED,
  }),
  headRow('key-8-bit', {
    title: 'a key with octets above 127',
    headers: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j\u00e4Q==' },
    accepts: REFUSED,
  }),
  headRow('key-list', {
    title: 'two keys in one line',
    headers: { 'Sec-WebSocket-Key': `${KEY}, ${KEY}` },
    accepts: REFUSED,
  }),
  headRow('version-missing', {
    title: 'no version',
    headers: { 'Sec-WebSocket-Version': null },
    accepts: REFUSED,
  }),
  ...['12', '14', '013', '13.0', '0xd', '13, 13', '', '8', '999999999999999999999'].map((version, index) =>
    headRow(`version-${index + 1}`, {
      title: `version "${version}"`,
      headers: { 'Sec-WebSocket-Version': version },
      accepts: ['http 426'],
      section: 'RFC 6455 4.4',
    }),
  ),
  headRow('version-doubled', {
    title: 'two versions',
    lines: ['Sec-WebSocket-Version: 13'],
    accepts: ['http 426', 'http 400'],
    section: 'RFC 6455 4.4',
  }),
]

const grammar = [
  headRow('name-space', {
    title: 'a space before the colon',
    lines: ['X-A : b'],
    accepts: REFUSED,
    section: 'RFC 9112 5.1',
  }),
  headRow('name-empty', {
    title: 'a line without a name',
    lines: [': b'],
    accepts: REFUSED,
    section: 'RFC 9112 5.1',
  }),
  headRow('name-garbage', {
    title: 'a name that is no token',
    lines: ['X(A: b'],
    accepts: REFUSED,
    section: 'RFC 9110 5.1',
  }),
  headRow('line-no-colon', {
    title: 'a line without a colon',
    lines: ['just words'],
    accepts: REFUSED,
    section: 'RFC 9112 5',
  }),
  headRow('line-folded', {
    title: 'a folded line',
    lines: ['X-A: b', ' c'],
    accepts: REFUSED,
    section: 'RFC 9112 5.2',
  }),
  headRow('line-bare-lf', {
    title: 'a line that ends with LF alone',
    lines: ['X-A: b\nX-B: c'],
    accepts: REFUSED,
    section: 'RFC 9112 2.2',
  }),
  headRow('line-bare-cr', {
    title: 'CR within a line',
    lines: ['X-A: b\rc'],
    accepts: REFUSED,
    section: 'RFC 9112 2.2',
  }),
  headRow('value-nul', {
    title: 'NUL in a value',
    lines: ['X-A: \u0000'],
    accepts: REFUSED,
    section: 'RFC 9110 5.5',
  }),
  headRow('value-control', {
    title: 'a control character in a value',
    lines: ['X-A: \u0007'],
    accepts: REFUSED,
    section: 'RFC 9110 5.5',
  }),
  headRow('value-8-bit', {
    title: 'octets above 127 in a value nobody reads (right)',
    lines: ['X-A: \u00e4'],
    accepts: ['echo', 'http 400'],
    section: 'RFC 9110 5.5',
  }),
]

const smuggling = [
  headRow('body-length', {
    title: 'Content-Length: 5',
    lines: ['Content-Length: 5'],
    accepts: REFUSED,
    section: 'RFC 9112 6.3',
  }),
  headRow('body-length-zero', {
    title: 'Content-Length: 0 (right)',
    lines: ['Content-Length: 0'],
    accepts: ACCEPTED,
    section: 'RFC 9112 6.3',
  }),
  ...['-1', '+5', '0x5', '5, 5', '5;', 'five', '99999999999999999999999'].map((length, index) =>
    headRow(`body-length-${index + 1}`, {
      title: `Content-Length: ${length}`,
      lines: [`Content-Length: ${length}`],
      accepts: REFUSED,
      section: 'RFC 9112 6.3',
    }),
  ),
  headRow('body-lengths', {
    title: 'two Content-Lengths',
    lines: ['Content-Length: 0', 'Content-Length: 5'],
    accepts: REFUSED,
    section: 'RFC 9112 6.3',
  }),
  headRow('body-chunked', {
    title: 'Transfer-Encoding: chunked',
    lines: ['Transfer-Encoding: chunked'],
    accepts: REFUSED,
    section: 'RFC 9112 6.1',
  }),
  headRow('body-chunked-hidden', {
    title: 'Transfer-Encoding: chunked, with a tab and in other letters',
    lines: ['Transfer-encoding:\tcHuNkEd'],
    accepts: REFUSED,
    section: 'RFC 9112 6.1',
  }),
  headRow('body-identity', {
    title: 'Transfer-Encoding: identity',
    lines: ['Transfer-Encoding: identity'],
    accepts: REFUSED,
    section: 'RFC 9112 6.1',
  }),
  headRow('expect-continue', {
    title: 'Expect: 100-continue without a body',
    lines: ['Expect: 100-continue'],
    accepts: ['echo', 'http 400', 'http 417'],
    section: 'RFC 9110 10.1.1',
  }),
  headRow('expect-continue-body', {
    title: 'Expect: 100-continue with a body',
    lines: ['Expect: 100-continue', 'Content-Length: 5'],
    accepts: ['http 400', 'http 417'],
    section: 'RFC 9110 10.1.1',
  }),
  headRow('body-both', {
    title: 'Transfer-Encoding and Content-Length',
    lines: ['Transfer-Encoding: chunked', 'Content-Length: 5'],
    accepts: REFUSED,
    section: 'RFC 9112 6.1',
  }),
]

const lists = [
  ...[
    'permessage-deflate; client_max_window_bits=7',
    'permessage-deflate; server_max_window_bits=16',
    'permessage-deflate; server_max_window_bits=08',
    'permessage-deflate; server_max_window_bits=0xf',
    'permessage-deflate; server_max_window_bits',
    'permessage-deflate; server_no_context_takeover=1',
    'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
    'permessage-deflate; __proto__=1',
    'permessage-deflate; constructor',
    'permessage-deflate; toString=8; hasOwnProperty',
    'x-unknown',
    'permessage-deflate; client_max_window_bits="15"',
  ].map((value, index) =>
    headRow(`offer-${index + 1}`, {
      title: `an offer that is declined or fine: ${value}`,
      accepts: ACCEPTED,
      section: 'RFC 7692 5.1',
      ...extensions(value),
    }),
  ),
  ...[
    'permessage-deflate;',
    '; x',
    'permessage-deflate; =1',
    'permessage-deflate; a=',
    'permessage-deflate; a="',
    'permessage-deflate; a="\\',
    'a b',
    'permessage-deflate; a="b c"',
    '@',
    'permessage-deflate; \u00e4',
  ].map((value, index) =>
    headRow(`extension-grammar-${index + 1}`, {
      title: `extensions that break the grammar: ${value}`,
      accepts: REFUSED,
      section: 'RFC 6455 9.1',
      ...extensions(value),
    }),
  ),
  headRow('extension-long', {
    title: 'thousands of parameters within the head limit',
    accepts: ACCEPTED,
    section: 'RFC 6455 9.1',
    ...extensions(`x${';a'.repeat(7000)}`),
  }),
  headRow('extension-commas', {
    title: 'extensions with thousands of empty elements, and a wrong one behind them',
    accepts: REFUSED,
    section: 'RFC 6455 9.1',
    ...extensions(`x${', ,'.repeat(2500)}@`),
  }),
  headRow('extension-quotes', {
    title: 'an unfinished quoted string of backslashes',
    accepts: REFUSED,
    section: 'RFC 6455 9.1',
    ...extensions(`x; a="${'\\'.repeat(14_001)}`),
  }),
  ...['a b', 'a@', '@', 'a;b', '"a"', '\u00e4', 'chat, chat'].map((value, index) =>
    headRow(`protocol-${index + 1}`, {
      title: `subprotocols that break the grammar: ${value}`,
      accepts: REFUSED,
      section: 'RFC 6455 4.1',
      ...protocols(value),
    }),
  ),
]

const sizes = [
  headRow('lines-100', {
    title: 'exactly 100 lines (right)',
    lines: Array.from({ length: 95 }, (_, i) => `X-${i}: a`),
    accepts: ACCEPTED,
    section: 'RFC 6585 5',
  }),
  headRow('lines-many', {
    title: '1,000 lines',
    lines: Array.from({ length: 1000 }, () => 'X: a'),
    accepts: ['http 431'],
    section: 'RFC 6585 5',
  }),
  headRow('size-line', {
    title: 'one line of 20 KiB',
    lines: [`X-A: ${'b'.repeat(20_480)}`],
    accepts: ['http 431'],
    section: 'RFC 6585 5',
  }),
  headRow('size-target', {
    title: 'a target of 20 KiB',
    target: `/${'a'.repeat(20_480)}`,
    accepts: ['http 431', 'http 414'],
    section: 'RFC 6585 5',
  }),
  headRow('size-lines', {
    title: '90 lines of 200 octets',
    lines: Array.from({ length: 90 }, (_, i) => `X-${i}: ${'b'.repeat(200)}`),
    accepts: ['http 431'],
    section: 'RFC 6585 5',
  }),
]

export const headBehaviours: readonly Behaviour[] = [
  ...startLines,
  ...headers,
  ...grammar,
  ...smuggling,
  ...lists,
  ...sizes,
  behaviour({
    id: 'head.endless',
    title: 'a head that never ends, as fast as it goes',
    section: 'RFC 6585 5',
    accepts: ['http 431'],
    alsoAttached: ['reset', 'fin'],
    schemes: BOTH,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send('GET / HTTP/1.1\r\n')
      for (let line = 0; line < 2000 && peer.ended === null; line++)
        await peer.send(`X-${line}: ${'a'.repeat(1000)}\r\n`)
      await peer.until(() => peer.status !== 0)
      return peer.outcome()
    },
  }),
  behaviour({
    id: 'head.drip',
    title: 'a head of 8 KiB, octet by octet',
    section: 'RFC 6455 4.2.1',
    accepts: ACCEPTED,
    attack: async (arena) => {
      const peer = await arena.dial()
      const head = requestHead({ lines: [`X-A: ${'b'.repeat(8192)}`] })
      for (const octet of head) await peer.send(octet)
      await peer.send(masked({ opcode: Opcode.TEXT }, 'x'))
      await peer.until(() => peer.messages.length > 0)
      return peer.outcome()
    },
  }),
  behaviour({
    id: 'head.pipelined',
    title: 'a second request behind a refused one is not answered and not read as frames',
    section: 'RFC 9112 9.3',
    accepts: ['http 400'],
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send(
        requestHead({ headers: { Host: null } }),
        requestHead(),
        masked({ opcode: Opcode.TEXT }, 'x'),
      )
      await peer.untilEnded()
      return peer.body.includes('HTTP/1.1') ? 'a second answer' : peer.outcome()
    },
  }),
  behaviour({
    id: 'head.pipelined-body',
    title: 'chunks whose data are frames behind a refused request: nothing is echoed',
    section: 'RFC 9112 6.1',
    accepts: ['http 400'],
    schemes: BOTH,
    attack: async (arena) => {
      const peer = await arena.dial()
      const frame = masked({ opcode: Opcode.TEXT }, 'smuggled')
      await peer.send(
        requestHead({ lines: ['Transfer-Encoding: chunked'] }),
        `${frame.length.toString(16)}\r\n`,
        frame,
        '\r\n0\r\n\r\n',
        requestHead(),
        frame,
      )
      await peer.untilEnded()
      return /smuggled|HTTP\/1\.1/.test(peer.body) ? 'a second answer' : peer.outcome()
    },
  }),
  behaviour({
    id: 'head.pipelined-accepted',
    title: 'a second request behind an accepted one is read as frames, and fails',
    section: 'RFC 6455 4.2.2',
    accepts: ['close 1002'],
    schemes: BOTH,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send(requestHead(), requestHead())
      await peer.until(() => peer.closeCode !== null)
      return peer.outcome()
    },
  }),
  behaviour({
    id: 'head.pipelined-flood',
    title: 'plain requests without end, and none of the answers read',
    section: 'RFC 9112 9.3.2',
    accepts: ['not read any more'],
    schemes: BOTH,
    attack: async (arena) => {
      const peer = await arena.dial()
      peer.socket.pause()
      const requests = Buffer.from(requestHead({ headers: { Upgrade: null } }).repeat(500))
      return (await flood(peer, requests)) ? 'not read any more' : 'read on and on'
    },
  }),
  behaviour({
    id: 'head.behind-unanswered',
    title: 'an upgrade behind a request that is not answered yet, in one write',
    section: 'RFC 9112 9.3.2',
    accepts: ['http 426'],
    alsoAttached: ['fin', 'reset'],
    schemes: BOTH,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n', requestHead())
      await peer.until(() => peer.status !== 0)
      return peer.status === 101 ? 'http 101' : peer.outcome()
    },
  }),
  behaviour({
    id: 'head.empty-lines',
    title: 'a thousand empty lines in front of the request',
    section: 'RFC 9112 2.2',
    accepts: ['http 400', 'http 431'],
    // node:http skips them all.
    alsoAttached: ['http 101'],
    schemes: BOTH,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send('\r\n'.repeat(1000), requestHead())
      await peer.until(() => peer.status !== 0)
      return peer.status === 101 ? 'http 101' : peer.outcome()
    },
  }),
  behaviour({
    id: 'head.http2-preface',
    title: 'the first octets of HTTP/2',
    section: 'RFC 9113 3.4',
    accepts: ['http 400', 'http 405', 'http 505'],
    schemes: BOTH,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', Buffer.alloc(9))
      await peer.until(() => peer.status !== 0)
      return peer.outcome()
    },
  }),
  behaviour({
    id: 'head.binary',
    title: 'a TLS ClientHello, or plain octets that are no HTTP',
    section: 'RFC 9112 3',
    accepts: ['http 400', 'fin', 'reset'],
    schemes: BOTH,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send(Buffer.from('16030100a5010000a10303', 'hex'), Buffer.alloc(200, 0xab), '\r\n\r\n')
      await peer.until(() => peer.status !== 0)
      return peer.outcome()
    },
  }),
  behaviour({
    id: 'head.frames-at-once',
    title: 'frames in the same segment as the head (right)',
    section: 'RFC 6455 4.1',
    accepts: ACCEPTED,
    schemes: BOTH,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send(
        requestHead(),
        masked({ opcode: Opcode.TEXT }, 'a'),
        masked({ opcode: Opcode.TEXT }, 'b'),
      )
      await peer.until(() => peer.messages.length === 2)
      return peer.messages.length === 2 ? 'echo' : peer.outcome()
    },
  }),
]
