/** Sending: one write a turn, in order, bounded, and nothing lost in silence. */
import { channel } from 'node:diagnostics_channel'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { Opcode } from '@hybi/frame'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  type Connection,
  ConnectionClosedError,
  connect,
  type ListenHandlers,
  type ListenOptions,
  type Sendable,
} from '../src/index.ts'
import {
  closeBody,
  masked,
  Peer,
  promised,
  readFrames,
  type Scheme,
  schemes,
  serve,
  trust,
} from './support.ts'

const KIB = 1024
const MIB = 1024 * KIB
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Sends much in one go. */
function push(connection: Connection): void {
  for (let sent = 0; sent < 12; sent++) connection.send(new Uint8Array(MIB))
}

/** Writes the frame again and again until the other end reads no more, and says how often: at some time it has to stop. */
async function flood(peer: Peer, frame: Uint8Array): Promise<number> {
  const most = (128 * MIB) / frame.length
  let sent = 0
  while (sent < most && peer.socket.writableLength < MIB) {
    peer.write(frame)
    sent++
    if (sent % 16 === 0) await turn()
  }
  expect(sent).toBeLessThan(most)
  return sent
}

async function open(
  scheme: Scheme,
  handlers: ListenHandlers<unknown> = {},
  options: Partial<ListenOptions> = {},
) {
  const opened = promised<Connection>()
  const server = await serve(scheme, options, {
    ...handlers,
    open: (connection) => opened.resolve(connection),
  })
  const peer = await Peer.open(server)
  return { peer, connection: await opened.promise, server }
}

