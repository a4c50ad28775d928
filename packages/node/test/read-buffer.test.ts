/** The read buffer of the process: with it, without it, and where Node does not look as expected. */
import { once } from 'node:events'
import { type AddressInfo, connect as connectTcp, createServer, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { Opcode } from '@hybi/frame'
import { describe, expect, test, vi } from 'vitest'
import { Deferred } from '../src/deferred.ts'
import { drive, isDelivered } from '../src/driver.ts'
import { connect } from '../src/index.ts'
import { shareReads } from '../src/read-buffer.ts'
import { closeBody, masked, Peer, readFrames, requestHead, schemes, serve, trust } from './support.ts'

const cases = schemes.flatMap((scheme) =>
  [true, false].map((sharedReadBuffer) => ({ scheme, sharedReadBuffer })),
)

describe.each(cases)(
  'on $scheme with sharedReadBuffer: $sharedReadBuffer',
  ({ scheme, sharedReadBuffer }) => {
    test('messages cut anywhere come back as they were sent', async () => {
      const server = await serve(
        scheme,
        { sharedReadBuffer },
        { message: (connection, message) => void connection.send(message) },
      )
      const texts = Array.from({ length: 40 }, (_, index) => `${index} `.repeat(index * 300))
      const connection = await connect(server.url, { ...trust, sharedReadBuffer })
      for (const text of texts) connection.send(text)
      const received: string[] = []
      for await (const message of connection) {
        if (received.push(message.text) === texts.length) break
      }
      expect(received).toEqual(texts)
      expect(await connection.close()).toMatchObject({ code: 1000, wasClean: true })
    })

    test('the sockets of a client are as they were asked to be', async () => {
      const server = await serve(
        scheme,
        { sharedReadBuffer },
        { message: (c, message) => void c.send(message) },
      )
      const { port } = server
      const socket =
        scheme === 'ws'
          ? connectTcp(port, '127.0.0.1')
          : connectTls({ port, host: '127.0.0.1', ...trust.tls })
      await once(socket, scheme === 'ws' ? 'connect' : 'secureConnect')
      const connection = await connect(server.url, { socket, sharedReadBuffer })
      expect(isDelivered(socket)).toBe(sharedReadBuffer)
      connection.send('hello')
      expect((await connection.receive())?.text).toBe('hello')
      await connection.close()
    })

    test('a head and a frame that come octet by octet are read', async () => {
      const server = await serve(
        scheme,
        { sharedReadBuffer },
        { message: (c, message) => void c.send(message) },
      )
      const peer = await Peer.connect(server)
      for (const sign of requestHead()) peer.write(sign)
      await peer.readHead()
      for (const octet of masked(Opcode.TEXT, 'cut into octets')) peer.write(Buffer.of(octet))
      peer.write(masked(Opcode.CLOSE, closeBody(1000)))
      const [echo] = readFrames(await peer.readToEnd())
      expect(String(echo.payload)).toBe('cut into octets')
    })
  },
)

test.each(schemes)(
  'on %s what comes behind a request that was refused is thrown away without a copy',
  async (scheme) => {
    const server = await serve(scheme, {}, {})
    const peer = await Peer.connect(server)
    const much = Buffer.alloc(1_048_576)
    peer.write('GET / HTTP/1.0\r\n\r\n')
    expect(await peer.readHead()).toMatch('HTTP/1.1 400 ')
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 32; i++) await new Promise<void>((left) => peer.socket.write(much, () => left()))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * much.length)
  },
)

