/** What Node says of a TLS socket that is broken, and leaves to whoever listens. */
import { once } from 'node:events'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { Opcode } from '@hybi/frame'
import { expect, onTestFinished, test } from 'vitest'
import { type CloseOutcome, connect } from '../src/index.ts'
import { masked, Peer, promised, requestHead, serve, trust } from './support.ts'

/** An application record of TLS 1.2 or later that nobody can decrypt. */
const CORRUPT = Buffer.from([23, 3, 3, 0, 20, ...Buffer.alloc(20, 7)])

/** A TLS connection over TCP, below which anything can be written. */
async function openTls(port: number): Promise<{ tcp: Socket; tls: TLSSocket }> {
  const tcp = connectTcp(port, '127.0.0.1')
  onTestFinished(() => void tcp.destroy())
  const middle = new Duplex({
    read: () => undefined,
    write: (chunk, _encoding, done) => void tcp.write(chunk, () => done()),
  })
  tcp.on('data', (chunk) => middle.push(chunk))
  tcp.on('error', () => undefined)
  const tls = connectTls({ socket: middle, rejectUnauthorized: false })
  tls.on('error', () => undefined)
  await once(tls, 'secureConnect')
  return { tcp, tls }
}

test.each([true, false])(
  'a corrupt record ends a connection, with its shared read buffer: %s',
  async (sharedReadBuffer) => {
    const closed = promised<CloseOutcome>()
    const server = await serve(
      'wss',
      { sharedReadBuffer },
      { close: (_, outcome) => closed.resolve(outcome) },
    )
    const { tcp, tls } = await openTls(server.port)
    const peer = new Peer(tls)
    peer.write(requestHead())
    await peer.readHead()
    tcp.write(CORRUPT)
    expect(await closed.promise).toMatchObject({ code: 1006, wasClean: false, cause: 'reset' })
  },
)

test('a corrupt record ends a client whose head is awaited', async () => {
  const server = await serve('wss')
  const { tcp } = await openTls(server.port)
  tcp.write(CORRUPT)
  await once(tcp, 'close')
})

test('a corrupt record ends a client of ours', async () => {
  const server = await serve('wss', {}, { message: () => undefined })
  const toClient: Socket[] = []
  const proxy = createServer((near) => {
    const far = connectTcp(server.port, '127.0.0.1')
    near.pipe(far)
    far.pipe(near)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    toClient.push(near)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => void proxy.close())
  const address = proxy.address()
  const port = typeof address === 'object' ? address?.port : 0
  const connection = await connect(`wss://127.0.0.1:${port}`, trust)
  toClient[0]?.write(CORRUPT)
  expect(await connection.closed).toMatchObject({ code: 1006, cause: 'reset' })
})

test.each(['before the request', 'on an open connection'])(
  'a peer that renegotiates again and again is cut off, %s',
  async (when) => {
    const server = await serve('wss', {}, { message: (connection, message) => connection.send(message) })
    const socket = connectTls({
      port: server.port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
    })
    await once(socket, 'secureConnect')
    const peer = new Peer(socket)
    if (when !== 'before the request') {
      peer.write(requestHead())
      await peer.readHead()
      peer.write(masked(Opcode.TEXT, 'a'))
      await peer.read(3)
    }
    let times = 0
    while (times < 20 && !socket.destroyed) {
      times++
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve())
        socket.renegotiate({ rejectUnauthorized: false }, () => resolve())
      })
    }
    // Node takes three in ten minutes.
    expect(times).toBeLessThan(6)
  },
)
