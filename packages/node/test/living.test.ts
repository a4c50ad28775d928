/** Pings, the heartbeat, broadcasts, closing a server, tracing: what a server does beside passing messages on. */
import { channel } from 'node:diagnostics_channel'
import { getEventListeners } from 'node:events'
import { Opcode } from '@hybi/frame'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  broadcast,
  type Connection,
  ConnectionClosedError,
  connect,
  type ListenHandlers,
  type ListenOptions,
  listen,
  prepareMessage,
} from '../src/index.ts'
import {
  closeBody,
  closeCodeOf,
  masked,
  Peer,
  promised,
  readFrames,
  requestHead,
  schemes,
  serve,
  trust,
} from './support.ts'

const MIB = 1024 * 1024
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(schemes)('on %s', (scheme) => {
  async function open(options: Partial<ListenOptions> = {}, handlers: ListenHandlers<unknown> = {}) {
    const opened = promised<Connection>()
    const server = await serve(scheme, options, {
      ...handlers,
      open: (connection) => opened.resolve(connection),
    })
    const peer = await Peer.open(server)
    return { server, peer, connection: await opened.promise }
  }

  describe('ping', () => {
    test('measures the round trip', async () => {
      const { peer, connection } = await open()
      const measured = connection.ping()
      const [ping] = readFrames(await peer.read(6))
      expect(ping).toMatchObject({ opcode: Opcode.PING, payload: { length: 4 } })
      await pause(20)
      peer.write(masked(Opcode.PONG, ping?.payload))
      expect(await measured).toBeGreaterThan(15)
    })

    test('a Pong answers the Pings before it as well; others answer nothing', async () => {
      const { peer, connection } = await open()
      const settled: string[] = []
      const measured = ['a', 'b', 'c'].map((data) => connection.ping(data).then(() => settled.push(data)))
      await peer.read(9)
      peer.write(Buffer.concat([masked(Opcode.PONG, 'unasked'), masked(Opcode.PONG, 'b')]))
      await Promise.all(measured.slice(0, 2))
      await pause(5)
      expect(settled).toEqual(['a', 'b'])
      peer.write(masked(Opcode.PONG, 'c'))
      await measured[2]
    })

    test('is rejected by the signal, by the end of the connection, and for too much data', async () => {
      const { peer, connection } = await open()
      await expect(connection.ping('x', { signal: AbortSignal.timeout(5) })).rejects.toMatchObject({
        name: 'TimeoutError',
      })
      await expect(connection.ping('x', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
        'before',
      )
      expect(() => connection.ping('x'.repeat(126))).toThrow(RangeError)
      const waiting = connection.ping()
      peer.reset()
      await expect(waiting).rejects.toBeInstanceOf(ConnectionClosedError)
    })
  })

  describe('the heartbeat', () => {
    const heartbeat = { intervalMs: 30, graceMs: 30 }

    test('pings a silent peer, and gives it up when nothing comes', async () => {
      const { peer, connection } = await open({ heartbeat })
      expect(readFrames(await peer.read(2))).toMatchObject([{ opcode: Opcode.PING }])
      expect(await connection.closed).toMatchObject({ code: 1006, initiator: 'none', cause: 'timeout' })
    })

    test('is content with any sign of life', async () => {
      const { peer, connection } = await open(
        { heartbeat: { intervalMs: 5, graceMs: 1_000 } },
        { message: () => undefined },
      )
      for (const sign of [masked(Opcode.PONG), masked(Opcode.TEXT, 'x'), masked(Opcode.PING)]) {
        const pong = readFrames(sign)[0]?.opcode === Opcode.PING ? 2 : 0
        expect(readFrames(await peer.read(2))).toMatchObject([{ opcode: Opcode.PING }])
        peer.write(sign)
        await peer.read(pong)
      }
      await peer.read(2)
      expect(connection.state).toBe('open')
    })

    test('rests while the application does not take messages', async () => {
      const { peer, connection } = await open({ heartbeat })
      peer.write(masked(Opcode.TEXT, 'waits'))
      await pause(150)
      expect(connection.state).toBe('open')
      expect((await connection.receive())?.text).toBe('waits')
      expect(await connection.closed).toMatchObject({ cause: 'timeout' })
    })

    test('gives up a peer that does not read what it asked for', async () => {
      const { peer, connection } = await open(
        { heartbeat },
        { message: (own) => own.send(new Uint8Array(8 * MIB)) },
      )
      peer.socket.pause()
      for (let i = 0; i < 4; i++) peer.write(masked(Opcode.TEXT, 'more'))
      expect(await connection.closed).toMatchObject({ cause: 'timeout' })
    })

    test('ends with the connection', async () => {
      const { peer, connection } = await open({ heartbeat: true })
      peer.write(masked(Opcode.CLOSE, closeBody(1000)))
      peer.end()
      expect(await connection.closed).toMatchObject({ cause: 'close' })
    })

    test('is an option of the client, too', async () => {
      const pinged = promised<void>()
      const server = await serve(scheme)
      const connection = await connect(server.url, { ...trust, heartbeat: { intervalMs: 10 } })
      channel('hybi:test').subscribe(() => undefined)
      void connection.ping().then(() => pinged.resolve())
      await pinged.promise
      await pause(60)
      expect(connection.state).toBe('open')
    })
  })

  describe('a broadcast', () => {
    test('reaches all that are open, or those that the filter picks', async () => {
      const server = await serve<string>(scheme, {}, { upgrade: ({ path }) => ({ data: path }) })
      const a = await connect(`${server.url}/a`, trust)
      const b = await connect(`${server.url}/b`, trust)
      const c = await connect(`${server.url}/c`, trust)
      expect(server.broadcast('to all')).toEqual({ sent: 3, skipped: 0, terminated: 0 })
      expect(server.broadcast(new Uint8Array([1]), { filter: ({ data }) => data !== '/b' })).toEqual({
        sent: 2,
        skipped: 0,
        terminated: 0,
      })
      for (const client of [a, b, c]) expect((await client.receive())?.text).toBe('to all')
      for (const client of [a, c]) expect((await client.receive())?.bytes).toEqual(new Uint8Array([1]))
      const [first] = server.connections
      void first?.close()
      expect(server.broadcast(prepareMessage('prepared'))).toEqual({ sent: 2, skipped: 1, terminated: 0 })
      expect((await b.receive())?.text).toBe('prepared')
    })

    test('is compressed for those who have agreed on it', async () => {
      const server = await serve(scheme, { permessageDeflate: true })
      const plain = await connect(server.url, trust)
      const compressed = await connect(server.url, { ...trust, permessageDeflate: true })
      const text = 'x'.repeat(5000)
      server.broadcast(text)
      expect(await plain.receive()).toMatchObject({ text, compressed: false })
      expect(await compressed.receive()).toMatchObject({ text, compressed: true })
      server.broadcast(text, { compress: false })
      expect(await compressed.receive()).toMatchObject({ text, compressed: false })
    })

    test('treats slow connections as the policy says', async () => {
      const { server, peer, connection } = await open()
      peer.socket.pause()
      connection.send(new Uint8Array(8 * MIB))
      expect(connection.isSlow).toBe(true)
      expect(server.broadcast('x', { slow: 'skip' })).toEqual({ sent: 0, skipped: 1, terminated: 0 })
      expect(server.broadcast('x')).toEqual({ sent: 1, skipped: 0, terminated: 0 })
      expect(server.broadcast('x', { slow: 'terminate' })).toEqual({ sent: 0, skipped: 0, terminated: 1 })
      expect(await connection.closed).toMatchObject({ cause: 'terminated' })
      expect(() => server.broadcast('x', { slow: 'drop' as never })).toThrow(
        'slow must be queue, skip or terminate',
      )
      expect(() => broadcast([], 5 as never)).toThrow(TypeError)
    })
  })

  describe('closing a server', () => {
    test('says goodbye to everybody, and waits until all are gone', async () => {
      const server = await serve(scheme)
      const clients = await Promise.all([connect(server.url, trust), connect(server.url, trust)])
      await server.close()
      for (const client of clients) {
        expect(await client.closed).toEqual({
          code: 1001,
          reason: '',
          wasClean: true,
          initiator: 'remote',
          cause: 'close',
        })
      }
      expect(server.connections.size).toBe(0)
      await expect(connect(server.url, trust)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      await server.close()
    })

    test('uses the code and the reason that it is given', async () => {
      const server = await serve(scheme)
      const client = await connect(server.url, trust)
      expect(() => server.close({ code: 1005 })).toThrow(RangeError)
      expect(() => server.close({ reason: 'é'.repeat(62) })).toThrow(RangeError)
      expect(() => server.close({ deadline: Number.NaN })).toThrow(/^deadline must be a whole number/)
      expect(client.state).toBe('open')
      await server.close({ code: 1012, reason: 'back soon' })
      expect(await client.closed).toMatchObject({ code: 1012, reason: 'back soon' })
    })

    test('drops what is left at the deadline', async () => {
      const { server, peer, connection } = await open()
      const started = performance.now()
      await server.close({ deadline: 50 })
      expect(performance.now() - started).toBeLessThan(2_000)
      expect(await connection.closed).toMatchObject({ initiator: 'local', cause: 'terminated' })
      expect(closeCodeOf(await peer.readToEnd())).toBe(1001)
    })

    test('does not wait for those who have not asked for anything, and answers those who wait for an answer', async () => {
      const asked = promised<void>()
      const server = await serve(
        scheme,
        {},
        {
          upgrade: () => {
            asked.resolve()
            return new Promise<undefined>(() => undefined)
          },
        },
      )
      const silent = await Peer.connect(server)
      const half = await Peer.connect(server)
      half.write('GET / HT')
      const waiting = await Peer.connect(server)
      waiting.write(requestHead())
      await asked.promise
      const closing = server.close()
      expect((await waiting.readHead()).startsWith('HTTP/1.1 503 ')).toBe(true)
      waiting.end()
      await closing
      await Promise.all([silent.ended, half.ended])
    })

    test('lets an answer that is on its way arrive, but no longer than the deadline', async () => {
      const server = await serve(
        scheme,
        {},
        { request: () => ({ status: 200, body: new Uint8Array(16 * MIB) }) },
      )
      const slow = await Peer.connect(server)
      slow.socket.pause()
      slow.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      await pause(20)
      await server.close({ deadline: 50 })
    })

    test('can be asked for by a signal', async () => {
      const controller = new AbortController()
      const server = await serve(scheme, { signal: controller.signal })
      const client = await connect(server.url, trust)
      controller.abort()
      expect(await client.closed).toMatchObject({ code: 1001 })
      await expect(serve(scheme, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
        'before',
      )
    })

    test.each(['127.0.0.1', 'localhost'])('gives up listening on %s by the signal', async (host) => {
      const controller = new AbortController()
      const reason = new Error('changed our mind')
      const listening = listen({ port: 0, host, signal: controller.signal })
      controller.abort(reason)
      await expect(listening).rejects.toBe(reason)
    })

    test('leaves nothing attached to the signal when it is closed', async () => {
      const { signal } = new AbortController()
      const server = await listen({ port: 0, host: '127.0.0.1', signal })
      await server.close()
      expect(getEventListeners(signal, 'abort')).toEqual([])
    })
  })

  test('diagnostics channels tell of everything', async () => {
    const events: [string, object][] = []
    for (const name of [
      'connection:open',
      'connection:message',
      'connection:close',
      'connection:error',
      'handshake:refused',
    ]) {
      const subscriber = (message: unknown): void => void events.push([name, message as object])
      channel(`hybi:${name}`).subscribe(subscriber)
      onTestFinished(() => void channel(`hybi:${name}`).unsubscribe(subscriber))
    }
    const server = await serve(
      scheme,
      {},
      {
        message: () => {
          throw new Error('broken')
        },
        error: () => undefined,
      },
    )
    const connection = await connect(server.url, trust)
    connection.send('hello')
    await connection.closed
    await server.close()
    const names = events.map(([name]) => name)
    expect(names.filter((name) => name === 'connection:open')).toHaveLength(2)
    expect(names.filter((name) => name === 'connection:close')).toHaveLength(2)
    expect(events.find(([name]) => name === 'connection:message')?.[1]).toMatchObject({
      message: { text: 'hello' },
    })
    expect(events.find(([name]) => name === 'connection:error')?.[1]).toMatchObject({
      error: new Error('broken'),
    })
    expect(
      events
        .filter(([name]) => name === 'connection:open')
        .map(([, event]) => 'role' in event && event.role)
        .sort(),
    ).toEqual(['client', 'server'])
    const refusing = await serve(scheme)
    const peer = await Peer.connect(refusing)
    peer.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await peer.ended
    expect(events.at(-1)).toEqual([
      'handshake:refused',
      { status: 426, name: 'Upgrade is not websocket', remoteAddress: '127.0.0.1' },
    ])
  })

  test('1000 connections open, echo and close in a row, all of them clean', { timeout: 60_000 }, async () => {
    const outcomes = new Map<string, number>()
    const server = await serve(
      scheme,
      {},
      {
        message: (connection, message) => connection.send(message),
        close: (_, { wasClean, cause, code }) => {
          const outcome = `${wasClean} ${cause} ${code}`
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        },
      },
    )
    for (let i = 0; i < 1000; i++) {
      const connection = await connect(server.url, trust)
      connection.send(`message ${i}`)
      const message = await connection.receive()
      if (message?.text !== `message ${i}`) throw new Error(`echo ${i} is wrong`)
      const { wasClean } = await connection.close()
      if (!wasClean) throw new Error(`connection ${i} did not end clean`)
    }
    await server.close()
    expect([...outcomes]).toEqual([['true close 1000', 1000]])
  })
})

test('a port that is in use is told', async () => {
  const server = await serve('ws')
  await expect(listen({ port: server.port, host: '127.0.0.1' })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await expect(listen({})).rejects.toThrow('either a port or a socketPath')
  await expect(listen({ port: 0, socketPath: '/x' })).rejects.toThrow('either a port or a socketPath')
})

test('a server is disposed of by closing it', async () => {
  const server = await serve('ws')
  const client = await connect(server.url)
  await server[Symbol.asyncDispose]()
  expect(await client.closed).toMatchObject({ code: 1001 })
})

test('a server without a host listens on all addresses', async () => {
  const server = await listen({ port: 0 })
  onTestFinished(() => server.close())
  expect(server.url).toBe(`ws://localhost:${server.port}`)
  expect((await connect(server.url)).remoteAddress).toMatch(/^(127\.0\.0\.1|::1)$/)
})

test('an error of a handler without an error handler is an uncaught exception', async () => {
  const uncaught = promised<unknown>()
  const listeners = process.rawListeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.once('uncaughtException', (error) => uncaught.resolve(error))
  onTestFinished(() => {
    for (const listener of listeners)
      process.on('uncaughtException', listener as NodeJS.UncaughtExceptionListener)
  })
  const server = await serve(
    'ws',
    {},
    {
      message: () => {
        throw new Error('nobody catches this')
      },
    },
  )
  const client = await connect(server.url)
  client.send('x')
  expect(await uncaught.promise).toEqual(new Error('nobody catches this'))
  expect(await client.closed).toMatchObject({ code: 1011 })
})

test('an error of the error handler is an uncaught exception, too', async () => {
  const uncaught = promised<unknown>()
  const listeners = process.rawListeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.once('uncaughtException', (error) => uncaught.resolve(error))
  onTestFinished(() => {
    for (const listener of listeners)
      process.on('uncaughtException', listener as NodeJS.UncaughtExceptionListener)
  })
  const server = await serve(
    'ws',
    {},
    {
      upgrade: () => {
        throw new Error('first')
      },
      error: () => {
        throw new Error('second')
      },
    },
  )
  await expect(connect(server.url)).rejects.toMatchObject({ status: 500 })
  expect(await uncaught.promise).toEqual(new Error('second'))
})
