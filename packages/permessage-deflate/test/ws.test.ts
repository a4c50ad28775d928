/** Sessions with this transform and `ws` at the two ends of a socket: another implementation, with real frames. */
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Message, Session } from '@hybi/session'
import { describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import {
  acceptOffer,
  checkAnswer,
  createTransform,
  type DeflateTransform,
  offer,
  type PermessageDeflateOptions,
} from '../src/index.ts'
import { extension, line, noise } from './support.ts'

const MESSAGES = [
  Buffer.from('Hello'),
  Buffer.alloc(0),
  Buffer.from('again and '.repeat(300)),
  Buffer.from(noise(70_000, 30)),
  Buffer.from(noise(500_000, 4)),
  Buffer.from(noise(3_000)),
]

/** Our end: pulls messages, hands each to `onMessage`, writes what the session has to say. */
function drive(
  socket: Duplex,
  role: 'server' | 'client',
  transform: DeflateTransform,
  onMessage: (message: Message) => void,
) {
  const session = new Session({ role, transform, maskingKey: () => randomInt(0, 2 ** 32) })
  let pulling = false
  const flush = async () => {
    for (;;) {
      for (const piece of session.takeOutput()) socket.write(piece)
      if (session.outputPending === null) break
      await session.outputPending
    }
    if (session.outputEnded) socket.end()
  }
  const pull = async () => {
    if (pulling) return
    pulling = true
    for (;;) {
      for (let event = session.next(); event !== null; event = session.next())
        if (event.type === 'message') onMessage(event)
      if (session.inputPending === null) break
      await session.inputPending
    }
    pulling = false
    await flush()
  }
  socket.on('data', (chunk: Buffer) => {
    session.receive(chunk)
    void pull()
  })
  socket.on('end', () => {
    session.receiveEnd()
    void pull()
  })
  socket.on('close', () => transform.release())
  return { session, flush }
}

const settings: [string, PermessageDeflateOptions][] = [
  ['fresh contexts', {}],
  ['context takeover', { serverNoContextTakeover: false, clientNoContextTakeover: false }],
  [
    'small windows and context takeover',
    {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 9,
      clientMaxWindowBits: 10,
    },
  ],
  ['a window of 8 bits', { serverMaxWindowBits: 8, clientMaxWindowBits: 8 }],
]

describe.each(settings)('with %s', (_name, options) => {
  it('our client is echoed by ws', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } })
    server.on('connection', (peer) => peer.on('message', (data, binary) => peer.send(data, { binary })))
    await once(server, 'listening')
    const offered = offer(options)
    const upgrade = request({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
        'Sec-WebSocket-Extensions': line(offered),
      },
    }).end()
    const [response, socket] = await once(upgrade, 'upgrade')
    const checked = checkAnswer(extension(response.headers['sec-websocket-extensions']), offered, options)
    if (!checked.ok) throw new Error(checked.text)
    const echoed: Buffer[] = []
    const compressed: boolean[] = []
    const transform = createTransform(checked.parameters, 'client', { ...options, threshold: 1 })
    const { session, flush } = drive(socket, 'client', transform, (message) => {
      echoed.push(Buffer.from(message.bytes))
      compressed.push(message.compressed)
      if (echoed.length === MESSAGES.length) session.close(1000)
    })
    for (const message of MESSAGES) session.sendMessage(message)
    await flush()
    await once(socket, 'close')
    expect(echoed.map((got, i) => got.equals(MESSAGES[i]))).toEqual(MESSAGES.map(() => true))
    expect(compressed).toContain(true)
    server.close()
  })

  it('our server echoes ws', async () => {
    const server = createServer()
    server.on('upgrade', (head, socket) => {
      const accepted = acceptOffer([extension(String(head.headers['sec-websocket-extensions']))], options)
      if (accepted === null) throw new Error('the offer of ws was not accepted')
      const accept = createHash('sha1')
        .update(`${head.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n` +
          `Sec-WebSocket-Extensions: ${line(accepted.answer)}\r\n\r\n`,
      )
      const transform = createTransform(accepted.parameters, 'server', { ...options, threshold: 1 })
      const { session } = drive(socket, 'server', transform, (message) => session.sendMessage(message))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const peer = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      perMessageDeflate: { threshold: 0 },
    })
    const echoed: Buffer[] = []
    peer.on('message', (data) => {
      if (echoed.push(data as Buffer) === MESSAGES.length) peer.close(1000)
    })
    await once(peer, 'open')
    for (const message of MESSAGES) peer.send(message)
    const [code] = await once(peer, 'close')
    expect(code).toBe(1000)
    expect(echoed.map((got, i) => got.equals(MESSAGES[i]))).toEqual(MESSAGES.map(() => true))
    server.close()
  })
})
