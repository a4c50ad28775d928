/** Beside the routes and the other upgrade handlers of an http or https server. */
import { once } from 'node:events'
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net'
import { Opcode } from '@hybi/frame'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { isDelivered } from '../src/driver.ts'
import { attach, connect, hostOptions, type ListenHandlers } from '../src/index.ts'
import {
  certificate,
  closeBody,
  masked,
  Peer,
  promised,
  readFrames,
  requestHead,
  type Scheme,
  schemes,
  trust,
} from './support.ts'

const page: RequestListener = (request, response) => {
  response.setHeader('X-Path', request.url ?? '')
  response.end('page')
}

const echo: ListenHandlers<unknown> = { message: (connection, message) => connection.send(message) }

async function host(scheme: Scheme, options: object = {}): Promise<{ server: HttpServer; url: string }> {
  const server =
    scheme === 'ws'
      ? createHttpServer(options, page)
      : createHttpsServer({ ...certificate, ...options }, page)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { server, url: `${scheme}://127.0.0.1:${port}` }
}

async function ask(server: { readonly url: string }, request: string): Promise<string> {
  const peer = await Peer.connect(server)
  peer.write(request)
  return (await peer.readToEnd()).toString('latin1')
}

const readings = [
  { how: 'are read into the buffer of the process', isRead: false, isShared: true },
  {
    how: 'are left to Node when that was asked for',
    options: { sharedReadBuffer: false },
    isRead: false,
    isShared: false,
  },
  { how: 'are left to Node where somebody else reads them as well', isRead: true, isShared: false },
]

test.each(schemes.flatMap((scheme) => readings.map((reading) => ({ scheme, options: {}, ...reading }))))(
  'the bytes of a socket attached on $scheme $how',
  async ({ scheme, options, isRead, isShared }) => {
    const { server, url } = await host(scheme)
    attach(server, options, echo)
    const sockets: Socket[] = []
    let octets = 0
    server.on(scheme === 'ws' ? 'connection' : 'secureConnection', (socket: Socket) => {
      sockets.push(socket)
      if (isRead) socket.on('data', ({ length }) => (octets += length))
    })
    const peer = await Peer.open({ url })
    expect(sockets.map(isDelivered)).toEqual([isShared])
    const heads = octets
    const texts = Array.from({ length: 40 }, (_, index) => `${index} `.repeat(index * 100))
    const frames = Buffer.concat(texts.map((text) => masked(Opcode.TEXT, text)))
    for (let at = 0; at < frames.length; at += 10_007) peer.write(frames.subarray(at, at + 10_007))
    peer.write(masked(Opcode.CLOSE, closeBody(1000)))
    const echoes = readFrames(await peer.readToEnd())
    expect(echoes.slice(0, -1).map(({ payload }) => payload.toString())).toEqual(texts)
    expect(octets - heads).toBe(isRead ? frames.length + masked(Opcode.CLOSE, closeBody(1000)).length : 0)
  },
)

