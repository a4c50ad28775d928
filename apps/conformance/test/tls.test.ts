import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { generate } from 'selfsigned'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { selectCases } from '../src/catalogue.ts'
import { secure } from '../src/peer/watched-tls.ts'
import type { CaseRecord } from '../src/record.ts'
import { runClientRole } from '../src/run-client.ts'

let identity: { readonly cert: string; readonly key: string }
beforeAll(async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
  })
  identity = { cert, key }
})

const opened: { server: Server; sockets: Set<Socket> }[] = []
afterEach(async () => {
  for (const { server, sockets } of opened.splice(0)) {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  opened.push({ server, sockets })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const connected = (port: number): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => resolve(socket))
  })

describe('a watched TLS connection', () => {
  it('tells close_notify from a bare FIN', async () => {
    const secured = createTlsServer(identity, (socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end())
    })
    const port = await listen(secured)
    const wire = await secure(await connected(port), { rejectUnauthorized: false })
    const ended = new Promise<void>((resolve) =>
      wire.listen({ octets: () => undefined, fin: resolve, reset: () => undefined, closed: () => undefined }),
    )
    wire.write(Uint8Array.of(1))
    await ended
    expect(wire.closeNotify).toBe(true)
    wire.destroy()
  })

  it('sees that FIN came without close_notify', async () => {
    const secured = createTlsServer(identity, (socket) => {
      socket.on('error', () => undefined)
      socket.write('hello')
    })
    const behind = await listen(secured)
    // Between them: what passes octets on can end TCP without a word in TLS.
    const between = createServer({ allowHalfOpen: true }, (front) => {
      const back = connect({ port: behind, host: '127.0.0.1', allowHalfOpen: true })
      front.on('error', () => undefined)
      back.on('error', () => undefined)
      back.on('data', (chunk) => front.write(chunk))
      front.on('data', (chunk) => {
        back.write(chunk)
      })
      front.on('end', () => front.end())
    })
    const port = await listen(between)
    const wire = await secure(await connected(port), { rejectUnauthorized: false })
    const ended = new Promise<void>((resolve) =>
      wire.listen({
        octets: () => wire.truncate(),
        fin: resolve,
        reset: () => undefined,
        closed: () => undefined,
      }),
    )
    await ended
    expect(wire.closeNotify).toBe(false)
    wire.destroy()
  })

  it('rejects when there is no TLS', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.end('what?')
    })
    const port = await listen(plain)
    await expect(secure(await connected(port), {})).rejects.toThrow()
  })

  it('rejects when TCP ends within the TLS handshake', async () => {
    const port = await listen(createServer((socket) => socket.once('data', () => socket.end())))
    await expect(secure(await connected(port), {})).rejects.toThrow('TCP ended')
  })
})

describe('the cases about TLS', () => {
  it('are passed by ws behind https, and mean nothing without TLS', async () => {
    const https = createHttpsServer(identity)
    const server = new WebSocketServer({ server: https })
    server.on('connection', (socket) => {
      socket.on('error', () => undefined)
      socket.on('message', (data, binary) => socket.send(data, { binary }))
    })
    const port = await listen(https)
    const records: CaseRecord[] = []
    const cases = selectCases(['T.*', '1.1.2'], [], 'server')
    const observer = {
      onRecord: (record: CaseRecord) => {
        records.push(record)
      },
    }
    const outcome = await runClientRole(`wss://127.0.0.1:${port}`, cases, { agent: 'ws' }, observer)
    expect(outcome.ending).toBe('completed')
    expect(records.filter(({ behavior }) => behavior !== 'OK').map(({ id }) => id)).toEqual([])
    const refused = await runClientRole(
      `wss://127.0.0.1:${port}`,
      cases.slice(0, 1),
      { agent: 'ws', verifyTls: true },
      observer,
    )
    expect(refused).toMatchObject({ ending: 'unreachable', reason: /self.signed/ })
  })

  it('are UNIMPLEMENTED on ws', async () => {
    const records: CaseRecord[] = []
    await runClientRole(
      'ws://127.0.0.1:1',
      selectCases(['T.*'], [], 'server'),
      { agent: 'none' },
      {
        onRecord: (record) => {
          records.push(record)
        },
      },
    )
    expect(new Set(records.map(({ behavior }) => behavior))).toEqual(new Set(['UNIMPLEMENTED']))
  })
})
