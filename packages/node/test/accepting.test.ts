/** The server's half of the opening handshake on our own listeners. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { Opcode } from '@hybi/frame'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect, listen, refuse, type ServerRequest } from '../src/index.ts'
import {
  certificate,
  masked,
  Peer,
  promised,
  readFrames,
  requestHead,
  schemes,
  serve,
  trust,
} from './support.ts'

const status = (head: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1])

describe.each(schemes)('a listener on %s', (scheme) => {
  async function ask(server: { readonly url: string }, request: string): Promise<string> {
    const peer = await Peer.connect(server)
    peer.write(request)
    return (await peer.readToEnd()).toString('latin1')
  }

  const line = (name: string, value: string | null) =>
    requestHead().replace(new RegExp(`${name}: .*\r\n`), value === null ? '' : `${name}: ${value}\r\n`)

  test.each<[string, string, number, RegExp?]>([
    ['a plain GET', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 426, /^Upgrade: websocket\r$/m],
    ['a POST', requestHead().replace('GET', 'POST'), 405, /^Allow: GET\r$/m],
    ['HTTP/1.0', requestHead().replace('HTTP/1.1', 'HTTP/1.0'), 400],
    ['no Host', line('Host', null), 400],
    ['two Hosts', requestHead('/', ['Host: again']), 400],
    ['no key', line('Sec-WebSocket-Key', null), 400],
    ['two keys', requestHead('/', ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']), 400],
    ['a short key', line('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25j'), 400],
    ['no version', line('Sec-WebSocket-Version', null), 400],
    ['version 8', line('Sec-WebSocket-Version', '8'), 426, /^Sec-WebSocket-Version: 13\r$/m],
    ['version 013', line('Sec-WebSocket-Version', '013'), 426, /^Sec-WebSocket-Version: 13\r$/m],
    ['two versions', requestHead('/', ['Sec-WebSocket-Version: 13']), 426],
    ['a malformed header', requestHead('/', ['Bad Header: x']), 400],
    ['a folded header', requestHead('/', ['A: b', ' c']), 400],
    ['a malformed extension header', requestHead('/', ['Sec-WebSocket-Extensions: a;;b']), 400],
    ['a body', requestHead('/', ['Content-Length: 5']), 400],
    ['a chunked body', requestHead('/', ['Transfer-Encoding: chunked']), 400],
    ['a head too large', requestHead('/', [`A: ${'x'.repeat(17_000)}`]), 431],
    [
      'too many lines',
      requestHead(
        '/',
        Array.from({ length: 101 }, (_, i) => `A: ${i}`),
      ),
      431,
    ],
    ['another origin', requestHead('/', ['Origin: https://evil.example']), 403],
    ['a null origin', requestHead('/', ['Origin: null']), 403],
  ])('refuses %s', async (_, request, expected, header = /^Connection: .*close\r$/m) => {
    const answer = await ask(await serve(scheme), request)
    expect(status(answer)).toBe(expected)
    expect(answer).toMatch(header)
  })

  test('a server on every IPv4 address names one that can be reached', async () => {
    const server = await serve(scheme, { host: '0.0.0.0' })
    expect(server.url).toBe(`${scheme}://127.0.0.1:${server.port}`)
    expect((await connect(server.url, trust)).state).toBe('open')
  })

  test('reads no frames behind a refused request', async () => {
    const messages: string[] = []
    const server = await serve(scheme, {}, { message: (_, message) => messages.push(message.text) })
    const answer = await ask(
      server,
      `${requestHead('/', ['Content-Length: 11'])}${Buffer.from(masked(Opcode.TEXT, 'hello')).toString('latin1')}`,
    )
    expect(status(answer)).toBe(400)
    expect(messages).toEqual([])
  })

  test('takes a head in single bytes', async () => {
    const server = await serve(scheme)
    const peer = await Peer.connect(server)
    for (const byte of requestHead()) peer.write(byte)
    expect(status(await peer.readHead())).toBe(101)
  })

  test('gives a path that is none of its own a 404', async () => {
    const server = await serve(scheme, { path: ['/chat', '/wss'] })
    expect(status(await ask(server, requestHead('/other?/chat')))).toBe(404)
    expect(status(await ask(server, requestHead('/chat/')))).toBe(404)
    await Peer.open(server, '/wss?x=1')
  })

  test('takes pages of the same origin, and those that are listed', async () => {
    const own = scheme === 'ws' ? 'http://localhost' : 'https://localhost'
    const server = await serve(scheme, { origin: ['https://friend.example:8443'] })
    await Peer.open(server, '/', [`Origin: ${own}`])
    await Peer.open(server, '/', ['Origin: https://friend.example:8443'])
    expect(status(await ask(server, requestHead('/', ['Origin: https://friend.example'])))).toBe(403)
    await Peer.open(await serve(scheme, { origin: '*' }), '/', ['Origin: https://any.example'])
    const picky = await serve(scheme, {
      origin: (origin, request) => origin.endsWith('.example') && request.path === '/a',
    })
    await Peer.open(picky, '/a', ['Origin: https://any.example'])
    expect(status(await ask(picky, requestHead('/b', ['Origin: https://any.example'])))).toBe(403)
  })

  test('shows the upgrade handler the request', async () => {
    const seen = promised<ServerRequest>()
    const server = await serve(scheme, {}, { upgrade: (request) => void seen.resolve(request) })
    await Peer.open(server, '/chat?room=%C3%BC&x=1', [
      'Cookie: a=1',
      'cookie: b=2',
      'Sec-WebSocket-Protocol: one, two',
    ])
    const request = await seen.promise
    expect(request).toMatchObject({
      method: 'GET',
      target: '/chat?room=%C3%BC&x=1',
      path: '/chat',
      host: 'localhost',
      origin: undefined,
      subprotocols: ['one', 'two'],
      secure: scheme === 'wss',
      remoteAddress: '127.0.0.1',
      authorized: false,
      peerCertificate: undefined,
    })
    expect(request.query.get('room')).toBe('ü')
    expect(request.header('COOKIE')).toBe('a=1, b=2')
    expect(request.header('missing')).toBe(undefined)
    expect(request.signal.aborted).toBe(false)
  })

  test('refuses what the upgrade handler refuses, in its words', async () => {
    const server = await serve(
      scheme,
      {},
      { upgrade: () => refuse(401, { headers: { 'WWW-Authenticate': 'Bearer' }, body: 'who are you?' }) },
    )
    const answer = await ask(server, requestHead())
    expect(status(answer)).toBe(401)
    expect(answer).toMatch(/^WWW-Authenticate: Bearer\r$/m)
    expect(answer).toMatch(/^Content-Length: 12\r$/m)
    expect(answer.endsWith('\r\n\r\nwho are you?')).toBe(true)
  })

  test('takes subprotocol, headers and data from the upgrade handler', async () => {
    const opened = promised<unknown>()
    const server = await serve<{ user: string }>(
      scheme,
      { subprotocols: ['one'] },
      {
        upgrade: async () => ({
          subprotocol: 'two',
          headers: [
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
          ],
          data: { user: 'me' },
        }),
        open: (connection, request) =>
          opened.resolve([connection.data?.user, connection.subprotocol, request.path]),
      },
    )
    const connection = await connect(`${server.url}/p`, { ...trust, subprotocols: ['one', 'two'] })
    expect(connection.subprotocol).toBe('two')
    expect(
      connection.responseHeaders.filter(([name]) => name === 'Set-Cookie').map(([, value]) => value),
    ).toEqual(['a=1', 'b=2'])
    expect(await opened.promise).toEqual(['me', 'two', '/p'])
  })

  test('chooses the first subprotocol of the client that it speaks, or none', async () => {
    const server = await serve(scheme, { subprotocols: ['one', 'two'] })
    expect((await connect(server.url, { ...trust, subprotocols: ['zero', 'two', 'one'] })).subprotocol).toBe(
      'two',
    )
    expect((await connect(server.url, { ...trust, subprotocols: ['zero'] })).subprotocol).toBe(undefined)
  })

  test('switches compression off for one connection', async () => {
    const server = await serve(
      scheme,
      { permessageDeflate: true },
      { upgrade: () => ({ permessageDeflate: false }) },
    )
    expect((await connect(server.url, { ...trust, permessageDeflate: true })).extensions).toBe('')
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['chooses a subprotocol that nobody asked for', () => ({ subprotocol: 'mine' })],
    ['sends a header that cannot be sent', () => ({ headers: { 'X-Bad': 'a\r\nb' } })],
    ['sends a header of the handshake', () => ({ headers: { Upgrade: 'h2c' } })],
    ['refuses with a header that cannot be sent', () => refuse(400, { headers: { 'X-Bad': 'a\nb' } })],
  ])('answers 500 when the upgrade handler %s', async (_, upgrade) => {
    const errors: unknown[] = []
    const server = await serve(scheme, {}, { upgrade, error: (error) => errors.push(error) })
    expect(status(await ask(server, requestHead()))).toBe(500)
    expect(errors).toHaveLength(1)
    expect(server.connections.size).toBe(0)
  })

  test('keeps what comes behind the head until the upgrade handler has decided', async () => {
    const decided = promised<undefined>()
    const server = await serve(
      scheme,
      {},
      { upgrade: () => decided.promise, message: (connection, message) => connection.send(message) },
    )
    const peer = await Peer.connect(server)
    peer.write(Buffer.concat([Buffer.from(requestHead()), masked(Opcode.TEXT, 'early')]))
    peer.write(masked(Opcode.TEXT, 'later'))
    await new Promise((resolve) => setTimeout(resolve, 20))
    decided.resolve(undefined)
    expect(status(await peer.readHead())).toBe(101)
    expect(readFrames(await peer.read(14)).map(({ payload }) => payload.toString())).toEqual([
      'early',
      'later',
    ])
  })

  test('reads on when it was decided, however much came before', async () => {
    const decided = promised<undefined>()
    const server = await serve(
      scheme,
      {},
      { upgrade: () => decided.promise, message: (connection, message) => connection.send(message) },
    )
    const peer = await Peer.connect(server)
    peer.write(requestHead())
    const size = 1_000
    const count = 2_000
    const frame = masked(Opcode.BINARY, new Uint8Array(size))
    for (let sent = 0; sent < count; sent++) peer.write(frame)
    // As much as the system takes has left: the server reads no more.
    let waiting = -1
    const isStuck = (): boolean => {
      const before = waiting
      waiting = peer.socket.writableLength
      return waiting === before
    }
    await expect.poll(isStuck, { interval: 100 }).toBe(true)
    decided.resolve(undefined)
    expect(status(await peer.readHead())).toBe(101)
    const echoed = await peer.read(count * (size + 4))
    expect(echoed.length).toBe(count * (size + 4))
  })

  test('loses no message while the open handler does other things first', async () => {
    const texts: string[] = []
    const done = promised<void>()
    const server = await serve(
      scheme,
      {},
      {
        open: async (connection) => {
          await new Promise((resolve) => setTimeout(resolve, 20))
          for await (const message of connection) texts.push(message.text)
          done.resolve()
        },
      },
    )
    const peer = await Peer.connect(server)
    peer.socket.end(
      Buffer.concat([Buffer.from(requestHead()), masked(Opcode.TEXT, 'a'), masked(Opcode.TEXT, 'b')]),
    )
    await done.promise
    expect(texts).toEqual(['a', 'b'])
  })

  test('sends what the open handler sends behind the answer, however much it is', async () => {
    const server = await serve(scheme, {}, { open: (connection) => connection.send('x'.repeat(1_000_000)) })
    const connection = await connect(server.url, trust)
    expect((await connection.receive())?.text).toBe('x'.repeat(1_000_000))
  })

  test('closes a connection that the open handler closes', async () => {
    const server = await serve(scheme, {}, { open: (connection) => connection.close(4000, 'not now') })
    const connection = await connect(server.url, trust)
    expect(await connection.closed).toMatchObject({ code: 4000, reason: 'not now', wasClean: true })
    const dropping = await serve(scheme, {}, { open: (connection) => connection.terminate() })
    await expect(connect(dropping.url, trust)).rejects.toMatchObject({ name: 'ConnectError' })
    expect(dropping.connections.size).toBe(0)
  })

  test('holds messages from the handler until the promise of open settles', async () => {
    const log: string[] = []
    const done = promised<void>()
    const server = await serve(
      scheme,
      {},
      {
        open: async () => {
          await new Promise((resolve) => setTimeout(resolve, 10))
          log.push('opened')
        },
        message: (_, message) => {
          log.push(message.text)
          if (log.length === 3) done.resolve()
        },
      },
    )
    const peer = await Peer.connect(server)
    peer.write(
      Buffer.concat([Buffer.from(requestHead()), masked(Opcode.TEXT, 'a'), masked(Opcode.TEXT, 'b')]),
    )
    await done.promise
    expect(log).toEqual(['opened', 'a', 'b'])
  })

  test.each(['end', 'reset'] as const)(
    'tells the upgrade handler that the client has gone (%s)',
    async (how) => {
      const reason = promised<unknown>()
      const asked = promised<void>()
      const never = new Promise<undefined>(() => undefined)
      const server = await serve(
        scheme,
        {},
        {
          upgrade: ({ signal }) => {
            asked.resolve()
            signal.addEventListener('abort', () => reason.resolve(signal.reason))
            return never
          },
        },
      )
      const peer = await Peer.connect(server)
      peer.write(requestHead())
      await asked.promise
      peer[how]()
      expect(String(await reason.promise)).toMatch(/the client has/)
      await server.close({ deadline: 0 })
    },
  )

  test('takes it for no mistake when the upgrade handler gives up because it was told to', async () => {
    const errors: unknown[] = []
    const asked = promised<void>()
    const gaveUp = promised<void>()
    const server = await serve(
      scheme,
      {},
      {
        upgrade: async ({ signal }) => {
          asked.resolve()
          try {
            await wait(60_000, undefined, { signal })
          } finally {
            gaveUp.resolve()
          }
        },
        error: (error) => errors.push(error),
      },
    )
    const peer = await Peer.connect(server)
    peer.write(requestHead())
    await asked.promise
    peer.reset()
    await gaveUp.promise
    await server.close({ deadline: 0 })
    expect(errors).toEqual([])
  })

  test('closes in an upgrade handler that decides at once', async () => {
    const opened: unknown[] = []
    const closing = promised<void>()
    const server = await serve(
      scheme,
      {},
      {
        upgrade: () => {
          void server.close().then(closing.resolve)
        },
        open: (connection) => void opened.push(connection),
      },
    )
    expect(status(await ask(server, requestHead()))).toBe(503)
    await closing.promise
    expect(opened).toEqual([])
  })

  test('answers 503 when the upgrade handler takes too long', async () => {
    const aborted = promised<boolean>()
    const server = await serve(
      scheme,
      { timeouts: { handshakeMs: 300 } },
      {
        upgrade: ({ signal }) =>
          new Promise<undefined>((resolve) =>
            signal.addEventListener('abort', () => {
              aborted.resolve(true)
              resolve(undefined)
            }),
          ),
      },
    )
    expect(status(await ask(server, requestHead()))).toBe(503)
    expect(await aborted.promise).toBe(true)
  })

  test('answers plain requests by the request handler', async () => {
    const server = await serve(
      scheme,
      {},
      {
        request: async ({ path, method, host }) =>
          path === '/page'
            ? { status: 200, headers: { 'Content-Type': 'text/html' }, body: `<p>${method} ${host}</p>` }
            : undefined,
      },
    )
    const page = await ask(server, 'GET /page?q HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(page).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: text\/html\r\n/)
    expect(page.endsWith('\r\n\r\n<p>GET x</p>')).toBe(true)
    const head = await ask(server, 'HEAD /page HTTP/1.0\r\nHost: x\r\n\r\n')
    expect(head).toMatch(/^Content-Length: 13\r$/m)
    expect(head.endsWith('\r\n\r\n')).toBe(true)
    expect(status(await ask(server, 'GET /other HTTP/1.1\r\nHost: x\r\n\r\n'))).toBe(426)
    expect(status(await ask(server, 'GET /page HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc'))).toBe(
      400,
    )
    await Peer.open(server, '/page')
  })

  test('lets no more in than maxConnections', async () => {
    const server = await serve(scheme, { limits: { maxConnections: 2 } })
    const first = await Peer.open(server)
    await Peer.open(server)
    await expect(Peer.open(server)).rejects.toThrow()
    first.reset()
    await expect.poll(() => server.connections.size).toBe(1)
    await Peer.open(server)
  })

  test('lets no more in than maxConnectionsPerKey, by address or by what connectionKey says', async () => {
    const byAddress = await serve(scheme, { limits: { maxConnectionsPerKey: 1 } })
    const first = await Peer.open(byAddress)
    expect(status(await ask(byAddress, requestHead()))).toBe(503)
    first.reset()
    await expect.poll(() => byAddress.connections.size).toBe(0)
    await Peer.open(byAddress)

    const byKey = await serve(scheme, {
      limits: { maxConnectionsPerKey: 1 },
      connectionKey: (request) => request.header('x-forwarded-for'),
    })
    await Peer.open(byKey, '/', ['X-Forwarded-For: 1.1.1.1'])
    await Peer.open(byKey, '/', ['X-Forwarded-For: 2.2.2.2'])
    expect(status(await ask(byKey, requestHead('/', ['X-Forwarded-For: 1.1.1.1'])))).toBe(503)
    await Peer.open(byKey)
    await Peer.open(byKey)
  })

  test('counts nobody by a key that is none', async () => {
    const errors: unknown[] = []
    const server = await serve(
      scheme,
      {
        limits: { maxConnectionsPerKey: 1 },
        // What a program in JavaScript may do.
        connectionKey: () => JSON.parse('null'),
      },
      { error: (error) => errors.push(error) },
    )
    expect(status(await ask(server, requestHead()))).toBe(500)
    expect(status(await ask(server, requestHead()))).toBe(500)
    expect(errors.map(String)).toEqual(
      Array(2).fill('TypeError: connectionKey must answer a string or undefined, but answered null'),
    )
  })

  test('counts a key again when the request of one that it counted is refused', async () => {
    let answer = refuse(403)
    const server = await serve<undefined>(
      scheme,
      { limits: { maxConnectionsPerKey: 1 } },
      { upgrade: () => answer ?? undefined },
    )
    expect(status(await ask(server, requestHead()))).toBe(403)
    expect(status(await ask(server, requestHead()))).toBe(403)
    answer = refuse(402)
    expect(status(await ask(server, requestHead()))).toBe(402)
  })

  describe('drops within timeouts.handshakeMs', () => {
    const options = { timeouts: { handshakeMs: 250, closeMs: 1_000 } }

    async function silent(server: { readonly port: number }, first?: Uint8Array): Promise<Peer> {
      const socket = connectTcp({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
      await once(socket, 'connect')
      if (first !== undefined) socket.write(first)
      return new Peer(socket)
    }

    test('a client that says nothing over TCP', async () => {
      const peer = await silent(await serve(scheme, options))
      expect((await peer.readToEnd()).length).toBe(0)
    })

    test('a client that sends half a ClientHello, or something else', async () => {
      const server = await serve(scheme, options)
      const peer = await silent(server, Buffer.from('160301020001000001', 'hex'))
      await peer.readToEnd()
      await expect.poll(() => server.connections.size).toBe(0)
    })

    test('a client that speaks no TLS at all', async () => {
      const server = await serve('wss', { timeouts: { handshakeMs: 60_000 } })
      const peer = await silent(server, Buffer.from(requestHead()))
      await peer.ended
      await server.close()
    })

    test('a client that sends half a ClientHello over a unix socket, where a peer has no address', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'hybi-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const socketPath = join(folder, 'socket')
      const server = await listen({ socketPath, tls: certificate, timeouts: { handshakeMs: 100 } })
      onTestFinished(() => server.close({ deadline: 0 }))
      const socket = connectTcp({ path: socketPath, allowHalfOpen: true })
      onTestFinished(() => void socket.destroy())
      await once(socket, 'connect')
      socket.write(Buffer.from('160301020001000001', 'hex'))
      await new Peer(socket).ended
      // Settles when the listener has no socket left.
      await server.close()
    })

    test('clients in their TLS handshake over a unix socket, which count and are let go of', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'hybi-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const socketPath = join(folder, 'socket')
      const server = await listen(
        { socketPath, tls: certificate, timeouts: { handshakeMs: 100 }, limits: { maxConnections: 2 } },
        { message: (connection, message) => connection.send(message) },
      )
      const knock = async (): Promise<Peer> => {
        const socket = connectTcp({ path: socketPath, allowHalfOpen: true })
        await once(socket, 'connect')
        return new Peer(socket)
      }
      const connection = await connect(server.url, trust)
      const silent = await knock()
      await (await knock()).ended
      // The handshake's time is over for who is still in it, and not for who has been through.
      await silent.ended
      connection.send('a')
      expect((await connection.receive())?.text).toBe('a')
      await knock()
      await server.close({ deadline: 0 })
    })

    test('none that has answered, though its peer uses the same port for another address', async () => {
      const server = await serve(scheme, { ...options, host: '0.0.0.0' })
      // What is bound to an address may share its port.
      const first = connectTcp({ port: server.port, host: '127.0.0.1', localAddress: '127.0.0.1' })
      onTestFinished(() => void first.destroy())
      await once(first, 'connect')
      const { localPort = 0 } = first
      const second = connectTcp({
        port: server.port,
        host: '127.0.0.2',
        localAddress: '127.0.0.1',
        localPort,
      })
      onTestFinished(() => void second.destroy())
      await once(second, 'connect')
      const peer = new Peer(
        scheme === 'ws' ? first : connectTls({ socket: first, rejectUnauthorized: false }),
      )
      peer.write(requestHead())
      expect(status(await peer.readHead())).toBe(101)
      // The silent one is dropped, and only that.
      await once(second.resume(), 'close')
      peer.write(masked(Opcode.PING))
      expect(readFrames(await peer.read(2))[0]?.opcode).toBe(Opcode.PONG)
    })

    test('a client that says nothing once TLS is there', async () => {
      const peer = await Peer.connect(await serve(scheme, options))
      expect((await peer.readToEnd()).length).toBe(0)
    })

    test('a client that stops in its head, with a 408', async () => {
      const peer = await Peer.connect(await serve(scheme, options))
      peer.write('GET / HTTP/1.1\r\n')
      expect(status((await peer.readToEnd()).toString())).toBe(408)
    })

    test('a client whose head drips', async () => {
      const peer = await Peer.connect(await serve(scheme, options))
      peer.write('GET / HTTP/1.1\r\nA: ')
      const drip = setInterval(() => peer.write('x'), 5)
      expect(status((await peer.readToEnd()).toString())).toBe(408)
      clearInterval(drip)
    })
  })

  test('drops a refused client that does not end', async () => {
    const server = await serve(scheme, { timeouts: { closeMs: 40 } })
    const peer = await Peer.connect(server)
    peer.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await peer.ended
    await server.close()
  })

  test('survives clients that leave in their head', async () => {
    const server = await serve(scheme)
    for (const end of ['end', 'reset'] as const) {
      const peer = await Peer.connect(server)
      peer.write('GET / HTTP/1.1\r\nHo')
      peer[end]()
      await peer.ended
    }
    await Peer.open(server)
  })
})

test('a client certificate is shown to the upgrade handler', async () => {
  const seen = promised<unknown>()
  const server = await serve(
    'wss',
    { tls: { ...certificate, ca: certificate.cert, requestCert: true } },
    { upgrade: (request) => void seen.resolve([request.authorized, request.peerCertificate?.subject.CN]) },
  )
  const connection = await connect(server.url, { tls: { ca: certificate.cert, ...certificate } })
  expect(await seen.promise).toEqual([true, 'localhost'])
  await connection.close()
})

test('a client that offers only other protocols by ALPN is refused by TLS', async () => {
  const server = await serve('wss')
  const socket = connectTls({
    port: server.port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
  })
  const [error] = await once(socket, 'error')
  // The alert, or, on older versions of Node, only the end.
  expect(String(error)).toMatch(/no application protocol|disconnected before secure TLS/i)
})