describe.each(schemes)('attached on %s', (scheme) => {
  test('serves connections beside the routes, and leaves the host as it was', async () => {
    const { server, url } = await host(scheme)
    const attached = attach(server, {}, echo)
    const connection = await connect(`${url}/any`, trust)
    connection.send('hello')
    expect((await connection.receive())?.text).toBe('hello')
    expect(await ask({ url }, 'GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 200 OK\r\nX-Path: \/page\r\n/,
    )
    expect(attached.connections.size).toBe(1)
    await attached.close()
    expect(await connection.closed).toMatchObject({ code: 1001, wasClean: true })
    expect(server.listenerCount('upgrade')).toBe(0)
    expect(server.listening).toBe(true)
  })

  test('keeps the bytes behind the head', async () => {
    const { server, url } = await host(scheme)
    attach(server, {}, { ...echo, upgrade: async () => undefined })
    const peer = await Peer.connect({ url })
    peer.write(Buffer.concat([Buffer.from(requestHead()), masked(Opcode.TEXT, 'early')]))
    await peer.readHead()
    expect(readFrames(await peer.read(7))[0]?.payload.toString()).toBe('early')
    peer.write(masked(Opcode.CLOSE, closeBody(1000)))
    expect(readFrames(await peer.readToEnd())).toHaveLength(1)
    peer.end()
    expect(await peer.closed).toBe('closed')
  })

  test('several endpoints share a host, each on its path', async () => {
    const { server, url } = await host(scheme)
    const a = attach(server, { path: '/a', subprotocols: ['a'] }, {})
    attach(server, { path: '/b', subprotocols: ['b'] }, {})
    const options = { ...trust, subprotocols: ['a', 'b'] }
    expect((await connect(`${url}/a`, options)).subprotocol).toBe('a')
    expect((await connect(`${url}/b?x`, options)).subprotocol).toBe('b')
    await expect(connect(`${url}/c`, options)).rejects.toMatchObject({ status: 404 })
    await a.close()
    await expect(connect(`${url}/a`, options)).rejects.toMatchObject({ status: 404 })
    expect((await connect(`${url}/b`, options)).subprotocol).toBe('b')
  })

  test('leaves what is not on its path to other upgrade handlers', async () => {
    const { server, url } = await host(scheme)
    attach(server, { path: '/ours' }, echo)
    const theirs = new WebSocketServer({ noServer: true })
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/theirs')
        theirs.handleUpgrade(request, socket, head, (client) => client.send('theirs'))
    })
    const connection = await connect(`${url}/theirs`, trust)
    expect((await connection.receive())?.text).toBe('theirs')
    expect((await connect(`${url}/ours`, trust)).state).toBe('open')
    await connection.close()
  })

  test('refuses as a listener does', async () => {
    const { server, url } = await host(scheme)
    attach(server, { limits: { maxHeadLines: 10 } }, {})
    expect(await ask({ url }, requestHead().replace('Version: 13', 'Version: 12'))).toMatch(
      /^HTTP\/1\.1 426 [\s\S]*^Sec-WebSocket-Version: 13\r$/m,
    )
    expect(await ask({ url }, requestHead('/', ['Origin: https://evil.example']))).toMatch(/^HTTP\/1\.1 403 /)
    expect(
      await ask(
        { url },
        requestHead(
          '/',
          Array.from({ length: 6 }, (_, i) => `A${i}: b`),
        ),
      ),
    ).toMatch(/^HTTP\/1\.1 431 /)
    expect(await ask({ url }, requestHead('/', ['Content-Length: 3']))).toMatch(/^HTTP\/1\.1 400 /)
  })

  test('holds heads to its own limits where those of the host are larger', async () => {
    const { server, url } = await host(scheme, { maxHeaderSize: 65_536 })
    attach(server, {}, {})
    expect(await ask({ url }, requestHead('/', [`A: ${'x'.repeat(17_000)}`]))).toMatch(/^HTTP\/1\.1 431 /)
    await Peer.open({ url }, '/', [`A: ${'x'.repeat(16_000)}`])
  })

  test.each<[number | null, number]>([
    [6, 1],
    [null, 995],
    [0, 1990],
  ])('reads no frames behind a head of which the host keeps %j lines', async (maxHeadersCount, lines) => {
    const { server, url } = await host(scheme, { maxHeaderSize: 65_536 })
    server.maxHeadersCount = maxHeadersCount
    attach(server, { limits: { maxHeadLines: 2000, maxHeadSize: 65_536 } }, {})
    const more = Array.from({ length: lines }, () => 'A: b')
    // Node drops what is more, in silence.
    const expected = maxHeadersCount === 0 ? /^HTTP\/1\.1 400 / : /^HTTP\/1\.1 431 /
    expect(await ask({ url }, requestHead('/', [...more, 'Content-Length: 5']))).toMatch(expected)
  })

  test('lets no more in than maxConnections', async () => {
    const { server, url } = await host(scheme)
    attach(server, { limits: { maxConnections: 1 } }, {})
    await Peer.open({ url })
    expect(await ask({ url }, requestHead())).toMatch(/^HTTP\/1\.1 503 /)
  })

  test('a request that asks for another protocol goes to the routes', async () => {
    const { server, url } = await host(scheme)
    attach(server, { path: '/ours' }, {})
    const request =
      'GET /page HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n'
    expect(await ask({ url }, `${request}\r\n`)).toMatch(
      /^HTTP\/1\.1 200 OK\r\nX-Path: \/page\r\n[\s\S]*page$/,
    )
    expect(await ask({ url }, `${request}Content-Length: 3\r\n\r\nabc`)).toMatch(/^HTTP\/1\.1 404 /)
    const peer = await Peer.connect({ url })
    peer.write(`${request}\r\n`)
    peer.reset()
  })

  test('ends a request that went to the routes, also when the client does not', async () => {
    const { server, url } = await host(scheme)
    attach(server, { timeouts: { closeMs: 80 } }, {})
    const peer = await Peer.connect({ url })
    peer.write('GET /page HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
    expect((await peer.readToEnd()).toString()).toMatch(/page$/)
    const connections = (): Promise<number> =>
      new Promise((resolve) => server.getConnections((_, count) => resolve(count)))
    await expect.poll(connections).toBe(0)
  })

  test('lets go of a request that went to a route which answers late, when the client leaves', async () => {
    const { server, url } = await host(scheme)
    server.removeAllListeners('request')
    const gone = promised<string>()
    server.on('request', (request, response) => {
      const left = new Set(['request', 'response'])
      const leave = (what: string) => (): void => {
        left.delete(what)
        if (left.size === 0) gone.resolve('both')
      }
      request.on('close', leave('request'))
      response.on('close', leave('response'))
    })
    attach(server, {}, {})
    const peer = await Peer.connect({ url })
    peer.write('GET /poll HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
    peer.end()
    expect(await gone.promise).toBe('both')
    await peer.ended
  })

  test.each(['websocket', 'h2c'])('mixes an unanswered request with no upgrade to %s', async (protocol) => {
    const { server, url } = await host(scheme)
    server.removeAllListeners('request')
    const asked = promised<() => void>()
    server.on('request', (_, response) => asked.resolve(() => response.end('late')))
    attach(server, {}, {})
    const peer = await Peer.connect({ url })
    peer.write(`GET /slow HTTP/1.1\r\nHost: x\r\n\r\n${requestHead().replace('websocket', protocol)}`)
    const answer = await asked.promise
    answer()
    expect((await peer.readToEnd()).toString()).toBe('')
  })

  test('takes an upgrade behind requests that were answered', async () => {
    const { server, url } = await host(scheme)
    attach(server, {}, {})
    const peer = await Peer.connect({ url })
    peer.write('GET /page HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await peer.readHead()).toMatch(/^HTTP\/1\.1 200 /)
    expect((await peer.read(4)).toString()).toBe('page')
    peer.write(requestHead())
    expect(await peer.readHead()).toMatch(/^HTTP\/1\.1 101 /)
  })

  test('answers 500 when the path filter throws', async () => {
    const { server, url } = await host(scheme)
    const errors: unknown[] = []
    attach(
      server,
      { path: (path) => decodeURIComponent(path) === '/' },
      { error: (error) => errors.push(error) },
    )
    expect(await ask({ url }, requestHead('/%'))).toMatch(/^HTTP\/1\.1 500 /)
    expect(errors.map(String)).toEqual(['URIError: URI malformed'])
    await Peer.open({ url }, '/')
  })

  test('bounds the time of the upgrade handler, and lets it see the client leave', async () => {
    const { server, url } = await host(scheme)
    attach(
      server,
      { timeouts: { handshakeMs: 40 } },
      { upgrade: () => new Promise<undefined>(() => undefined) },
    )
    expect(await ask({ url }, requestHead())).toMatch(/^HTTP\/1\.1 503 /)
  })

  test.each([0, 300_001, Number.POSITIVE_INFINITY])('a host takes hostOptions for %d ms', (handshakeMs) => {
    expect(() => createHttpServer(hostOptions({ timeouts: { handshakeMs } }))).not.toThrow()
  })

  test('hostOptions bound what comes before the upgrade', async () => {
    const options = hostOptions({ timeouts: { handshakeMs: 600 }, limits: { maxHeadSize: 1000 } })
    const { server, url } = await host(scheme, options)
    attach(server, {}, {})
    const { port } = new URL(url)
    const silent = new Peer(connectTcp({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true }))
    await silent.ended
    const half = await Peer.connect({ url })
    half.write('GET / HTTP/1.1\r\nHos')
    expect((await half.readToEnd()).toString()).toMatch(/^HTTP\/1\.1 408 /)
    expect(await ask({ url }, requestHead('/', [`A: ${'x'.repeat(1000)}`]))).toMatch(/^HTTP\/1\.1 431 /)
    await Peer.open({ url })
  })
})

test.each<[object, RegExp]>([
  [{ port: 1 }, /attach has no option "port"/],
  [{ path: 'chat' }, /must begin with "\/"/],
  [{ path: ['/a', '/b?c'] }, /have no query/],
  [{ origin: ['example.org'] }, /is not an origin/],
  [{ origin: 'https://example.org/' }, /is not an origin/],
  [{ origin: [5] }, /is not an origin/],
  [
    { limits: { maxMessageSize: -1 } },
    /limits\.maxMessageSize must be a whole number from 0 up, or Infinity, but was -1/,
  ],
  [
    { limits: { maxHeadSize: Infinity } },
    /limits\.maxHeadSize must be a whole number from 1 up, but was Infinity/,
  ],
  [{ limits: { maxMesageSize: 1 } }, /limits has no option "maxMesageSize"/],
  [{ limits: 5 }, /limits must be an object/],
  [{ timeouts: { closeMs: '1' } }, /timeouts\.closeMs/],
  [{ heartbeat: { intervalMs: NaN } }, /heartbeat\.intervalMs/],
  [{ permessageDeflate: { level: 99 } }, /level/],
  [{ permessageDeflate: { serverMaxWindowBits: 7 } }, /serverMaxWindowBits/],
  [{ subprotocols: ['a b'] }, /subprotocols/],
])('a wrong option throws at once: %j', (options, message) => {
  expect(() => attach(createHttpServer(), options, {})).toThrow(message)
})
