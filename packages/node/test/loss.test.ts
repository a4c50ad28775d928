/** A socket that breaks while the application is at work on a message, and another one has been read. */
import { Opcode } from '@hybi/frame'
import { describe, expect, test } from 'vitest'
import {
  type CloseOutcome,
  type Connection,
  ConnectionClosedError,
  type ListenHandlers,
  type Message,
} from '../src/index.ts'
import { masked, Peer, promised, schemes, serve } from './support.ts'

const MIB = 1024 * 1024
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Sends until the system takes nothing more: a server that does not read notices by its output that the peer is gone. */
async function fill(connection: Connection): Promise<void> {
  while (connection.bufferedAmount < 2 * MIB) {
    connection.send(new Uint8Array(MIB))
    await turn()
  }
}

describe.each(schemes)('on %s', (scheme) => {
  /** The handler's work on the first of two messages, and what comes of the connection when the peer has reset it meanwhile. */
  async function breakWhile(
    work: (connection: Connection, socketGone: Promise<void>) => Promise<void>,
  ): Promise<{ connection: Connection; outcome: CloseOutcome; handled: string[]; errors: unknown[] }> {
    const begun = promised<Connection>()
    const closed = promised<CloseOutcome>()
    const gone = promised<void>()
    const handled: string[] = []
    const errors: unknown[] = []
    const handlers: ListenHandlers<unknown> = {
      message: async (connection: Connection, { text }: Message) => {
        handled.push(text)
        if (handled.length > 1) return
        await fill(connection)
        begun.resolve(connection)
        await work(connection, gone.promise)
      },
      close: (_, outcome) => closed.resolve(outcome),
      error: (error) => errors.push(error),
    }
    const server = await serve(scheme, {}, handlers)
    const peer = await Peer.open(server)
    peer.socket.pause()
    peer.write(Buffer.concat([masked(Opcode.TEXT, 'one'), masked(Opcode.TEXT, 'two')]))
    const connection = await begun.promise
    peer.reset()
    while (server.connections.size > 0) await turn()
    gone.resolve()
    return { connection, outcome: await closed.promise, handled, errors }
  }

  test('who waits in drained is told, and the messages that were read are handed out to the end', async () => {
    const told: unknown[] = []
    const { connection, outcome, handled, errors } = await breakWhile(async (own) => {
      try {
        await own.drained()
      } catch (error) {
        told.push(error)
        throw error
      }
    })
    expect(told).toEqual([expect.any(ConnectionClosedError)])
    expect(handled).toEqual(['one', 'two'])
    expect(outcome).toMatchObject({ code: 1006, wasClean: false })
    expect(await connection.closed).toBe(outcome)
    // That the connection has ended is no mistake of the handler.
    expect(errors).toEqual([])
  })

  test('what was in the socket is lost as well', async () => {
    const { connection, outcome } = await breakWhile(async (own) => {
      await own.drained().catch(() => undefined)
    })
    await expect(connection.drained()).rejects.toBeInstanceOf(ConnectionClosedError)
    expect(outcome.wasClean).toBe(false)
  })

  test('who waits in drained is told when this end terminates', async () => {
    const opened = promised<Connection>()
    const server = await serve(scheme, {}, { open: (connection) => opened.resolve(connection) })
    const peer = await Peer.open(server)
    peer.socket.pause()
    const connection = await opened.promise
    await fill(connection)
    const waiting = connection.drained()
    connection.terminate()
    await expect(waiting).rejects.toBeInstanceOf(ConnectionClosedError)
  })

  test('who waits for less than a whole write is told, too', async () => {
    const opened = promised<Connection>()
    const server = await serve(
      scheme,
      { limits: { highWaterMark: 1000 } },
      { open: (connection) => opened.resolve(connection) },
    )
    const peer = await Peer.open(server)
    peer.socket.pause()
    const connection = await opened.promise
    while (connection.bufferedAmount < 200_000) {
      connection.send(new Uint8Array(100_000))
      await turn()
    }
    const waiting = connection.drained()
    peer.reset()
    await expect(waiting).rejects.toBeInstanceOf(ConnectionClosedError)
    expect((await connection.closed).wasClean).toBe(false)
  })

  test('who waits for a Pong or for the turn of a stream is told, too', async () => {
    const { outcome, handled, errors } = await breakWhile(async (own) => {
      await expect(own.ping()).rejects.toBeInstanceOf(ConnectionClosedError)
      await expect(own.ping()).rejects.toBeInstanceOf(ConnectionClosedError)
      await expect(own.sendStream(['a'])).rejects.toBeInstanceOf(ConnectionClosedError)
    })
    expect([outcome.code, handled, errors]).toEqual([1006, ['one', 'two'], []])
  })

  test('a message that is sent in parts is given up, and the connection with it', async () => {
    const source = function* (): Iterable<string> {
      for (;;) yield 'a'
    }
    const { handled, errors } = await breakWhile((own) => own.sendStream(source()))
    expect([handled, errors]).toEqual([['one'], []])
  })

  test('what is sent after that is reported as not sent', async () => {
    const seen: unknown[] = []
    const { connection } = await breakWhile(async (own, socketGone) => {
      await socketGone
      seen.push(own.state, own.send('lost'), own.send('lost'), own.notSent)
      expect(() => own.send(5 as never)).toThrow(TypeError)
    })
    expect(seen).toEqual(['closing', false, false, 2])
    expect(connection.notSent).toBe(2)
    await expect(connection.drained()).rejects.toThrow('2 messages were not sent')
  })
})
