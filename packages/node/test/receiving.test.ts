/** Receiving: by handlers and by iteration, whole and in parts, always in order and never faster than the application. */
import { randomBytes } from 'node:crypto'
import { getEventListeners } from 'node:events'
import { constants, deflateRawSync } from 'node:zlib'
import { Opcode, Rsv } from '@hybi/frame'
import { Budget } from '@hybi/permessage-deflate'
import { describe, expect, test } from 'vitest'
import {
  type Connection,
  ConnectionClosedError,
  connect,
  type IncomingMessageStream,
  type ListenHandlers,
  type ListenOptions,
  type Message,
} from '../src/index.ts'
import {
  closeBody,
  closeCodeOf,
  masked,
  Peer,
  promised,
  readFrames,
  schemes,
  serve,
  trust,
  unmasked,
} from './support.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe.each(schemes)('on %s', (scheme) => {
  async function open(handlers: ListenHandlers<unknown> = {}, options: Partial<ListenOptions> = {}) {
    const opened = promised<Connection>()
    const server = await serve(scheme, options, {
      ...handlers,
      open: (connection) => opened.resolve(connection),
    })
    const peer = await Peer.open(server)
    return { peer, connection: await opened.promise, server }
  }

  const texts = (...all: string[]): Buffer => Buffer.concat(all.map((text) => masked(Opcode.TEXT, text)))

  test('a promise of the message handler holds the next message back', async () => {
    const log: string[] = []
    const done = promised<void>()
    const { peer } = await open({
      message: async (_, message) => {
        log.push(`begin ${message.text}`)
        await turn()
        log.push(`end ${message.text}`)
        if (message.text === 'c') done.resolve()
      },
    })
    peer.write(texts('a', 'b', 'c'))
    await done.promise
    expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c'])
  })

  test('what waits behind a message is not touched by what others send', async () => {
    const log: string[] = []
    const [other, done] = [promised<void>(), promised<void>()]
    const handlers: ListenHandlers<unknown> = {
      message: async (connection, message) => {
        if (message.text === 'other') {
          other.resolve()
          return
        }
        if (message.text === 'a') {
          const intruder = await Peer.open(server)
          intruder.write(masked(Opcode.TEXT, 'other'))
          await other.promise
        }
        log.push(message.text)
        if (message.text === 'd') done.resolve()
        else connection.send(message)
      },
    }
    const { peer, server } = await open(handlers, { sharedReadBuffer: true })
    peer.write(texts('a', 'b', 'c', 'd'))
    await done.promise
    expect(log).toEqual(['a', 'b', 'c', 'd'])
  })

  test.each<[string, (work: () => void) => unknown]>([
    ['handler', (work) => work()],
    ['handler with a promise', async (work) => work()],
  ])('a %s that has much to do for one peer is called for others meanwhile', async (_, call) => {
    const log: string[] = []
    const done = promised<void>()
    const count = 320
    const { peer, server } = await open({
      message: (connection, message) => {
        const { text } = message
        if (log.push(text) === 1) other.write(texts('other'))
        connection.send(message)
        if (log.length > count) done.resolve()
        return call(() => {
          for (const until = performance.now() + 1; performance.now() < until; );
        })
      },
    })
    const other = await Peer.open(server)
    const many = Array.from({ length: count }, (_, index) => `${index}`)
    peer.write(texts(...many))
    await done.promise
    expect(log.indexOf('other')).toBeLessThan(count)
    expect(log.filter((text) => text !== 'other')).toEqual(many)
    const echoed = readFrames(await peer.read(many.join('').length + 2 * count))
    expect(echoed.map(({ payload }) => payload.toString())).toEqual(many)
  })

  test('compressed messages without an end do not hold up those of others', async () => {
    const budget = new Budget({ bytes: 250_000, patienceMs: 20 })
    const server = await serve(
      scheme,
      { permessageDeflate: { budget } },
      { message: (connection, message) => connection.send(message) },
    )
    const offer = ['Sec-WebSocket-Extensions: permessage-deflate']
    const [stalled, honest] = [await Peer.open(server, '/', offer), await Peer.open(server, '/', offer)]
    const compressed = deflateRawSync(randomBytes(200_000), { finishFlush: constants.Z_SYNC_FLUSH })
    stalled.write(masked(Opcode.BINARY, compressed, { rsv: Rsv.RSV1, fin: false }))
    await expect.poll(() => budget.used).toBeGreaterThan(200_000)
    honest.write(masked(Opcode.BINARY, compressed.subarray(0, -4), { rsv: Rsv.RSV1 }))
    expect((await honest.read(200_000)).length).toBe(200_000)
    expect(closeCodeOf(await stalled.readToEnd())).toBe(1009)
    expect(budget.used).toBe(0)
  })

  test('iteration gives every message in order, and ends with the connection', async () => {
    const { peer, connection } = await open()
    peer.socket.end(
      Buffer.concat([texts('a', 'b'), masked(Opcode.BINARY, 'c'), masked(Opcode.CLOSE, closeBody(1000))]),
    )
    const seen: (string | Uint8Array)[] = []
    for await (const message of connection) {
      await turn()
      seen.push(message.binary ? message.bytes : message.text)
    }
    expect(seen.map((data) => (typeof data === 'string' ? data : Buffer.from(data).toString()))).toEqual([
      'a',
      'b',
      'c',
    ])
    expect(await connection.receive()).toBe(null)
    expect(await connection.closed).toMatchObject({ wasClean: true })
  })

  test.each<[string, ListenHandlers<unknown>, (connection: Connection) => Promise<void>]>([
    ['a handler', { message: (own, message) => own.send(message) }, async () => undefined],
    [
      'an async handler',
      {
        message: async (own, message) => {
          await null
          own.send(message)
        },
      },
      async () => undefined,
    ],
    [
      'a stream handler',
      { stream: (own, message) => own.sendStream(message, { binary: message.binary }) },
      async () => undefined,
    ],
    [
      'a loop',
      {},
      async (own) => {
        for await (const message of own) own.send(message)
      },
    ],
    [
      'receive',
      {},
      async (own) => {
        for (let message = await own.receive(); message !== null; message = await own.receive()) {
          own.send(message)
        }
      },
    ],
  ])(
    '%s answers every message before what ends the connection in the same read',
    async (_, handlers, answer) => {
      const ends: [string, Uint8Array, (peer: Peer) => void, number | null][] = [
        ['Close', masked(Opcode.CLOSE, closeBody(1000)), () => undefined, 1000],
        ['a violation', unmasked(Opcode.TEXT, 'not masked'), () => undefined, 1002],
        ['FIN', new Uint8Array(0), (peer) => peer.end(), null],
      ]
      for (const [, last, then, code] of ends) {
        const { peer, connection } = await open(handlers)
        void answer(connection)
        peer.write(Buffer.concat([texts('a', 'b', 'c'), last]))
        then(peer)
        const bytes = await peer.readToEnd()
        const frames = readFrames(bytes)
        const echoed = frames
          .filter(({ opcode }) => opcode !== Opcode.CLOSE)
          .map(({ payload }) => payload.toString())
        expect(echoed.join('')).toBe('abc')
        if (code !== null) expect(closeCodeOf(bytes)).toBe(code)
        peer.end()
        await connection.closed
      }
    },
  )

  test('a handler that takes its time does not keep the peer from being answered a Ping', async () => {
    const go = promised<void>()
    const { peer } = await open({ message: () => go.promise })
    peer.write(Buffer.concat([texts('slow'), masked(Opcode.PING, 'p')]))
    expect(readFrames(await peer.read(3))).toMatchObject([{ opcode: Opcode.PONG }])
    go.resolve()
  })

  test('a Pong is read while a message is being worked on', async () => {
    const { peer, connection } = await open()
    peer.write(texts('a'))
    for await (const _ of connection) {
      const pinged = connection.ping('p')
      await peer.read(3)
      peer.write(masked(Opcode.PONG, 'p'))
      expect(await pinged).toBeGreaterThan(0)
      break
    }
    const pinged = connection.ping('q')
    await peer.read(3)
    peer.write(masked(Opcode.PONG, 'q'))
    expect(await pinged).toBeGreaterThan(0)
  })

  test('a loop that is left leaves the messages that follow to the next', async () => {
    const { peer, connection } = await open()
    peer.write(texts('a', 'b', 'c'))
    for await (const message of connection) {
      expect(message.text).toBe('a')
      break
    }
    expect((await connection.receive())?.text).toBe('b')
    const iterator = connection.messages()
    expect(() => connection.messages()).toThrow(/being read already/)
    expect((await iterator.next()).value?.text).toBe('c')
    await iterator.return?.()
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  test('several calls of next are answered in their order', async () => {
    const { peer, connection } = await open()
    const iterator = connection.messages()
    const three = [iterator.next(), iterator.next(), iterator.next()]
    peer.write(texts('a', 'b'))
    peer.end()
    expect((await Promise.all(three)).map(({ value }) => value?.text)).toEqual(['a', 'b', undefined])
  })

  test('an iteration is given up when the signal says so, and no message is lost', async () => {
    const { peer, connection } = await open()
    const controller = new AbortController()
    const iterator = connection.messages({ signal: controller.signal })
    const next = iterator.next()
    controller.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
    expect((await iterator.next()).done).toBe(true)
    await expect(connection.receive({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    )
    peer.write(texts('a'))
    expect((await connection.receive())?.text).toBe('a')
  })

  test('a slow loop slows the peer: the rest stays with the operating systems', async () => {
    const { peer, connection } = await open()
    const frame = masked(Opcode.BINARY, new Uint8Array(64 * 1024))
    let sent = 0
    while (sent < 1024 && peer.socket.writableLength < 1024 * 1024) {
      peer.write(frame)
      sent++
      if (sent % 16 === 0) await turn()
    }
    expect(sent).toBeLessThan(1024)
    const before = peer.socket.writableLength
    for (let i = 0; i < sent; i++) expect((await connection.receive())?.size).toBe(64 * 1024)
    expect(peer.socket.writableLength).toBeLessThan(before)
  })

  test('without anybody who takes messages, pings and a Close without messages before them are answered', async () => {
    const { peer, connection } = await open()
    peer.write(Buffer.concat([masked(Opcode.PING, 'p'), masked(Opcode.CLOSE, closeBody(1000))]))
    expect(readFrames(await peer.readToEnd()).map(({ opcode }) => opcode)).toEqual([
      Opcode.PONG,
      Opcode.CLOSE,
    ])
    peer.end()
    expect(await connection.closed).toMatchObject({ wasClean: true })
  })

  test('a handler that throws closes the connection with 1011, gets nothing more, and its error is reported', async () => {
    for (const broken of [
      () => {
        throw new Error('broken')
      },
      () => Promise.reject(new Error('broken')),
    ]) {
      const errors: unknown[][] = []
      let calls = 0
      const { peer, connection } = await open({
        message: () => {
          calls++
          return broken()
        },
        error: (...args) => errors.push(args),
      })
      peer.write(Buffer.concat([texts('a', 'b'), masked(Opcode.PING), texts('c')]))
      peer.write(masked(Opcode.CLOSE, closeBody(1000)))
      expect(closeCodeOf(await peer.readToEnd())).toBe(1011)
      peer.end()
      expect(await connection.closed).toMatchObject({ initiator: 'local', wasClean: true, code: 1000 })
      expect(calls).toBe(1)
      expect(errors).toEqual([[new Error('broken'), connection]])
    }
  })

  test('the close handler comes after the last message handler, and once', async () => {
    const log: string[] = []
    const done = promised<void>()
    const { peer } = await open({
      message: async () => {
        await turn()
        log.push('message')
      },
      close: () => {
        log.push('close')
        setImmediate(done.resolve)
      },
    })
    peer.socket.end(Buffer.concat([texts('a'), masked(Opcode.CLOSE, closeBody(1000))]))
    await done.promise
    expect(log).toEqual(['message', 'close'])
  })

  test('a stream handler gets a message as it arrives', async () => {
    const log: string[] = []
    const done = promised<void>()
    const { peer } = await open({
      stream: async (_, message) => {
        log.push(message.binary ? 'binary' : 'text')
        for await (const bytes of message) log.push(Buffer.from(bytes).toString())
        log.push('end')
        if (log.filter((entry) => entry === 'end').length === 3) done.resolve()
      },
    })
    peer.write(masked(Opcode.TEXT, 'one', { fin: false }))
    await expect.poll(() => log.length).toBe(2)
    peer.write(Buffer.concat([masked(Opcode.CONTINUATION, 'two'), masked(Opcode.BINARY, ''), texts('three')]))
    await done.promise
    expect(log).toEqual(['text', 'one', 'two', 'end', 'binary', 'end', 'text', 'three', 'end'])
  })

  test('what a stream handler leaves of a message is thrown away', async () => {
    const seen: string[] = []
    const { peer } = await open({
      stream: async (_, message) => {
        for await (const bytes of message) {
          seen.push(Buffer.from(bytes).toString())
          break
        }
      },
    })
    peer.write(
      Buffer.concat([
        masked(Opcode.TEXT, 'a', { fin: false }),
        masked(Opcode.CONTINUATION, 'rest'),
        texts('b'),
      ]),
    )
    await expect.poll(() => seen).toEqual(['a', 'b'])
  })

  test('a stream handler that looks at nothing gets the next message when its promise settles', async () => {
    let messages = 0
    const { peer } = await open({
      stream: async () => {
        await turn()
        messages++
      },
    })
    peer.write(
      Buffer.concat([
        masked(Opcode.TEXT, 'a', { fin: false }),
        masked(Opcode.CONTINUATION, 'rest'),
        texts('b'),
      ]),
    )
    await expect.poll(() => messages).toBe(2)
  })

  test('streams give one message after the other; asking for the next ends the one before', async () => {
    const { peer, connection } = await open()
    peer.write(
      Buffer.concat([
        masked(Opcode.TEXT, 'a', { fin: false }),
        masked(Opcode.CONTINUATION, 'rest'),
        texts('b'),
        texts('c'),
      ]),
    )
    const seen: string[] = []
    for await (const message of connection.streams()) {
      for await (const bytes of message) {
        seen.push(Buffer.from(bytes).toString())
        break
      }
      if (seen.length === 2) break
    }
    expect(seen).toEqual(['a', 'b'])
    expect(() => connection.messages()).toThrow(/as streams/)
    for await (const message of connection.streams()) {
      const parts: string[] = []
      for await (const bytes of message) parts.push(Buffer.from(bytes).toString())
      expect(parts.join('')).toBe('c')
      break
    }
  })

  test('a message that waited whole is given as a stream of one part', async () => {
    const { peer, connection } = await open()
    peer.write(texts('whole'))
    await turn()
    for await (const message of connection.streams()) {
      const parts: string[] = []
      for await (const bytes of message) parts.push(Buffer.from(bytes).toString())
      expect(parts).toEqual(['whole'])
      break
    }
  })

  test('a stream whose connection ends in the middle throws', async () => {
    const { peer, connection } = await open()
    peer.socket.end(masked(Opcode.TEXT, 'half', { fin: false }))
    const seen: string[] = []
    const reading = async (): Promise<void> => {
      for await (const message of connection.streams())
        for await (const bytes of message) seen.push(Buffer.from(bytes).toString())
    }
    await expect(reading()).rejects.toBeInstanceOf(ConnectionClosedError)
    expect(seen).toEqual(['half'])
  })

  test('a stream whose reader is given up by the signal throws', async () => {
    const { peer, connection } = await open()
    const controller = new AbortController()
    peer.write(masked(Opcode.TEXT, 'half', { fin: false }))
    const reading = async (): Promise<void> => {
      for await (const message of connection.streams({ signal: controller.signal })) {
        for await (const _ of message) controller.abort(new Error('enough'))
      }
    }
    await expect(reading()).rejects.toThrow('enough')
    await expect(
      connection.streams({ signal: AbortSignal.abort(new Error('before')) }).next(),
    ).rejects.toThrow('before')
  })

  test('a streamed message may be longer than a whole one if the limit is lifted', async () => {
    const sizes: number[] = []
    const read = async (message: IncomingMessageStream): Promise<void> => {
      let size = 0
      for await (const bytes of message) size += bytes.length
      sizes.push(size)
    }
    const { server, peer } = await open(
      { stream: (_, message) => read(message) },
      { limits: { maxMessageSize: Number.POSITIVE_INFINITY } },
    )
    const connection = await connect(server.url, trust)
    await connection.sendStream(Array.from({ length: 20 }, () => new Uint8Array(1024 * 1024)))
    await expect.poll(() => sizes).toEqual([20 * 1024 * 1024])
    peer.reset()
  })

  test('a message beyond the limit fails the connection with 1009', async () => {
    const { peer, connection } = await open({ message: () => undefined }, { limits: { maxMessageSize: 10 } })
    peer.write(Buffer.concat([texts('0123456789'), texts('0123456789x')]))
    expect(closeCodeOf(await peer.readToEnd())).toBe(1009)
    peer.end()
    expect(await connection.closed).toMatchObject({ cause: 'violation' })
  })

  test('too many fragments fail the connection with 1009', async () => {
    const { peer } = await open({ message: () => undefined }, { limits: { maxFragments: 2 } })
    peer.write(masked(Opcode.TEXT, 'a', { fin: false }))
    peer.write(masked(Opcode.CONTINUATION, 'b', { fin: false }))
    peer.write(masked(Opcode.CONTINUATION, 'c', { fin: false }))
    expect(closeCodeOf(await peer.readToEnd())).toBe(1009)
  })
})

test.each<[object, RegExp]>([
  [{ message: () => 1, stream: () => 1 }, /either a message handler or a stream handler/],
  [{ mesage: () => 1 }, /no handler "mesage"/],
  [{ message: 'x' }, /handler message must be a function/],
])('wrong handlers are told apart: %j', async (handlers, message) => {
  await expect(serve('ws', {}, handlers)).rejects.toThrow(message)
})

test('handlers take the messages, so that nobody else can read them', async () => {
  const opened = promised<Connection>()
  const server = await serve(
    'ws',
    {},
    { message: (_, message: Message) => message.text, open: (connection) => opened.resolve(connection) },
  )
  await Peer.open(server)
  const connection = await opened.promise
  expect(() => connection.messages()).toThrow(/go to its handler/)
  await expect(connection.receive()).rejects.toThrow(TypeError)
})

test('nothing stays attached to a signal that was given to a reader after the end', async () => {
  const server = await serve('ws', {}, {})
  const connection = await connect(server.url)
  await connection.close()
  const { signal } = new AbortController()
  for (let times = 0; times < 20; times++) {
    expect((await connection.messages({ signal }).next()).done).toBe(true)
  }
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('nothing stays attached to a signal that was given to a reader of streams after the end', async () => {
  const server = await serve('ws', {}, {})
  const connection = await connect(server.url)
  await connection.close()
  const { signal } = new AbortController()
  expect((await connection.streams({ signal }).next()).done).toBe(true)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})
