/** The client's half of the opening handshake: every kind of socket, every kind of answer. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect as connectTcp, createServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, createSecureContext } from 'node:tls'
import { Opcode } from '@hybi/frame'
import { acceptKey } from '@hybi/handshake'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  ConnectError,
  type ConnectOptions,
  ConnectRefusedError,
  connect,
  listen,
  refuse,
} from '../src/index.ts'
import {
  certificate,
  type Peer,
  promised,
  rawServer,
  type Scheme,
  schemes,
  serve,
  trust,
  unmasked,
} from './support.ts'

/** A server that answers every request with what `answer` makes of its head. */
async function answering(
  scheme: Scheme,
  answer: (head: string, accept: string, peer: Peer) => string | Uint8Array | null,
) {
  const heads: string[] = []
  const server = await rawServer(scheme, async (peer) => {
    const head = await peer.readHead()
    heads.push(head)
    const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(head)?.[1] ?? ''
    const answered = answer(head, key === '' ? '' : acceptKey(key), peer)
    if (answered !== null) peer.write(answered)
  })
  return { ...server, heads }
}

const switching = (accept: string, headers: readonly string[] = []): string =>
  [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...headers,
    '\r\n',
  ].join('\r\n')

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'connected',
    (error: unknown) => error,
  )

