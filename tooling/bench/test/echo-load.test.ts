import { createServer, type Server, type Socket } from 'node:net'
import { encodeFrame, Opcode, Rsv } from '@hybi/frame'
import { afterEach, expect, it } from 'vitest'
import { startClients } from '../src/clients/client-load.ts'
import { deflateMessage, makeBatch } from '../src/load/batch.ts'
import { startEcho } from '../src/load/echo-load.ts'
import { Tally } from '../src/load/tally.ts'
import type { ClientScenario, EchoScenario } from '../src/scenarios.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp()
})

/** Answers the handshake, and hands on what comes behind it. */
async function serve(
  onData: (socket: Socket, chunk: Buffer, index: number) => void,
  headers: readonly string[] = [],
): Promise<number> {
  let connections = 0
  const server: Server = createServer((socket) => {
    const index = connections++
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(['HTTP/1.1 101 Switching Protocols', ...headers, '\r\n'].join('\r\n'))
      socket.on('data', (chunk) => onData(socket, chunk, index))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A tally that tells when so many batches have come back. */
class CountingTally extends Tally {
  readonly done: Promise<void>
  #left: number
  #resolve = (): void => undefined

  constructor(batches: number) {
    super()
    this.#left = batches
    this.done = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  override batchDone(messages: number, sentAt: number): void {
    super.batchDone(messages, sentAt)
    if (--this.#left === 0) this.#resolve()
  }
}

const scenario: EchoScenario = {
  kind: 'echo',
  name: 'test',
  title: '',
  payload: 'bytes',
  size: 16,
  connections: 3,
  window: 4,
  active: 0,
  fragments: 1,
  tls: false,
  deflate: false,
  strings: false,
}

/** Where the messages are compressed, so are the echoes. */
const compressed: Partial<EchoScenario> = { payload: 'json', size: 500, deflate: true }

/** Starts a load; the promise that `failed` holds is resolved when an echo is wrong. */
async function startOn(
  port: number,
  tally: Tally,
  changed: Partial<EchoScenario> = {},
): Promise<{ failed: Promise<Error> }> {
  let fail = (_error: Error): void => undefined
  const failed = new Promise<Error>((resolve) => {
    fail = resolve
  })
  const target = { port, tlsPort: 0, echoesOctets: changed.deflate !== true }
  const load = await startEcho({ ...scenario, ...changed }, target, tally, (error) => fail(error))
  cleanups.push(() => load.stop())
  return { failed }
}

it('counts the messages that came back', async () => {
  const port = await serve((socket, chunk) => socket.write(chunk))
  const tally = new CountingTally(10)
  await startOn(port, tally)
  await tally.done
  const { messages, p50Ms, p99Ms } = tally.mark()
  expect(messages).toBeGreaterThanOrEqual(20)
  expect(messages % 2).toBe(0)
  expect(p50Ms).toBeGreaterThan(0)
  expect(p99Ms).toBeGreaterThanOrEqual(p50Ms)
})

it('fails when one octet of an echo is another', async () => {
  const port = await serve((socket, chunk) => {
    chunk[chunk.length - 1] = 1 + (chunk.at(-1) ?? 0)
    socket.write(chunk)
  })
  const { failed } = await startOn(port, new Tally())
  expect((await failed).message).toContain('differs from what was sent')
})

/** A server that compresses, and sends the payload that `choose` makes of one: `index` counts the messages of a connection. */
async function serveCompressed(choose: (payload: Uint8Array, index: number) => Uint8Array): Promise<number> {
  const batch = makeBatch({ ...scenario, ...compressed })
  const indexes = new Map<number, number>()
  return serve(
    (socket, chunk, connection) => {
      // The load writes whole batches, each in one write.
      for (let at = 0; at < chunk.length; at += batch.output.length) {
        for (const plain of batch.payloads) {
          const index = indexes.get(connection) ?? 0
          indexes.set(connection, index + 1)
          const payload = choose(deflateMessage(plain), index)
          socket.write(encodeFrame({ opcode: Opcode.TEXT, rsv: Rsv.RSV1 }, payload))
        }
      }
    },
    ['Sec-WebSocket-Extensions: permessage-deflate'],
  )
}

/** The same message with one more empty block, as zlib ends it when its output buffer has just become full. */
const withEmptyBlock = (payload: Uint8Array): Uint8Array =>
  Buffer.concat([payload, Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00)])

it('takes a compressed echo that says the same in other octets', async () => {
  const port = await serveCompressed((payload, index) =>
    index % 5 === 4 ? withEmptyBlock(payload) : payload,
  )
  const tally = new CountingTally(60)
  const { failed } = await startOn(port, tally, compressed)
  await Promise.race([tally.done, failed.then((error) => Promise.reject(error))])
  expect(tally.mark().messages).toBeGreaterThanOrEqual(120)
})

it('fails when a later compressed echo is of another message', async () => {
  const other = deflateMessage(Buffer.from('{}'))
  const port = await serveCompressed((payload, index) => (index === 9 ? other : payload))
  const { failed } = await startOn(port, new Tally(), compressed)
  expect((await failed).message).toBe('echo 1 is not what was sent')
})

it('fails when the server closes a connection', async () => {
  const port = await serve((socket) => socket.end())
  const { failed } = await startOn(port, new Tally())
  expect((await failed).message).toContain('closed a connection')
})

it('lets connections take turns where only some are active', async () => {
  const turns: number[] = []
  const port = await serve((socket, chunk, index) => {
    turns.push(index)
    socket.write(chunk)
  })
  const tally = new CountingTally(9)
  await startOn(port, tally, { active: 1 })
  await tally.done
  const [first = 0, second = 0, third = 0] = turns
  expect(new Set([first, second, third]).size).toBe(3)
  expect(turns.slice(0, 9)).toEqual([first, second, third, first, second, third, first, second, third])
})

const client: ClientScenario = {
  kind: 'client',
  name: 'test',
  title: '',
  payload: 'ascii',
  size: 10,
  connections: 1,
  window: 6,
}

/** Runs the clients' load over a connection that is a function; gives what was sent before each echo. */
async function playClients(
  echo: (message: string | Buffer) => Uint8Array,
  tally: Tally,
): Promise<{ sent: (string | Buffer)[]; failed: Promise<Error> }> {
  const sent: (string | Buffer)[] = []
  let fail = (_error: Error): void => undefined
  const failed = new Promise<Error>((resolve) => {
    fail = resolve
  })
  const open = async (_url: string, onMessage: (bytes: Uint8Array) => void) => ({
    send: (message: string | Buffer) => {
      sent.push(message)
      setImmediate(() => onMessage(echo(message)))
    },
    close: async () => undefined,
  })
  const stop = await startClients(client, '', open, tally, (error) => fail(error))
  cleanups.push(stop)
  return { sent, failed }
}

it('lets a client send its window, and half of it for each half that came back', async () => {
  const tally = new CountingTally(3)
  const { sent } = await playClients((message) => Buffer.from(message), tally)
  expect(sent).toHaveLength(6)
  await tally.done
  expect(tally.mark().messages).toBe(9)
  expect(sent.slice(3, 6)).toEqual(sent.slice(0, 3))
})

it('fails a client whose echo is wrong', async () => {
  const { failed } = await playClients(() => Buffer.from('another'), new Tally())
  expect((await failed).message).toContain('differs from what was sent')
})