/** The loop has been round, and has read what was there to be read. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((done) => setImmediate(done))
}

test('an accepted socket has its bytes delivered, emits no data, is paused and resumed, and still counts for its server', async () => {
  const read: Uint8Array[] = []
  const texts = (): string[] => read.map((bytes) => Buffer.from(bytes).toString())
  const accepted = new Deferred<Socket>()
  const ended = new Deferred<void>()
  const arrived: (() => void)[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    expect(shareReads(socket)).toBe(true)
    socket.on('data', () => expect.unreachable())
    drive(socket, {
      receive: (bytes) => {
        read.push(bytes)
        if (!socket.isPaused()) socket.pause()
        arrived.shift()?.()
      },
      receiveEnd: () => ended.resolve(),
      drained: () => undefined,
      failed: () => undefined,
      closed: () => undefined,
    })
    accepted.resolve(socket)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const client = connectTcp(address.port, '127.0.0.1')
  const next = (): Promise<void> => new Promise((resolve) => arrived.push(resolve))
  const first = next()
  client.write('one')
  const socket = await accepted.promise
  await first
  await new Promise<void>((written) => client.write('two', () => written()))
  expect(texts()).toEqual(['one'])
  const second = next()
  socket.resume()
  await second
  expect(texts()).toEqual(['one', 'two'])
  // Node may read for the stream what the driver has paused: that one read is delivered, and it stays the only one.
  const third = next()
  socket.read(0)
  client.write('three')
  await third
  client.write('four')
  await turns()
  expect(texts()).toEqual(['one', 'two', 'three'])
  const fourth = next()
  socket.resume()
  await fourth
  expect(texts()).toEqual(['one', 'two', 'three', 'four'])
  expect(await promisify(server.getConnections.bind(server))()).toBe(1)
  client.end()
  socket.resume()
  await ended.promise
  socket.end()
  await new Promise((closed) => server.close(closed))
})

test('what nobody wants is read and not copied', async () => {
  const ended = new Deferred<void>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    expect(shareReads(socket)).toBe(true)
    drive(socket, {
      discards: true,
      receive: () => expect.unreachable(),
      receiveEnd: () => ended.resolve(),
      drained: () => undefined,
      failed: () => undefined,
      closed: () => undefined,
    })
    ended.promise.then(() => socket.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connectTcp((server.address() as AddressInfo).port, '127.0.0.1')
  client.end(Buffer.alloc(1_048_576))
  await ended.promise
  await once(client.resume(), 'close')
  server.close()
})

test("a user's socket with a buffer of its own is left to it", async () => {
  const { port } = await serve('ws', {}, {})
  const read: number[] = []
  const socket = connectTcp({
    port,
    host: '127.0.0.1',
    onread: { buffer: () => Buffer.alloc(65_536), callback: (size) => read.push(size) > 0 },
  })
  await once(socket, 'connect')
  expect(shareReads(socket)).toBe(false)
  socket.write('GET / HTTP/1.0\r\n\r\n')
  await once(socket, 'close')
  expect(read.length).toBeGreaterThan(0)
})

test('where Node keeps buffer and callback elsewhere, an accepted socket is left as it is', async () => {
  vi.resetModules()
  const symbols = vi.spyOn(Object, 'getOwnPropertySymbols').mockReturnValue([])
  try {
    const fresh = await import('../src/read-buffer.ts')
    const socket = new Socket()
    Object.assign(socket, { _handle: { useUserBuffer: () => expect.unreachable() } })
    expect(fresh.shareReads(socket)).toBe(false)
    Object.assign(socket, { _handle: null })
    socket.destroy()
  } finally {
    symbols.mockRestore()
  }
})

test('a socket from which somebody else reads is left as it is', () => {
  const handle = { useUserBuffer: () => expect.unreachable() }
  const read = (): void => undefined
  const listened = new Socket().pause().on('data', read)
  const awaited = new Socket().on('readable', read)
  const unread = new Socket()
  unread.push('left to read')
  const derived = new (class Counting extends Socket {})()
  for (const socket of [listened, awaited, unread, derived]) {
    Object.assign(socket, { _handle: handle })
    expect(shareReads(socket)).toBe(false)
    expect(isDelivered(socket)).toBe(false)
    Object.assign(socket, { _handle: null })
    socket.destroy()
  }
})

test('a socket without the handle of Node is left as it is', () => {
  const socket = new Socket()
  expect(shareReads(socket)).toBe(false)
  Object.assign(socket, { _handle: { readStart: () => undefined } })
  expect(shareReads(socket)).toBe(false)
  expect(isDelivered(socket)).toBe(false)
  Object.assign(socket, { _handle: null })
  socket.destroy()
})
