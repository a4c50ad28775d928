/** How connections end: ARCHITECTURE, "Closing, exactly", and RFC 6455, 7, on real sockets. */
import { Opcode } from '@hybi/frame'
import { describe, expect, test } from 'vitest'
import {
  type CloseOutcome,
  type Connection,
  connect,
  type ListenHandlers,
  type ListenOptions,
} from '../src/index.ts'
import {
  closeBody,
  closeCodeOf,
  masked,
  Peer,
  promised,
  rawServer,
  readFrames,
  schemes,
  serve,
  trust,
  unmasked,
} from './support.ts'

const MIB = 1024 * 1024

describe.each(schemes)('a server on %s', (scheme) => {
  async function open(
    options: Partial<ListenOptions> = {},
    handlers: ListenHandlers<unknown> = {},
    echoes = true,
  ) {
    const opened = promised<Connection>()
    const ended = promised<CloseOutcome>()
    const server = await serve(scheme, options, {
      ...(echoes ? { message: (connection, message) => connection.send(message) } : {}),
      ...handlers,
      open: (connection) => opened.resolve(connection),
      close: (_, outcome) => ended.resolve(outcome),
    })
    const peer = await Peer.open(server)
    return { server, peer, connection: await opened.promise, outcome: ended.promise }
  }

  test('answers a Close, ends its side first, and is gone when the peer ends', async () => {
    const { peer, outcome, server } = await open()
    peer.write(masked(Opcode.CLOSE, closeBody(1000, 'bye')))
    expect(readFrames(await peer.readToEnd())).toEqual([
      { opcode: Opcode.CLOSE, fin: true, payload: Buffer.from(closeBody(1000)) },
    ])
    expect(server.connections.size).toBe(1)
    peer.end()
    expect(await outcome).toEqual({
      code: 1000,
      reason: 'bye',
      wasClean: true,
      initiator: 'remote',
      cause: 'close',
    })
    expect(await peer.closed).toBe('closed')
    expect(server.connections.size).toBe(0)
  })

  test('echoes what stands before a Close in the same segment', async () => {
    const { peer, outcome } = await open()
    peer.write(
      Buffer.concat([
        masked(Opcode.TEXT, 'a'),
        masked(Opcode.TEXT, 'b'),
        masked(Opcode.CLOSE, closeBody(1001)),
      ]),
    )
    expect(readFrames(await peer.readToEnd()).map(({ payload }) => payload.toString())).toEqual([
      'a',
      'b',
      '\x03\xe9'.replace('\xe9', '\ufffd'),
    ])
    peer.end()
    expect(await outcome).toMatchObject({ code: 1001, wasClean: true })
  })

  test('echoes what stands before a Close and the FIN in the same segment', async () => {
    const { peer, outcome } = await open()
    peer.socket.end(Buffer.concat([masked(Opcode.TEXT, 'a'), masked(Opcode.CLOSE, closeBody(1000))]))
    expect(readFrames(await peer.readToEnd()).map(({ opcode }) => opcode)).toEqual([
      Opcode.TEXT,
      Opcode.CLOSE,
    ])
    expect(await outcome).toMatchObject({ code: 1000, wasClean: true, cause: 'close' })
  })

  test('takes a Close that crosses its own for the answer', async () => {
    const { peer, connection, outcome } = await open()
    peer.write(masked(Opcode.CLOSE, closeBody(3001)))
    const closed = connection.close(3002)
    expect(readFrames(await peer.readToEnd()).map(({ payload }) => payload.readUInt16BE(0))).toEqual([3002])
    peer.end()
    expect(await closed).toEqual({
      code: 3001,
      reason: '',
      wasClean: true,
      initiator: 'local',
      cause: 'close',
    })
    expect(await outcome).toEqual(await closed)
  })

  test('closes, takes the answer, and ends first', async () => {
    const { peer, connection } = await open()
    const closed = connection.close(1001, 'away')
    const frame = await peer.read(8)
    expect(readFrames(frame)).toEqual([
      { opcode: Opcode.CLOSE, fin: true, payload: Buffer.from(closeBody(1001, 'away')) },
    ])
    peer.write(masked(Opcode.CLOSE, closeBody(1001)))
    await peer.ended
    peer.end()
    expect(await closed).toEqual({
      code: 1001,
      reason: '',
      wasClean: true,
      initiator: 'local',
      cause: 'close',
    })
  })

  test('fails the connection of a peer that breaks the protocol, and ignores what follows', async () => {
    const { peer, outcome } = await open()
    peer.write(
      Buffer.concat([
        masked(Opcode.TEXT, 'a'),
        unmasked(Opcode.TEXT, 'not masked'),
        masked(Opcode.TEXT, 'b'),
      ]),
    )
    const frames = readFrames(await peer.readToEnd())
    expect(frames.map(({ opcode }) => opcode)).toEqual([Opcode.TEXT, Opcode.CLOSE])
    peer.write(masked(Opcode.TEXT, 'c'))
    peer.end()
    expect(await outcome).toMatchObject({
      code: 1006,
      wasClean: false,
      initiator: 'local',
      cause: 'violation',
      violation: { name: 'unmasked frame', code: 1002 },
    })
    expect(await peer.closed).toBe('closed')
  })

  test('reports the FIN of a peer that has not closed as half-close', async () => {
    const { peer, outcome } = await open()
    peer.write(masked(Opcode.TEXT, 'last'))
    peer.end()
    expect(readFrames(await peer.readToEnd()).map(({ payload }) => payload.toString())).toEqual(['last'])
    expect(await outcome).toEqual({
      code: 1006,
      reason: '',
      wasClean: false,
      initiator: 'remote',
      cause: 'half-close',
    })
  })

  test('delivers what was accepted to a peer that has ended its side', async () => {
    const { peer, connection, outcome } = await open()
    peer.socket.pause()
    connection.send(new Uint8Array(4 * MIB).fill(7))
    peer.end()
    peer.socket.resume()
    const [frame] = readFrames(await peer.readToEnd())
    expect(frame?.payload.equals(Buffer.alloc(4 * MIB, 7))).toBe(true)
    expect(await outcome).toMatchObject({ cause: 'half-close' })
  })

  test('reports a reset', async () => {
    const { peer, outcome } = await open()
    peer.reset()
    const { cause, code, wasClean } = await outcome
    // Over TLS a socket that is destroyed ends with a FIN or a RST, as the system likes.
    expect(scheme === 'ws' ? ['reset'] : ['reset', 'half-close']).toContain(cause)
    expect({ code, wasClean }).toEqual({ code: 1006, wasClean: false })
  })

  test('gives up a peer that does not answer its Close', async () => {
    const { peer, connection } = await open({ timeouts: { closeMs: 250 } })
    expect(await connection.close(1000)).toEqual({
      code: 1006,
      reason: '',
      wasClean: false,
      initiator: 'local',
      cause: 'timeout',
    })
    await peer.ended
  })

  test('gives up a peer that does not end after the closing handshake', async () => {
    const { peer, connection } = await open({ timeouts: { closeMs: 250 } })
    const closed = connection.close(1000)
    peer.write(masked(Opcode.CLOSE, closeBody(1000)))
    expect(await closed).toEqual({
      code: 1000,
      reason: '',
      wasClean: true,
      initiator: 'local',
      cause: 'timeout',
    })
    await peer.ended
  })

  test('gives up a peer that keeps sending and does not answer, at the cap', async () => {
    const { peer, connection } = await open({ timeouts: { closeMs: 10_000, closeTotalMs: 60 } })
    const chatter = setInterval(() => peer.write(masked(Opcode.TEXT, 'chatter')), 5)
    const { cause } = await connection.close(1000)
    clearInterval(chatter)
    expect(cause).toBe('timeout')
  })

  test('gives up a peer that reads nothing of what is queued', async () => {
    const { peer, connection } = await open({ timeouts: { closeMs: 250 } })
    peer.socket.pause()
    connection.send(new Uint8Array(10 * MIB))
    expect(await connection.close(1000)).toMatchObject({ cause: 'timeout', wasClean: false })
  })

  test('delivers all that is queued to a slow reader before the Close', async () => {
    const { peer, connection } = await open({ timeouts: { closeMs: 2_000 } })
    peer.socket.pause()
    for (let i = 0; i < 10; i++) connection.send(new Uint8Array(MIB).fill(i))
    const closed = connection.close(1000)
    peer.socket.on('data', () => {
      peer.socket.pause()
      setImmediate(() => peer.socket.resume())
    })
    peer.socket.resume()
    const frames = readFrames(await peer.read(10 * (MIB + 10) + 4))
    expect(frames).toHaveLength(11)
    for (let i = 0; i < 10; i++) expect(frames[i]?.payload.equals(Buffer.alloc(MIB, i))).toBe(true)
    expect(frames[10]?.payload).toEqual(Buffer.from(closeBody(1000)))
    peer.write(masked(Opcode.CLOSE, closeBody(1000)))
    peer.end()
    expect(await closed).toMatchObject({ wasClean: true, cause: 'close' })
  })

  test('reports a reset while much is queued, and that it was not delivered', async () => {
    const { peer, connection } = await open()
    peer.socket.pause()
    connection.send(new Uint8Array(10 * MIB))
    const closed = connection.close(1000)
    const drained = connection.drained()
    peer.reset()
    expect(await closed).toMatchObject({ wasClean: false, initiator: 'local' })
    await expect(drained).rejects.toThrow('connection closed')
  })

  test('is gone at once when it is terminated', async () => {
    const { peer, connection } = await open()
    connection.terminate()
    expect(await connection.closed).toEqual({
      code: 1006,
      reason: '',
      wasClean: false,
      initiator: 'local',
      cause: 'terminated',
    })
    expect(connection.state).toBe('closed')
    await peer.ended
  })

  test('sees the Close behind messages that nobody takes once it closes itself', async () => {
    const { peer, connection } = await open({}, {}, false)
    peer.write(Buffer.concat([masked(Opcode.TEXT, 'a'), masked(Opcode.TEXT, 'b')]))
    const closed = connection.close(1000)
    peer.write(masked(Opcode.CLOSE, closeBody(1000)))
    peer.end()
    expect(await closed).toMatchObject({ wasClean: true })
  })

  test('a handler may wait for the end of its own connection', async () => {
    const after = promised<string>()
    const { peer } = await open(
      {},
      {
        message: async (connection) => {
          const { cause } = await connection.close(1000)
          after.resolve(cause)
        },
      },
    )
    peer.write(
      Buffer.concat([
        masked(Opcode.TEXT, 'a'),
        masked(Opcode.TEXT, 'b'),
        masked(Opcode.CLOSE, closeBody(1000)),
      ]),
    )
    peer.end()
    expect(await after.promise).toBe('close')
  })

  test.each([1004, 1005, 1006, 1015, 2999, 5000, 999, 1.5])('close(%d) throws', async (code) => {
    const { connection } = await open()
    expect(() => connection.close(code)).toThrow(RangeError)
    expect(connection.state).toBe('open')
  })

  test('stops waiting for the end when the signal says so', async () => {
    const { connection } = await open()
    await expect(connection.close(1000, '', { signal: AbortSignal.abort('enough') })).rejects.toBe('enough')
    expect(connection.state).toBe('closing')
  })
})

