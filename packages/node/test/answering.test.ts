/** Whoever answers a message in a microtask is not too late, whatever has been read behind the message. */
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { Opcode } from '@hybi/frame'
import { describe, expect, test } from 'vitest'
import { attach, type Connection, type ListenHandlers } from '../src/index.ts'
import { duplexPair } from './duplex-pair.ts'
import { closeBody, masked, Peer, promised, readFrames, requestHead, schemes, serve } from './support.ts'

const microtask = (): Promise<void> => Promise.resolve()

const answering: Record<string, ListenHandlers<unknown>> = {
  'a handler': {
    message: async (connection, message) => {
      await microtask()
      connection.send(message)
    },
  },
  'a loop': {
    open: (connection) => {
      void (async () => {
        for await (const message of connection) {
          await microtask()
          connection.send(message)
        }
      })()
    },
  },
  'a stream handler': {
    stream: async (connection, message) => {
      const parts: Uint8Array[] = []
      for await (const part of message) parts.push(part)
      connection.send(Buffer.concat(parts))
    },
  },
  'a loop of streams': {
    open: (connection) => {
      void (async () => {
        for await (const message of connection.streams()) {
          const parts: Uint8Array[] = []
          for await (const part of message) parts.push(part)
          connection.send(Buffer.concat(parts))
        }
      })()
    },
  },
}

const message = (): Uint8Array => masked(Opcode.BINARY, 'hello')

/** What can stand behind a message, and the status code of the Close that answers it. */
const endings: [string, () => Uint8Array, number][] = [
  ['a Close', () => masked(Opcode.CLOSE, closeBody(1000)), 1000],
  ['a mistake', () => masked(0x3), 1002],
]

const cases = Object.entries(answering).flatMap(([who, handlers]) =>
  endings.map(([what, bytes, code]) => [who, what, handlers, bytes, code] as const),
)

/** The answer to the message, and then the Close. */
async function expectAnswer(peer: Peer, code: number): Promise<void> {
  const frames = readFrames(await peer.readToEnd())
  expect(
    frames.map(({ opcode, payload }) => (opcode === Opcode.CLOSE ? payload.readUInt16BE(0) : `${payload}`)),
  ).toEqual(['hello', code])
}

describe.each(cases)('%s answers a message with %s behind it', (_, _what, handlers, ending, code) => {
  test.each(schemes)('in the same read, on %s', async (scheme) => {
    const peer = await Peer.open(await serve(scheme, {}, handlers))
    peer.write(Buffer.concat([message(), ending()]))
    await expectAnswer(peer, code)
  })

  test.each(schemes)('behind the request, on %s', async (scheme) => {
    const peer = await Peer.connect(await serve(scheme, {}, handlers))
    peer.write(Buffer.concat([Buffer.from(requestHead()), message(), ending()]))
    await peer.readHead()
    await expectAnswer(peer, code)
  })

  test('in the next chunk of the same turn', async () => {
    const http = createServer()
    const opened = promised<Connection>()
    attach(
      http,
      {},
      {
        ...handlers,
        open: (connection, request) => {
          opened.resolve(connection)
          return handlers.open?.(connection, request)
        },
      },
    )
    const [near, far]: [Duplex, Duplex] = duplexPair(65_536)
    http.emit('connection', far)
    const peer = new Peer(near)
    peer.write(requestHead())
    await peer.readHead()
    const connection = await opened.promise
    setImmediate(() => {
      peer.write(message())
      peer.write(ending())
    })
    await expectAnswer(peer, code)
    expect(connection.notSent).toBe(0)
  })
})
