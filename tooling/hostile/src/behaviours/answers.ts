/** Answers to a client's opening handshake: what must not be taken for a WebSocket (RFC 6455 4.1, 4.2.2). */
import { type Behaviour, behaviour } from '../behaviour.ts'
import { rightAnswer } from '../client-arena.ts'

const BOTH = ['ws', 'wss'] as const
const SECTION = 'RFC 6455 4.1'

interface Row {
  readonly title: string
  readonly accepts: readonly string[]
  readonly section?: string
  /** The answer to a request, whole. */
  readonly answer: (request: string) => string
  /** True: FIN behind it. */
  readonly end?: boolean
}

/** Answers, and hears what the application was told. */
const row = (id: string, { answer, end = false, section = SECTION, ...fields }: Row): Behaviour =>
  behaviour({
    id: `answer.${id}`,
    section,
    schemes: BOTH,
    ...fields,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.until(() => peer.head !== '')
      await peer.send(answer(peer.head))
      if (end) peer.socket.end()
      return arena.told()
    },
  })

const FAILED = ['failed ConnectError']
const status = (line: string, body = ''): string => `${line}\r\nContent-Length: ${body.length}\r\n\r\n${body}`

/** A right answer with one of its lines replaced, or left out. */
const changed =
  (name: string, line: string | null) =>
  (request: string): string =>
    rightAnswer(request).replace(new RegExp(`^${name}: .*\r\n`, 'm'), line === null ? '' : `${line}\r\n`)

const withLines =
  (...lines: readonly string[]) =>
  (request: string): string =>
    rightAnswer(request, lines)

const statusRows = [200, 204, 400, 401, 403, 404, 426, 429, 500, 503].map((code) =>
  row(`status-${code}`, {
    title: `status ${code}`,
    accepts: [`refused ${code}`],
    answer: () => status(`HTTP/1.1 ${code} Whatever`, code === 204 ? '' : 'no'),
  }),
)

const redirectRows = [301, 302, 307, 308].map((code) =>
  row(`redirect-${code}`, {
    title: `redirect ${code} is not followed`,
    accepts: [`refused ${code}`],
    answer: () => `HTTP/1.1 ${code} Elsewhere\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n`,
  }),
)