describe.each(schemes)('a client on %s', (scheme) => {
  async function open(options: Parameters<typeof connect>[1] = {}) {
    const accepted = promised<Peer>()
    const server = await rawServer(scheme, (peer) => accepted.resolve(peer))
    const connecting = connect(server.url, { ...trust, ...options })
    const peer = await accepted.promise
    await answer(peer)
    return { peer, connection: await connecting }
  }

  async function answer(peer: Peer): Promise<void> {
    const { acceptKey } = await import('@hybi/handshake')
    const head = await peer.readHead()
    const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(head)?.[1] ?? ''
    peer.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
    )
  }

  test('closes, and waits for the server to end first', async () => {
    const { peer, connection } = await open()
    const closed = connection.close(1000, 'done')
    expect(readFrames(await peer.read(12))).toEqual([
      { opcode: Opcode.CLOSE, fin: true, payload: Buffer.from(closeBody(1000, 'done')) },
    ])
    peer.write(unmasked(Opcode.CLOSE, closeBody(1000)))
    peer.end()
    expect(await closed).toEqual({
      code: 1000,
      reason: '',
      wasClean: true,
      initiator: 'local',
      cause: 'close',
    })
    expect((await peer.readToEnd()).length).toBe(0)
    await peer.closed
  })

  test('answers a Close and waits for the FIN of the server', async () => {
    const { peer, connection } = await open()
    peer.write(unmasked(Opcode.CLOSE, closeBody(1012, 'restart')))
    expect(closeCodeOf(await peer.read(8))).toBe(1012)
    expect(connection.state).toBe('closing')
    peer.end()
    expect(await connection.closed).toEqual({
      code: 1012,
      reason: 'restart',
      wasClean: true,
      initiator: 'remote',
      cause: 'close',
    })
  })

  test('gives up a server that does not end', async () => {
    const { peer, connection } = await open({ timeouts: { closeMs: 250 } })
    peer.write(unmasked(Opcode.CLOSE, closeBody(1000)))
    expect(await connection.closed).toMatchObject({ wasClean: true, cause: 'timeout' })
    await peer.ended
  })

  test('fails the connection of a server that masks', async () => {
    const { peer, connection } = await open()
    peer.write(masked(Opcode.TEXT, 'masked'))
    expect(closeCodeOf(await peer.readToEnd())).toBe(1002)
    peer.end()
    expect(await connection.closed).toMatchObject({ cause: 'violation', violation: { name: 'masked frame' } })
  })

  test('reports the FIN of a server that has not closed, after its last message', async () => {
    const { peer, connection } = await open()
    peer.write(unmasked(Opcode.TEXT, 'last'))
    peer.end()
    const texts: string[] = []
    for await (const message of connection) texts.push(message.text)
    expect(texts).toEqual(['last'])
    expect(await connection.closed).toMatchObject({ code: 1006, initiator: 'remote', cause: 'half-close' })
  })

  test('reports a reset after the messages that came before it', async () => {
    const { peer, connection } = await open()
    peer.write(Buffer.concat([unmasked(Opcode.TEXT, 'a'), unmasked(Opcode.TEXT, 'b')]))
    expect((await connection.receive())?.text).toBe('a')
    peer.reset()
    expect(await connection.receive()).toMatchObject({ text: 'b' })
    expect(await connection.receive()).toBe(null)
    expect(['reset', 'half-close']).toContain((await connection.closed).cause)
  })
})
