/** Our server and other clients, our client and another server: what both sides can say to each other arrives. */
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Agent, type CloseEvent, WebSocket as UndiciWebSocket } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type CloseOutcome, connect } from '../src/index.ts'
import { certificate, promised, type Scheme, schemes, serve, trust } from './support.ts'

const closeCodes = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
]

const messages: readonly (string | Uint8Array)[] = [
  '',
  'hello',
  'κόσμε \u{1f30d}',
  'x'.repeat(125),
  'x'.repeat(126),
  'é'.repeat(40_000),
  new Uint8Array(0),
  Uint8Array.from({ length: 256 }, (_, i) => i),
  Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 7) & 0xff),
]

const same = (a: string | Uint8Array, b: string | Uint8Array): boolean =>
  typeof a === typeof b && Buffer.from(a).equals(Buffer.from(b))

async function echoServer(scheme: Scheme, permessageDeflate: boolean) {
  const outcomes = promised<CloseOutcome>()
  const server = await serve(
    scheme,
    { permessageDeflate },
    {
      message: (connection, message) => connection.send(message),
      close: (_, outcome) => outcomes.resolve(outcome),
    },
  )
  return { server, outcome: outcomes.promise }
}

describe.each(schemes)('the echo server on %s', (scheme) => {
  describe.each([false, true])('with permessage-deflate: %s', (permessageDeflate) => {
    test('echoes every message of the ws client', async () => {
      const { server } = await echoServer(scheme, permessageDeflate)
      const client = new WebSocket(server.url, { ca: certificate.cert, perMessageDeflate: permessageDeflate })
      const echoes: (string | Uint8Array)[] = []
      const all = promised<void>()
      client.on('message', (data: Buffer, binary) => {
        echoes.push(binary ? data : data.toString())
        if (echoes.length === messages.length) all.resolve()
      })
      await once(client, 'open')
      expect(client.extensions).toBe(permessageDeflate ? 'permessage-deflate' : '')
      for (const message of messages) client.send(message)
      await all.promise
      for (const [i, message] of messages.entries()) expect(same(echoes[i], message)).toBe(true)
      client.terminate()
    })
  })

  test('echoes a fragmented message as one', async () => {
    const { server } = await echoServer(scheme, false)
    const client = new WebSocket(server.url, { ca: certificate.cert })
    await once(client, 'open')
    client.send('one ', { fin: false })
    client.ping()
    client.send('two ', { fin: false })
    client.send('three', { fin: true })
    const [data] = await once(client, 'message')
    expect(String(data)).toBe('one two three')
    client.terminate()
  })

  test('answers pings', async () => {
    const { server } = await echoServer(scheme, false)
    const client = new WebSocket(server.url, { ca: certificate.cert })
    await once(client, 'open')
    client.ping('payload')
    const [data] = await once(client, 'pong')
    expect(String(data)).toBe('payload')
    client.terminate()
  })

  test.each(closeCodes.filter((code) => code !== 1010))('answers Close %d by the same', async (code) => {
    const { server, outcome } = await echoServer(scheme, false)
    const client = new WebSocket(server.url, { ca: certificate.cert })
    await once(client, 'open')
    client.close(code, 'bye')
    const [echoed] = await once(client, 'close')
    expect(echoed).toBe(code)
    expect(await outcome).toEqual({
      code,
      reason: 'bye',
      wasClean: true,
      initiator: 'remote',
      cause: 'close',
    })
  })

  test("echoes every message of undici's client", async () => {
    const { server } = await echoServer(scheme, true)
    const client = new UndiciWebSocket(server.url, {
      dispatcher: new Agent({ connect: { ca: certificate.cert } }),
    })
    client.binaryType = 'arraybuffer'
    const echoes: (string | Uint8Array)[] = []
    const all = promised<void>()
    client.addEventListener('message', ({ data }) => {
      echoes.push(typeof data === 'string' ? data : new Uint8Array(data))
      if (echoes.length === messages.length) all.resolve()
    })
    await new Promise((resolve) => client.addEventListener('open', resolve))
    for (const message of messages) client.send(message)
    await all.promise
    for (const [i, message] of messages.entries()) expect(same(echoes[i], message)).toBe(true)
    const closed = new Promise<CloseEvent>((resolve) => client.addEventListener('close', resolve))
    client.close(3000, 'bye')
    expect(await closed).toMatchObject({ code: 3000, wasClean: true })
  })
})

async function foreignServer(scheme: Scheme, perMessageDeflate: boolean) {
  const host = scheme === 'ws' ? createHttpServer() : createHttpsServer(certificate)
  const server = new WebSocketServer({ server: host, perMessageDeflate })
  const closed = promised<{ code: number; reason: string }>()
  server.on('connection', (socket) => {
    socket.on('message', (data, binary) => socket.send(data, { binary }))
    socket.on('close', (code, reason) => closed.resolve({ code, reason: reason.toString() }))
  })
  host.listen(0, '127.0.0.1')
  await once(host, 'listening')
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    host.close()
  })
  const { port } = host.address() as AddressInfo
  return { server, url: `${scheme}://127.0.0.1:${port}/`, closed: closed.promise }
}

describe.each(schemes)('our client and a ws server on %s', (scheme) => {
  test.each([false, true])(
    'every message is echoed, with permessage-deflate: %s',
    async (permessageDeflate) => {
      const { url } = await foreignServer(scheme, permessageDeflate)
      const connection = await connect(url, { ...trust, permessageDeflate })
      expect(connection.extensions !== '').toBe(permessageDeflate)
      for (const message of messages) connection.send(message)
      for (const message of messages) {
        const echo = await connection.receive()
        expect(same(echo?.data ?? 'none', message)).toBe(true)
      }
      expect((await connection.close()).wasClean).toBe(true)
    },
  )

  test('a message is sent in fragments', async () => {
    const { url } = await foreignServer(scheme, false)
    const connection = await connect(url, trust)
    await connection.sendStream(['one ', 'two ', 'three'])
    expect((await connection.receive())?.text).toBe('one two three')
    await connection.close()
  })

  test('pings are answered', async () => {
    const { url } = await foreignServer(scheme, false)
    const connection = await connect(url, trust)
    expect(await connection.ping('payload')).toBeGreaterThan(0)
    await connection.close()
  })

  test.each(closeCodes)('close(%d) is answered', async (code) => {
    const { url, closed } = await foreignServer(scheme, false)
    const connection = await connect(url, trust)
    expect(await connection.close(code, 'bye')).toMatchObject({
      code,
      wasClean: true,
      initiator: 'local',
      cause: 'close',
    })
    expect(await closed).toEqual({ code, reason: 'bye' })
  })

  test('a Close of the server is answered', async () => {
    const { server, url } = await foreignServer(scheme, false)
    const connection = await connect(url, trust)
    for (const socket of server.clients) socket.close(4001, 'away')
    expect(await connection.closed).toEqual({
      code: 4001,
      reason: 'away',
      wasClean: true,
      initiator: 'remote',
      cause: 'close',
    })
  })
})