const headRows = [
  row('http-1.0', {
    title: '101 in HTTP/1.0',
    accepts: FAILED,
    answer: (r) => rightAnswer(r).replace('HTTP/1.1', 'HTTP/1.0'),
  }),
  row('http-2', {
    title: '101 in HTTP/2',
    accepts: FAILED,
    answer: (r) => rightAnswer(r).replace('HTTP/1.1', 'HTTP/2'),
  }),
  row('status-four-digits', {
    title: 'status 1010',
    accepts: FAILED,
    answer: (r) => rightAnswer(r).replace(' 101 ', ' 1010 '),
  }),
  row('status-word', {
    title: 'a status that is no number',
    accepts: FAILED,
    answer: (r) => rightAnswer(r).replace(' 101 ', ' abc '),
  }),
  row('garbage', { title: 'garbage', accepts: FAILED, answer: () => '\u0000\u0001\u0002garbage\r\n\r\n' }),
  row('nothing', { title: 'FIN instead of an answer', accepts: FAILED, answer: () => '', end: true }),
  row('half', {
    title: 'half an answer and FIN',
    accepts: FAILED,
    answer: (r) => rightAnswer(r).slice(0, 40),
    end: true,
  }),
  row('upgrade-missing', { title: 'no Upgrade', accepts: FAILED, answer: changed('Upgrade', null) }),
  row('upgrade-other', {
    title: 'Upgrade: h2c',
    accepts: FAILED,
    answer: changed('Upgrade', 'Upgrade: h2c'),
  }),
  row('connection-missing', { title: 'no Connection', accepts: FAILED, answer: changed('Connection', null) }),
  row('connection-close', {
    title: 'Connection: close',
    accepts: FAILED,
    answer: changed('Connection', 'Connection: close'),
  }),
  row('accept-missing', {
    title: 'no Sec-WebSocket-Accept',
    accepts: FAILED,
    answer: changed('Sec-WebSocket-Accept', null),
  }),
  row('accept-wrong', {
    title: 'the accept key of another request',
    accepts: FAILED,
    answer: changed('Sec-WebSocket-Accept', 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='),
  }),
  row('accept-empty', {
    title: 'an empty accept key',
    accepts: FAILED,
    answer: changed('Sec-WebSocket-Accept', 'Sec-WebSocket-Accept:'),
  }),
  row('accept-case', {
    title: 'the accept key in another case',
    accepts: FAILED,
    answer: (request) => rightAnswer(request).replace(/(?<=Accept: ).*(?=\r\n)/, (key) => key.toLowerCase()),
  }),
  row('accept-doubled', {
    title: 'two accept keys',
    accepts: FAILED,
    answer: (request) => {
      const line = /Sec-WebSocket-Accept: .*/.exec(rightAnswer(request))?.[0] ?? ''
      return rightAnswer(request, [line.trim()])
    },
  }),
  row('line-no-colon', {
    title: 'a line without a colon',
    accepts: FAILED,
    section: 'RFC 9112 5',
    answer: withLines('just words'),
  }),
  row('line-folded', {
    title: 'a folded line',
    accepts: FAILED,
    section: 'RFC 9112 5.2',
    answer: withLines('X-A: b', ' c'),
  }),
  row('line-bare-lf', {
    title: 'a line that ends with LF alone',
    accepts: FAILED,
    section: 'RFC 9112 2.2',
    answer: withLines('X-A: b\nX-B: c'),
  }),
  row('name-space', {
    title: 'a space before the colon',
    accepts: FAILED,
    section: 'RFC 9112 5.1',
    answer: withLines('X-A : b'),
  }),
  row('value-nul', {
    title: 'NUL in a value',
    accepts: FAILED,
    section: 'RFC 9110 5.5',
    answer: withLines('X-A: \u0000'),
  }),
  row('lines-many', {
    title: '1,000 lines',
    accepts: FAILED,
    section: 'RFC 6585 5',
    answer: withLines(...Array.from({ length: 1000 }, () => 'X: a')),
  }),
  row('status-line-lf', {
    title: 'a status line that ends with LF alone',
    accepts: FAILED,
    section: 'RFC 9112 2.2',
    answer: (r) => rightAnswer(r).replace('\r\n', '\n'),
  }),
  row('body', {
    title: '101 with Content-Length: 5 and five octets',
    accepts: [...FAILED, 'closed 1006 violation'],
    section: 'RFC 9110 15.2',
    answer: (r) => `${rightAnswer(r, ['Content-Length: 5'])}hello`,
  }),
  row('twice', {
    title: 'the right answer, twice: the second is read as frames, and fails',
    accepts: ['closed 1006 violation'],
    answer: (r) => rightAnswer(r) + rightAnswer(r),
  }),
  row('length-lie', {
    title: 'a refusal that declares 10^20 octets and ends',
    accepts: ['refused 403'],
    section: 'RFC 9112 6.3',
    answer: () => 'HTTP/1.1 403 Forbidden\r\nContent-Length: 100000000000000000000\r\n\r\nno',
    end: true,
  }),
  row('line-long', {
    title: 'a line of 100 KiB',
    accepts: FAILED,
    section: 'RFC 6585 5',
    answer: withLines(`X: ${'a'.repeat(102_400)}`),
  }),
]

const protocolRows = [
  row('protocol-other', {
    title: 'a subprotocol nobody asked for',
    accepts: FAILED,
    answer: withLines('Sec-WebSocket-Protocol: other'),
  }),
  row('protocol-two', {
    title: 'two subprotocols',
    accepts: FAILED,
    answer: withLines('Sec-WebSocket-Protocol: chat, chat'),
  }),
  row('protocol-doubled', {
    title: 'two lines of subprotocols',
    accepts: FAILED,
    answer: withLines('Sec-WebSocket-Protocol: chat', 'Sec-WebSocket-Protocol: chat'),
  }),
  row('protocol-case', {
    title: 'the subprotocol in another case',
    accepts: FAILED,
    answer: withLines('Sec-WebSocket-Protocol: CHAT'),
  }),
  row('protocol-empty', {
    title: 'an empty subprotocol',
    accepts: FAILED,
    answer: withLines('Sec-WebSocket-Protocol:'),
  }),
]

const extensionRows = [
  'x-unknown',
  'permessage-deflate; server_max_window_bits=7',
  'permessage-deflate; server_no_context_takeover; server_max_window_bits=16',
  'permessage-deflate; server_no_context_takeover; client_max_window_bits=08',
  'permessage-deflate; server_no_context_takeover; client_max_window_bits',
  'permessage-deflate; server_no_context_takeover=1',
  'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
  'permessage-deflate; server_no_context_takeover; __proto__=1',
  'permessage-deflate; server_no_context_takeover, permessage-deflate; server_no_context_takeover',
  'permessage-deflate;',
  'permessage-deflate; a="',
  '@',
].map((value, index) =>
  row(`extension-${index + 1}`, {
    title: `extensions that were not offered or are wrong: ${value}`,
    accepts: FAILED,
    section: 'RFC 7692 5.1',
    answer: withLines(`Sec-WebSocket-Extensions: ${value}`),
  }),
)

const slowRows: readonly Behaviour[] = [
  behaviour({
    id: 'answer.silence',
    title: 'no answer at all',
    section: 'RFC 6455 10.4',
    schemes: BOTH,
    accepts: FAILED,
    attack: async (arena) => {
      await arena.dial()
      return arena.told()
    },
  }),
  behaviour({
    id: 'answer.drip',
    title: 'an answer in drips that do not extend the deadline',
    section: 'RFC 6455 10.4',
    schemes: BOTH,
    accepts: FAILED,
    attack: async (arena) => {
      const peer = await arena.dial()
      const timer = setInterval(() => void peer.send('H'), 50)
      const told = await arena.told()
      clearInterval(timer)
      return told
    },
  }),
  behaviour({
    id: 'answer.endless-head',
    title: 'an answer whose head never ends',
    section: 'RFC 6585 5',
    schemes: BOTH,
    accepts: FAILED,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send('HTTP/1.1 101 Switching Protocols\r\n')
      for (let line = 0; line < 3000 && peer.ended === null; line++)
        await peer.send(`X: ${'a'.repeat(1000)}\r\n`)
      return arena.told()
    },
  }),
  behaviour({
    id: 'answer.endless-body',
    title: 'a refusal whose body never ends',
    section: 'RFC 6455 10.4',
    schemes: BOTH,
    accepts: ['refused 403'],
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send('HTTP/1.1 403 Forbidden\r\n\r\n')
      const giveUpAt = performance.now() + 5000
      while (peer.ended === null && performance.now() < giveUpAt) await peer.send(Buffer.alloc(65_536, 0x61))
      return arena.told()
    },
  }),
  behaviour({
    id: 'answer.chunk-extensions',
    title: 'a refusal in chunks of one octet, each behind an extension of 1 KiB',
    section: 'RFC 9112 7.1.1',
    schemes: BOTH,
    accepts: ['refused 403'],
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send('HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n')
      const chunks = Buffer.from(`1;${'x'.repeat(1000)}\r\na\r\n`.repeat(64))
      for (let sent = 0; sent < 1100 && peer.ended === null; sent++) await peer.send(chunks)
      return arena.told()
    },
  }),
  behaviour({
    id: 'answer.stalled-body',
    title: 'a refusal whose body stops in the middle',
    section: 'RFC 6455 10.4',
    schemes: BOTH,
    accepts: ['refused 403'],
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 1000\r\n\r\nno')
      return arena.told()
    },
  }),
  behaviour({
    id: 'answer.reset',
    title: 'RST instead of an answer',
    section: 'RFC 6455 4.1',
    accepts: FAILED,
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.until(() => peer.head !== '')
      peer.socket.resetAndDestroy()
      return arena.told()
    },
  }),
  behaviour({
    id: 'answer.interim',
    title: '100 Continue without end before the answer',
    section: 'RFC 9110 15.2',
    schemes: BOTH,
    accepts: ['refused 100', 'failed ConnectError'],
    attack: async (arena) => {
      const peer = await arena.dial()
      await peer.until(() => peer.head !== '')
      for (let count = 0; count < 5000 && peer.ended === null; count++)
        await peer.send('HTTP/1.1 100 Continue\r\n\r\n')
      return arena.told()
    },
  }),
]

/** The client's deadline at its default. */
const atDefault = slowRows
  .filter(({ id }) => id === 'answer.silence' || id === 'answer.drip')
  .map((short) => ({
    ...short,
    id: `${short.id}-default`,
    title: `${short.title} (default timeout)`,
    full: true,
  }))

export const answerBehaviours: readonly Behaviour[] = [
  ...statusRows,
  ...redirectRows,
  ...headRows,
  ...protocolRows,
  ...extensionRows,
  ...slowRows,
  ...atDefault,
]