describe.each(schemes)('connect on %s', (scheme) => {
  test('sends what the options say', async () => {
    const server = await answering(scheme, (_, accept) => switching(accept, ['Sec-WebSocket-Protocol: two']))
    const url = server.url.replace('//', '//user:p%C3%A4ss@')
    const connection = await connect(`${url}/chat?x=1`, {
      ...trust,
      subprotocols: ['one', 'two'],
      headers: { Cookie: 'a=1' },
      origin: 'https://page.example',
      permessageDeflate: true,
    })
    const [head] = server.heads
    expect(head).toMatch(/^GET \/chat\?x=1 HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/)
    expect(head).toMatch(/^Sec-WebSocket-Protocol: one, two\r$/m)
    expect(head).toMatch(
      /^Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits\r$/m,
    )
    expect(head).toMatch(/^Cookie: a=1\r$/m)
    expect(head).toMatch(/^Origin: https:\/\/page\.example\r$/m)
    expect(head).toMatch(/^Authorization: Basic dXNlcjpww6Rzcw==\r$/m)
    expect(connection).toMatchObject({ subprotocol: 'two', extensions: '', state: 'open' })
  })

  test('uses another key for each connection', async () => {
    const server = await answering(scheme, (_, accept) => switching(accept))
    await connect(server.url, trust)
    await connect(server.url, trust)
    const keys = server.heads.map((head) => /^Sec-WebSocket-Key: (.*)\r$/m.exec(head)?.[1])
    expect(new Set(keys).size).toBe(2)
  })

  test('takes frames in the same segment as the head', async () => {
    const server = await answering(scheme, (_, accept) =>
      Buffer.concat([Buffer.from(switching(accept)), unmasked(Opcode.TEXT, 'first')]),
    )
    const connection = await connect(server.url, trust)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect((await connection.receive())?.text).toBe('first')
  })

  test('gives handlers the messages that come with the head', async () => {
    const server = await answering(scheme, (_, accept) =>
      Buffer.concat([Buffer.from(switching(accept)), unmasked(Opcode.TEXT, 'first')]),
    )
    const text = promised<string>()
    const connection = await connect(
      server.url,
      { ...trust, data: 7 },
      { message: ({ data }, message) => text.resolve(`${data} ${message.text}`) },
    )
    expect(await text.promise).toBe('7 first')
    expect(() => connection.messages()).toThrow(TypeError)
  })

  test('passes over interim responses', async () => {
    const server = await answering(
      scheme,
      (_, accept) =>
        `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${switching(accept)}`,
    )
    expect((await connect(server.url, trust)).state).toBe('open')
    const endless = await answering(scheme, () => 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000))
    await expect(connect(endless.url, trust)).rejects.toThrow(/malformed: The head is larger/)
  })

  test('is refused with status, headers and body', async () => {
    const server = await serve(
      scheme,
      {},
      { upgrade: () => refuse(401, { headers: { 'X-Why': 'no' }, body: 'who are you?' }) },
    )
    const error = await failure(connect(server.url, trust))
    expect(error).toBeInstanceOf(ConnectRefusedError)
    expect(error).toBeInstanceOf(ConnectError)
    expect(error).toMatchObject({
      name: 'ConnectRefusedError',
      status: 401,
      message: 'the server refused the connection: 401 Unauthorized',
    })
    if (!(error instanceof ConnectRefusedError)) return
    expect(error.headers).toContainEqual(['X-Why', 'no'])
    expect(Buffer.from(error.body).toString()).toBe('who are you?')
  })

  test.each<[string, string, string]>([
    ['by its length', 'Content-Length: 5\r\n\r\nhello and more', 'hello'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n', 'hello'],
    ['empty', 'Content-Length: 0\r\n\r\n', ''],
    ['up to the limit', `Content-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`, 'x'.repeat(65_536)],
    [
      'in chunks without end',
      `Transfer-Encoding: chunked\r\n\r\nffffffff\r\n${'x'.repeat(70_000)}`,
      'x'.repeat(65_536),
    ],
    ['in broken chunks', 'Transfer-Encoding: chunked\r\n\r\nzz\r\nhello', ''],
  ])('reads the body of a refusal %s', async (_, answer, body) => {
    const server = await answering(scheme, () => `HTTP/1.1 403 Forbidden\r\n${answer}`)
    const error = await failure(connect(server.url, trust))
    expect(error).toMatchObject({ status: 403 })
    if (error instanceof ConnectRefusedError) expect(Buffer.from(error.body).toString()).toBe(body)
  })

  test('reads no more of the body of a refusal than maxRefusalBody', async () => {
    const server = await answering(scheme, () => `HTTP/1.1 403 Forbidden\r\n\r\n${'x'.repeat(100_000)}`)
    for (const [limits, size] of [
      [{}, 65_536],
      [{ maxRefusalBody: 3 }, 3],
      [{ maxRefusalBody: 0 }, 0],
    ] as const) {
      const error = await failure(connect(server.url, { ...trust, limits }))
      expect(error).toMatchObject({ status: 403, body: { length: size } })
    }
  })

  test('reads a refusal no further whose chunks are more extension than body', async () => {
    const chunk = `1;${'x'.repeat(1000)}\r\na\r\n`
    const server = await answering(
      scheme,
      () => `HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(1000)}`,
    )
    const error = await failure(connect(server.url, trust))
    expect(error).toMatchObject({ status: 403, body: { length: 69 } })
  })

  test('reads the body of a refusal until the server ends', async () => {
    const server = await answering(scheme, (_head, _accept, peer) => {
      peer.socket.end('HTTP/1.0 500 Oops\r\n\r\nbroken')
      return null
    })
    const error = await failure(connect(server.url, trust))
    expect(error).toMatchObject({ status: 500 })
    if (error instanceof ConnectRefusedError) expect(Buffer.from(error.body).toString()).toBe('broken')
  })

  test.each<[string, (accept: string) => string, RegExp]>([
    ['the wrong accept key', () => switching('dGhlIHNhbXBsZSBub25jZQ=='), /wrong Sec-WebSocket-Accept/],
    [
      'no Upgrade',
      (accept) => switching(accept).replace('Upgrade: websocket\r\n', ''),
      /Upgrade is not websocket/,
    ],
    [
      'a subprotocol not asked for',
      (accept) => switching(accept, ['Sec-WebSocket-Protocol: x']),
      /subprotocol not requested/,
    ],
    [
      'an extension not offered',
      (accept) => switching(accept, ['Sec-WebSocket-Extensions: foo']),
      /extension not offered/,
    ],
    [
      'window bits that are none',
      (accept) =>
        switching(accept, [
          'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_max_window_bits=99',
        ]),
      /RFC 7692/,
    ],
    ['a malformed head', () => 'HTTP/1.1 101\r\nBad Header: x\r\n\r\n', /malformed/],
    ['another protocol', () => 'SSH-2.0-OpenSSH_9.2p1\r\n', /malformed/],
  ])('fails for an answer with %s', async (_, answer, message) => {
    const gone = promised<void>()
    const server = await answering(scheme, (_head, accept, peer) => {
      peer.ended.then(gone.resolve)
      return answer(accept)
    })
    await expect(connect(server.url, { ...trust, permessageDeflate: true })).rejects.toThrow(message)
    await gone.promise
  })

  test('fails when the server ends or breaks before it answers', async () => {
    const ending = await answering(scheme, (_head, _accept, peer) => {
      peer.socket.end('HTTP/1.1 10')
      return null
    })
    await expect(connect(ending.url, trust)).rejects.toThrow('closed the connection before it answered')
    const breaking = await answering(scheme, (_head, _accept, peer) => {
      peer.reset()
      return null
    })
    await expect(connect(breaking.url, trust)).rejects.toBeInstanceOf(ConnectError)
  })

  test('gives up at the deadline, in whatever state', async () => {
    const options = { ...trust, timeouts: { handshakeMs: 50 } }
    const silent = await answering(scheme, () => null)
    await expect(connect(silent.url, options)).rejects.toMatchObject({
      name: 'ConnectError',
      code: 'ETIMEDOUT',
    })
    const halfway = await answering(scheme, () => 'HTTP/1.1 101 Sw')
    await expect(connect(halfway.url, options)).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    // Time enough for the answer on a busy machine; the deadline is for the body.
    const patient = { ...trust, timeouts: { handshakeMs: 1000 } }
    const endlessBody = await answering(scheme, () => 'HTTP/1.1 403 Forbidden\r\n\r\nabc')
    await expect(connect(endlessBody.url, patient)).rejects.toMatchObject({
      name: 'ConnectRefusedError',
      status: 403,
      body: Buffer.from('abc'),
    })
    const created = { ...options, createConnection: () => new Promise<never>(() => undefined) }
    await expect(connect(silent.url, created)).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  })

  test('gives up when the signal is aborted', async () => {
    const reason = new Error('changed my mind')
    await expect(connect('ws://127.0.0.1:9', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const gone = promised<void>()
    const server = await answering(scheme, (_head, _accept, peer) => {
      peer.ended.then(gone.resolve)
      controller.abort(reason)
      return null
    })
    await expect(connect(server.url, { ...trust, signal: controller.signal })).rejects.toBe(reason)
    await gone.promise
  })

  test('leaves an open connection alone when the signal is aborted later', async () => {
    const server = await serve(scheme, {}, { message: (connection, message) => connection.send(message) })
    const controller = new AbortController()
    const connection = await connect(server.url, { ...trust, signal: controller.signal })
    controller.abort()
    connection.send('still here')
    expect((await connection.receive())?.text).toBe('still here')
  })

  test('says why it cannot reach a server', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    await expect(connect(`${scheme}://127.0.0.1:${port}`)).rejects.toMatchObject({
      name: 'ConnectError',
      code: 'ECONNREFUSED',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    })
  })

  test.each<[string, ConnectOptions]>([
    ['an unknown option', { ...JSON.parse('{"subprotocol": "x"}') }],
    ['a header that injects lines', { headers: { A: 'b\r\nC: d' } }],
    ['a header of the handshake', { headers: { 'Sec-WebSocket-Key': 'x' } }],
    ['a subprotocol that is no token', { subprotocols: ['a b'] }],
    ['the same subprotocol twice', { subprotocols: ['a', 'a'] }],
  ])('is rejected with a TypeError for %s, before it connects', async (_, options) => {
    let connected = false
    const server = await rawServer(scheme, () => {
      connected = true
    })
    await expect(connect(server.url, options)).rejects.toBeInstanceOf(TypeError)
    expect(connected).toBe(false)
  })

  test('says why a socket that it is given cannot be used', async () => {
    const closed = new Socket()
    closed.destroy()
    await expect(connect(`${scheme}://127.0.0.1:1`, { socket: closed })).rejects.toThrow(
      'closed before it was used',
    )
    const createConnection = (): Socket => {
      const socket = new Socket()
      process.nextTick(() => socket.destroy(Object.assign(new Error('no way'), { code: 'ENETUNREACH' })))
      return socket
    }
    // Here ticks come before microtasks, so that the socket fails before anything can follow a promise.
    const connecting = await new Promise<{ promise: Promise<unknown> }>((resolve) =>
      setImmediate(() => resolve({ promise: connect(`${scheme}://127.0.0.1:1`, { createConnection }) })),
    )
    await expect(connecting.promise).rejects.toMatchObject({ name: 'ConnectError', code: 'ENETUNREACH' })
    for (const nothing of [undefined, null, 5]) {
      const giveNothing = () => nothing as never
      await expect(connect(`${scheme}://127.0.0.1:1`, { createConnection: giveNothing })).rejects.toThrow(
        `createConnection gave ${nothing}; it must give a Duplex`,
      )
    }
  })

  test.each([204, 304])('reads no body of a refusal with %i', async (status) => {
    const server = await answering(
      scheme,
      () => `HTTP/1.1 ${status} Nothing\r\nConnection: keep-alive\r\n\r\n`,
    )
    await expect(connect(server.url, trust)).rejects.toMatchObject({ status, body: Buffer.alloc(0) })
  })

  test('follows redirects only when it may', async () => {
    const target = await serve(scheme)
    const cases: [string, number, RegExp | null][] = [
      [target.url, 0, /302/],
      [target.url, 1, null],
      [target.url.replace('ws', 'http'), 1, null],
      ['http://[bad', 1, /no URL/],
      ['ftp://127.0.0.1/', 1, /redirects from wss?: to ftp:/],
    ]
    for (const [location, maxRedirects, error] of cases) {
      const server = await answering(
        scheme,
        () => `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`,
      )
      const connecting = connect(server.url, { ...trust, maxRedirects })
      if (error === null) expect((await connecting).state).toBe('open')
      else await expect(connecting).rejects.toThrow(error)
    }
    const loop: { url: string } = await answering(
      scheme,
      () => `HTTP/1.1 307 Again\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n`,
    )
    await expect(connect(loop.url, { ...trust, maxRedirects: 3 })).rejects.toMatchObject({ status: 307 })
  })

  test('keeps credentials at the same origin and tells them to no other', async () => {
    const other = await answering(scheme, (_, accept) => switching(accept))
    let location = '/elsewhere'
    const first = await answering(scheme, (head, accept) =>
      head.startsWith('GET /start ')
        ? `HTTP/1.1 308 Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`
        : switching(accept),
    )
    const options = {
      ...trust,
      maxRedirects: 1,
      headers: { Authorization: 'secret', Cookie: 'secret', 'X-Other': 'kept' },
    }
    await connect(`${first.url}/start`, options)
    expect(first.heads[1]).toMatch(/^GET \/elsewhere /)
    expect(first.heads[1]?.match(/secret/g)).toHaveLength(2)
    location = `${other.url}/elsewhere`
    await connect(`${first.url}/start`, options)
    expect(other.heads[0]).not.toMatch(/secret/)
    expect(other.heads[0]).toMatch(/X-Other: kept/)
  })

  test.each(['', 'other:user@'])(
    'keeps the user of its URL at the same origin, unless sent to "%s"',
    async (user) => {
      const server: { url: string; heads: string[] } = await answering(scheme, (head, accept) =>
        head.startsWith('GET /start ')
          ? `HTTP/1.1 302 Found\r\nLocation: ${server.url.replace('//', `//${user}`)}/end\r\nContent-Length: 0\r\n\r\n`
          : switching(accept),
      )
      await connect(`${server.url.replace('//', '//first:user@')}/start`, { ...trust, maxRedirects: 1 })
      const expected = Buffer.from(user === '' ? 'first:user' : 'other:user').toString('base64')
      expect(server.heads[1]).toContain(`Authorization: Basic ${expected}\r\n`)
    },
  )

  test('takes a socket of the user', async () => {
    const server = await serve(scheme, {}, { message: (connection, message) => connection.send(message) })
    const socket = connectTcp({ port: server.port, host: '127.0.0.1' })
    await once(socket, 'connect')
    socket.pause()
    const connection = await connect(`${scheme}://localhost:${server.port}/`, { ...trust, socket })
    connection.send('mine')
    expect((await connection.receive())?.text).toBe('mine')
    expect(await connection.close()).toMatchObject({ wasClean: true, cause: 'close' })
  })

  test('goes through an HTTP proxy by a socket that CONNECT has made', async () => {
    const server = await serve(scheme, {}, { message: (connection, message) => connection.send(message) })
    const proxy = createHttpServer()
    proxy.on('connect', (request, client, head) => {
      const { hostname, port } = new URL(`http://${request.url}`)
      const upstream = connectTcp(Number(port), hostname, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n')
        upstream.write(head)
        upstream.pipe(client).pipe(upstream)
      })
      upstream.on('error', () => client.destroy())
      client.on('error', () => upstream.destroy())
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    onTestFinished(() => void proxy.close())
    const { port } = proxy.address() as AddressInfo
    const asked = promised<unknown>()
    const connection = await connect(`${scheme}://localhost:${server.port}/`, {
      ...trust,
      createConnection: async (destination, signal) => {
        asked.resolve(destination)
        const request = httpRequest({
          port,
          host: '127.0.0.1',
          method: 'CONNECT',
          path: `127.0.0.1:${destination.port}`,
          signal,
        })
        request.end()
        const [, socket] = await once(request, 'connect')
        return socket
      },
    })
    expect(await asked.promise).toMatchObject({
      secure: scheme === 'wss',
      host: 'localhost',
      port: server.port,
    })
    connection.send('through')
    expect((await connection.receive())?.text).toBe('through')
    expect(await connection.close()).toMatchObject({ wasClean: true })
  })

  test('connects over a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hybi-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const socketPath = join(folder, 'socket')
    const tls = scheme === 'wss' ? { tls: certificate } : {}
    const server = await listen(
      { socketPath, ...tls },
      {
        message: (connection, message) => connection.send(message),
        upgrade: ({ target, remoteAddress }) => ({ headers: { 'X-Target': `${target} ${remoteAddress}` } }),
      },
    )
    onTestFinished(() => server.close({ deadline: 0 }))
    expect(server).toMatchObject({ port: 0, address: socketPath, url: `${scheme}+unix:${socketPath}` })
    const connection = await connect(`${server.url}:/chat?x=1`, trust)
    expect(connection.responseHeaders).toContainEqual(['X-Target', '/chat?x=1 undefined'])
    connection.send('local')
    expect((await connection.receive())?.text).toBe('local')
    expect(await connection.close()).toMatchObject({ wasClean: true })
    await (await connect(server.url, trust)).close()
  })
})

describe('connect on wss', () => {
  test('verifies the certificate of the server', async () => {
    const server = await serve('wss')
    await expect(connect(server.url)).rejects.toMatchObject({
      name: 'ConnectError',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
    expect((await connect(server.url, { tls: { rejectUnauthorized: false } })).state).toBe('open')
  })

  test('verifies the name of the server, also through a socket of the user', async () => {
    const server = await serve('wss')
    const wrong = `wss://wrong.example:${server.port}/`
    const createConnection = () => connectTcp({ port: server.port, host: '127.0.0.1' })
    await expect(connect(wrong, { ...trust, createConnection })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
    const named = { ...trust.tls, servername: 'localhost' }
    expect((await connect(wrong, { tls: named, createConnection })).state).toBe('open')
  })

  test('names the server by SNI, and not by its address', async () => {
    const names: string[] = []
    const server = await serve('wss', {
      tls: {
        ...certificate,
        SNICallback: (name, done) => {
          names.push(name)
          done(null)
        },
      },
    })
    await connect(`wss://localhost:${server.port}/`, {
      ...trust,
      createConnection: () => connectTcp({ port: server.port, host: '127.0.0.1' }),
    })
    expect(names).toEqual(['localhost'])
    await connect(server.url, trust)
    expect(names).toEqual(['localhost'])
  })

  test('takes a TLS socket of the user as it is', async () => {
    const server = await serve('wss')
    const socket = connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    expect((await connect(server.url, { socket })).state).toBe('open')
  })

  test('shows the certificate of the client', async () => {
    const server = await serve('wss', {
      tls: { ...certificate, ca: certificate.cert, requestCert: true, rejectUnauthorized: true },
    })
    await expect(connect(server.url, trust)).rejects.toBeInstanceOf(ConnectError)
    expect((await connect(server.url, { tls: { ca: certificate.cert, ...certificate } })).state).toBe('open')
  })

  test('does not take its certificate to another origin, nor redirects to ws', async () => {
    const asking = await serve(
      'wss',
      { tls: { ...certificate, ca: certificate.cert, requestCert: true, rejectUnauthorized: false } },
      { upgrade: ({ authorized }) => ({ headers: { 'X-Authorized': String(authorized) } }) },
    )
    const redirecting = await answering(
      'wss',
      () => `HTTP/1.1 301 Moved\r\nLocation: ${asking.url}\r\nContent-Length: 0\r\n\r\n`,
    )
    const options = { tls: { ca: certificate.cert, ...certificate }, maxRedirects: 1 }
    const connection = await connect(redirecting.url, options)
    expect(connection.responseHeaders).toContainEqual(['X-Authorized', 'false'])
    expect((await connect(asking.url, options)).responseHeaders).toContainEqual(['X-Authorized', 'true'])
    const inContext = { ...options, tls: { secureContext: createSecureContext(options.tls), ...trust.tls } }
    const untold = await connect(redirecting.url, inContext)
    expect(untold.responseHeaders).toContainEqual(['X-Authorized', 'false'])
    const downgrading = await answering(
      'wss',
      () => 'HTTP/1.1 301 Moved\r\nLocation: ws://127.0.0.1/\r\nContent-Length: 0\r\n\r\n',
    )
    await expect(connect(downgrading.url, options)).rejects.toThrow('redirects from wss: to ws:')
  })
})

test.each(['not a url', 'ftp://x/', 'ws://x/#fragment', 'ws+unix:/socket:path', 'ws+unix:/socket#f'])(
  'connect(%s) is rejected',
  async (url) => {
    await expect(connect(url)).rejects.toBeInstanceOf(TypeError)
  },
)

test.each([Number.NaN, -1, 0.5])('connect with maxRedirects %d is rejected', async (maxRedirects) => {
  await expect(connect('ws://localhost/', { maxRedirects })).rejects.toThrow(
    `maxRedirects must be a whole number from 0 up, or Infinity, but was ${maxRedirects}`,
  )
})