describe.each(schemes)('on %s', (scheme) => {
  test('send says whether less is pending than the high-water mark, and drained waits for it', async () => {
    const { peer, connection } = await open(scheme)
    expect(connection.send('small')).toBe(true)
    await expect(connection.drained()).resolves.toBe(undefined)
    peer.socket.pause()
    let sent = 0
    while (connection.send(new Uint8Array(64 * KIB))) sent++
    // What the operating systems between the two take is theirs to say.
    while (sent < 1000) {
      connection.send(new Uint8Array(64 * KIB))
      sent++
      await turn()
      if (connection.bufferedAmount > 2 * MIB) break
    }
    expect(connection.isSlow).toBe(true)
    let drained = false
    const waiting = connection.drained().then(() => {
      drained = true
    })
    await turn()
    expect(drained).toBe(false)
    peer.socket.resume()
    await waiting
    expect(connection.bufferedAmount).toBeLessThanOrEqual(64 * KIB)
    expect(connection.isSlow).toBe(false)
  })

  test('drained is given up when the signal says so', async () => {
    const { peer, connection } = await open(scheme)
    peer.socket.pause()
    connection.send(new Uint8Array(12 * MIB))
    const controller = new AbortController()
    const waiting = connection.drained({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(connection.drained({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    )
  })

  test('what is sent after closing has begun is reported as not sent', async () => {
    const seen: unknown[] = []
    const subscriber = (message: unknown): void => void seen.push(message)
    channel('hybi:connection:not-sent').subscribe(subscriber)
    onTestFinished(() => void channel('hybi:connection:not-sent').unsubscribe(subscriber))
    const { peer, connection } = await open(scheme)
    connection.send('before')
    const closed = connection.close()
    expect(connection.send('after')).toBe(false)
    expect(connection.send(new Uint8Array(3))).toBe(false)
    expect(connection.notSent).toBe(2)
    expect(seen).toEqual([
      { connection, data: 'after' },
      { connection, data: new Uint8Array(3) },
    ])
    await expect(connection.drained()).rejects.toThrow('2 messages were not sent')
    await expect(connection.ping()).rejects.toBeInstanceOf(ConnectionClosedError)
    await expect(connection.sendStream(['x'])).rejects.toBeInstanceOf(ConnectionClosedError)
    peer.write(masked(Opcode.CLOSE, closeBody(1000)))
    peer.end()
    await closed
    expect(connection.send('long after')).toBe(false)
    expect(connection.notSent).toBe(3)
    await expect(connection.drained()).rejects.toBeInstanceOf(ConnectionClosedError)
    expect(readFrames(await peer.readToEnd()).map(({ payload }) => payload.toString().slice(0, 6))).toEqual([
      'before',
      '\x03\ufffd',
    ])
  })

  test.each<[string, unknown]>([
    ['a number', 5],
    ['nothing', undefined],
    ['an array', [1, 2]],
    ['an ArrayBuffer', new ArrayBuffer(2)],
  ])('send of %s throws, open or closing', async (_, data) => {
    const { connection } = await open(scheme)
    expect(() => connection.send(data as Sendable)).toThrow(TypeError)
    void connection.close()
    expect(() => connection.send(data as Sendable)).toThrow(TypeError)
  })

  test('a connection with more pending than the hard limit is closed with 1008, after all that was accepted', async () => {
    const { peer, connection } = await open(scheme, {}, { limits: { maxPendingOutput: MIB } })
    peer.socket.pause()
    let accepted = 0
    while (connection.state === 'open') {
      connection.send(new Uint8Array(256 * KIB))
      if (connection.state === 'open') accepted++
      await turn()
    }
    expect(connection.notSent).toBe(1)
    expect(connection.bufferedAmount).toBeLessThan(MIB + 2 * 256 * KIB)
    peer.socket.resume()
    const frames = readFrames(await peer.readToEnd())
    expect(frames).toHaveLength(accepted + 1)
    expect(frames.at(-1)?.payload.readUInt16BE(0)).toBe(1008)
    peer.end()
    expect(await connection.closed).toMatchObject({ cause: 'violation', violation: { code: 1008 } })
  })

  test('a peer that is closed with 1008 and does not read is dropped in time', async () => {
    const { peer, connection } = await open(
      scheme,
      {},
      { limits: { maxPendingOutput: MIB }, timeouts: { closeMs: 20 } },
    )
    peer.socket.pause()
    while (connection.notSent === 0) {
      connection.send(new Uint8Array(256 * KIB))
      await turn()
    }
    expect(await connection.closed).toMatchObject({ code: 1006, wasClean: false, violation: { code: 1008 } })
  })

  test.each([1, 1000, 20_000])(
    'a high-water mark of %i, below that of the socket, is one',
    async (highWaterMark) => {
      const handlers: ListenHandlers<unknown> = { message: (own, message) => own.send(message) }
      const { peer, connection } = await open(scheme, handlers, { limits: { highWaterMark } })
      peer.socket.pause()
      const frame = masked(Opcode.BINARY, new Uint8Array(5000).fill(7))
      const sent = await flood(peer, frame)
      const waiting = connection.drained()
      const frames = peer.read(sent * 5004)
      peer.socket.resume()
      expect(readFrames(await frames)).toHaveLength(sent)
      await waiting
      connection.send(new Uint8Array(5000))
      await connection.drained()
      expect(connection.bufferedAmount).toBeLessThanOrEqual(highWaterMark)
    },
  )

  test('one call may bring more than the hard limit', async () => {
    const { peer, connection } = await open(scheme, {}, { limits: { maxPendingOutput: MIB } })
    expect(connection.send(new Uint8Array(8 * MIB))).toBe(false)
    expect((await peer.read(8 * MIB + 10)).length).toBe(8 * MIB + 10)
    expect(connection.state).toBe('open')
  })

  test.each<[string, ListenHandlers<unknown>, (connection: Connection) => Promise<void>]>([
    ['a handler', { message: (own, message) => own.send(message) }, async () => undefined],
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
    'an echo server by %s stops reading from a peer that does not read, and then loses nothing',
    async (_, handlers, answer) => {
      const { peer, connection } = await open(scheme, handlers)
      void answer(connection)
      peer.socket.pause()
      const frame = masked(Opcode.BINARY, new Uint8Array(32 * KIB).fill(7))
      const sent = await flood(peer, frame)
      expect(connection.bufferedAmount).toBeLessThan(512 * KIB)
      const frames = peer.read(sent * (32 * KIB + 4))
      peer.socket.resume()
      expect(readFrames(await frames)).toHaveLength(sent)
    },
  )

  test('a server that answers in a later turn stops reading when half the hard limit is pending', async () => {
    const handlers: ListenHandlers<unknown> = {
      message: (own, message) => void setImmediate(() => own.send(message)),
    }
    // Before a later turn comes, a busy socket may be read 32 times, 64 KiB each: half the limit is more than that.
    const { peer, connection } = await open(scheme, handlers, { limits: { maxPendingOutput: 8 * MIB } })
    peer.socket.pause()
    const frame = masked(Opcode.BINARY, new Uint8Array(32 * KIB).fill(7))
    const sent = await flood(peer, frame)
    expect(connection.state).toBe('open')
    expect(connection.bufferedAmount).toBeLessThan(8 * MIB)
    const frames = peer.read(sent * (32 * KIB + 4))
    peer.socket.resume()
    expect(readFrames(await frames)).toHaveLength(sent)
  })

  test.each<[string, ListenHandlers<unknown>]>([
    ['answers at once', { message: (own, message) => own.send(message) }],
    ['answers in a later turn', { message: (own, message) => void setImmediate(() => own.send(message)) }],
    ['sends as much of its own accord', { open: push, message: () => undefined }],
  ])('a client that sends 12 MiB before it reads is not blocked by a server that %s', async (_, handlers) => {
    const server = await serve(scheme, {}, handlers)
    const connection = await connect(server.url, trust)
    push(connection)
    let received = 0
    for await (const message of connection) {
      received += message.size
      if (received === 12 * MIB) break
    }
    expect(received).toBe(12 * MIB)
    expect((await connection.close()).wasClean).toBe(true)
  })

  test('a stream is one message, pulled no faster than the peer reads', async () => {
    const { peer, connection } = await open(scheme)
    peer.socket.pause()
    let pulled = 0
    const source = function* (): Iterable<Uint8Array> {
      for (; pulled < 256; pulled++) yield new Uint8Array(64 * KIB).fill(pulled)
    }
    const sending = connection.sendStream(source())
    for (let i = 0; i < 20; i++) await turn()
    expect(pulled).toBeLessThan(256)
    peer.socket.resume()
    await sending
    const bytes = await peer.read(256 * (64 * KIB + 10) + 2)
    const frames = readFrames(bytes)
    expect(frames.map(({ opcode }) => opcode).slice(0, 2)).toEqual([Opcode.BINARY, Opcode.CONTINUATION])
    expect(frames.map(({ fin }) => fin).indexOf(true)).toBe(256)
    expect(frames.every(({ payload }, i) => payload.every((byte) => byte === (i & 0xff)))).toBe(true)
  })

  test('other messages wait behind a stream, other streams for their turn; pings pass', async () => {
    const { peer, connection } = await open(scheme)
    const go = promised<void>()
    const slow = async function* (): AsyncIterable<string> {
      yield 'a1 '
      await go.promise
      yield 'a2'
    }
    const first = connection.sendStream(slow())
    await turn()
    expect(connection.send('b')).toBe(true)
    const second = connection.sendStream(['c1 ', 'c2'])
    const abandoned = connection.sendStream(['never'], { signal: AbortSignal.timeout(5) })
    connection.send(new Uint8Array([0x64]))
    expect(() => connection.send(5 as never)).toThrow(TypeError)
    connection.ping('p').catch(() => undefined)
    await expect(abandoned).rejects.toMatchObject({ name: 'TimeoutError' })
    go.resolve()
    await Promise.all([first, second])
    await connection.drained()
    await turn()
    peer.write(masked(Opcode.CLOSE, closeBody(1000)))
    const frames = readFrames(await peer.readToEnd()).map(({ opcode, payload }) => `${opcode} ${payload}`)
    expect(frames.filter((frame) => !frame.startsWith('8'))).toEqual([
      '1 a1 ',
      '9 p',
      '0 a2',
      '0 ',
      '1 b',
      '1 c1 ',
      '0 c2',
      '0 ',
      '2 d',
    ])
  })

  test.each<[string, (signal: AbortController) => AsyncIterable<string>, RegExp]>([
    [
      'a source that throws',
      async function* () {
        yield 'a'
        throw new Error('broken')
      },
      /broken/,
    ],
    [
      'a part of another kind',
      async function* () {
        yield 'a'
        yield new Uint8Array(1) as never as string
      },
      /begun as text|binary/,
    ],
    [
      'the signal',
      async function* (controller) {
        yield 'a'
        controller.abort(new Error('enough'))
        await new Promise(() => undefined)
      },
      /enough/,
    ],
  ])('a stream that is cut short by %s closes the connection with 1011', async (_, source, message) => {
    const { peer, connection } = await open(scheme)
    const controller = new AbortController()
    const options = { signal: controller.signal, binary: false }
    const sending = connection.sendStream(source(controller), options)
    if (String(message).includes('begun')) {
      // Bytes are allowed in a text message as long as the caller says that it is one.
      await sending
      return
    }
    await expect(sending).rejects.toThrow(message)
    peer.write(masked(Opcode.CLOSE, closeBody(1000)))
    expect((await peer.readToEnd()).includes(Buffer.from(closeBody(1011)))).toBe(true)
    expect(connection.notSent).toBe(0)
  })

  test('a stream that fails before its first part leaves the connection as it was', async () => {
    const { connection } = await open(scheme)
    // biome-ignore lint/correctness/useYield: it throws before it has anything to yield
    const broken = async function* (): AsyncIterable<string> {
      throw new Error('broken')
    }
    await expect(connection.sendStream(broken())).rejects.toThrow('broken')
    await expect(connection.sendStream(5 as never)).rejects.toThrow(TypeError)
    await expect(connection.sendStream('text')).rejects.toThrow(TypeError)
    await expect(
      connection.sendStream(['x'], { signal: AbortSignal.abort(new Error('before')) }),
    ).rejects.toThrow('before')
    expect(connection.state).toBe('open')
    expect(connection.send('fine')).toBe(true)
  })

  test('a stream whose source never answers ends with the connection, and what waits behind it is not sent', async () => {
    const { peer, connection } = await open(scheme)
    let returned = false
    const stuck: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => {
          returned = true
          return Promise.reject(new Error('not even that'))
        },
      }),
    }
    const sending = connection.sendStream(stuck)
    await turn()
    connection.send('behind')
    const turnBehind = connection.sendStream(['x'])
    peer.write(masked(Opcode.CLOSE, closeBody(1000)))
    peer.end()
    await expect(sending).rejects.toBeInstanceOf(ConnectionClosedError)
    await expect(turnBehind).rejects.toBeInstanceOf(ConnectionClosedError)
    expect(returned).toBe(true)
    expect(connection.notSent).toBe(1)
  })

  test('an empty stream is an empty message', async () => {
    const { peer, connection } = await open(scheme)
    await connection.sendStream([], { binary: false })
    await connection.sendStream([])
    expect(readFrames(await peer.read(4))).toMatchObject([
      { opcode: Opcode.TEXT, fin: true, payload: Buffer.alloc(0) },
      { opcode: Opcode.BINARY, fin: true, payload: Buffer.alloc(0) },
    ])
  })

  test('a message stream can be sent on as it arrives', async () => {
    const server = await serve(
      scheme,
      { limits: { maxMessageSize: Number.POSITIVE_INFINITY } },
      {
        stream: (connection, message) => connection.sendStream(message, { binary: message.binary }),
      },
    )
    const connection = await connect(server.url, {
      ...trust,
      limits: { maxMessageSize: Number.POSITIVE_INFINITY },
    })
    const parts = Array.from({ length: 300 }, (_, i) => new Uint8Array(100 * KIB).fill(i))
    const sending = connection.sendStream(parts)
    let size = 0
    for await (const message of connection.streams()) {
      for await (const bytes of message) {
        const expected = Math.floor(size / (100 * KIB)) & 0xff
        if (bytes[0] !== expected) throw new Error(`octet ${size} is ${bytes[0]}, not ${expected}`)
        size += bytes.length
      }
      break
    }
    await sending
    expect(size).toBe(300 * 100 * KIB)
  })

  test('compression can be switched for each message', async () => {
    const server = await serve(
      scheme,
      { permessageDeflate: { threshold: 100 } },
      { message: (own, message) => own.send(message, { compress: message.text.startsWith('!') }) },
    )
    const connection = await connect(server.url, { ...trust, permessageDeflate: { threshold: 100 } })
    const long = 'x'.repeat(1000)
    connection.send(long)
    connection.send(`!${long}`)
    connection.send('!', { compress: true })
    const compressed = []
    for (let i = 0; i < 3; i++) compressed.push((await connection.receive())?.compressed)
    expect(compressed).toEqual([false, true, true])
  })
})

describe.each(schemes)('one turn, one write on %s', (scheme) => {
  async function counting(handlers: ListenHandlers<unknown> = {}) {
    const opened = await open(scheme, handlers)
    const writes: number[] = []
    // The writes of the server's socket, seen from the reading end: loopback keeps a write of this size in one piece.
    opened.peer.socket.on('data', (chunk: Buffer) => writes.push(chunk.length))
    return { ...opened, writes }
  }

  // Fewer than after which a connection looks whether it has been served too long in a row, which a slow machine would answer by yes.
  const thirty = (): Buffer =>
    Buffer.concat([masked(Opcode.PING, 'p'), ...Array.from({ length: 29 }, () => masked(Opcode.TEXT, 'x'))])
  const answered = 29 * 3 + 3

  test.each<[string, ListenHandlers<unknown>]>([
    ['a handler', { message: (connection, message) => connection.send(message) }],
    ['an async handler', { message: async (connection, message) => void connection.send(message) }],
    [
      'a handler that answers in a later microtask',
      {
        message: async (connection, message) => {
          await null
          connection.send(message)
        },
      },
    ],
  ])('%s answers a chunk in one write', async (_, handlers) => {
    const { peer, writes } = await counting(handlers)
    peer.write(thirty())
    await peer.read(answered)
    expect(writes).toEqual([answered])
  })

  test('a loop answers a chunk in one write', async () => {
    const { peer, connection, writes } = await counting()
    const loop = (async () => {
      for await (const message of connection) connection.send(message)
    })()
    await turn()
    peer.write(thirty())
    await peer.read(answered)
    expect(writes).toEqual([answered])
    peer.end()
    await loop
  })

  test('messages of one read are answered in one write, also when they came in several TLS records', async () => {
    const { peer, writes } = await counting({ message: (connection) => connection.send('x') })
    // Records of which none is worth a look at the clock, as in `thirty`.
    if (peer.socket instanceof TLSSocket) peer.socket.setMaxSendFragment(512)
    peer.write(Buffer.concat(Array.from({ length: 20 }, () => masked(Opcode.BINARY, new Uint8Array(100)))))
    await peer.read(20 * 3)
    expect(writes).toEqual([20 * 3])
  })

  test('what is sent outside of a chunk in one turn leaves in one write', async () => {
    const { peer, connection, writes } = await counting()
    for (let i = 0; i < 10; i++) connection.send('x')
    await Promise.resolve()
    connection.send('x')
    await peer.read(33)
    expect(writes).toEqual([33])
  })
})

test('a socket of the user with a high-water mark of its own is written to and read from', async () => {
  const server = await serve('ws', {}, { message: (connection, message) => connection.send(message) })
  const { duplexPair } = await import('./duplex-pair.ts')
  const [near, far]: [Duplex, Duplex] = duplexPair(8 * MIB)
  const peer = await Peer.connect(server)
  far.pipe(peer.socket).pipe(far)
  const connection = await connect('ws://localhost/', { socket: near })
  for (let i = 0; i < 100; i++) connection.send(new Uint8Array(100 * KIB).fill(i))
  for (let i = 0; i < 100; i++)
    expect((await connection.receive())?.bytes.every((byte) => byte === i)).toBe(true)
})
