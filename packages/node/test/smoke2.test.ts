import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { connect, listen } from '../src/index.ts'
import { createServer } from 'node:http'
import { attach } from '../src/index.ts'

test('talks to itself', async () => {
  const server = await listen({ port: 0, host: '127.0.0.1', permessageDeflate: true }, { message: (c, m) => c.send(m) })
  const connection = await connect(server.url, { permessageDeflate: true })
  expect(connection.extensions).toMatch(/permessage-deflate/)
  connection.send('hello')
  connection.send(new Uint8Array(100_000))
  expect((await connection.receive())?.text).toBe('hello')
  expect((await connection.receive())?.size).toBe(100_000)
  expect(await connection.ping()).toBeGreaterThan(0)
  expect(await connection.close()).toEqual({ code: 1000, reason: '', wasClean: true, initiator: 'local', cause: 'close' })
  await server.close()
})
test('talks to ws', async () => {
  const server = new WebSocketServer({ port: 0 })
  await new Promise((r) => server.on('listening', r))
  server.on('connection', (s) => s.on('message', (d, b) => s.send(d, { binary: b })))
  const connection = await connect(`ws://127.0.0.1:${server.address().port}`)
  connection.send('hello')
  expect((await connection.receive())?.text).toBe('hello')
  expect(await connection.close()).toMatchObject({ code: 1000, wasClean: true })
  server.close()
})
test('attaches', async () => {
  const host = createServer((_, res) => res.end('page'))
  const s = attach(host, { path: '/ws' }, { message: (c, m) => c.send(m) })
  await new Promise<void>((r) => host.listen(0, r))
  const base = `127.0.0.1:${host.address().port}`
  expect(await (await fetch(`http://${base}/`)).text()).toBe('page')
  const connection = await connect(`ws://${base}/ws`)
  connection.send('x')
  for await (const m of connection) { expect(m.text).toBe('x'); break }
  await expect(connect(`ws://${base}/other`)).rejects.toMatchObject({ status: 404 })
  await s.close()
  expect(await connection.closed).toMatchObject({ code: 1001 })
  host.close()
})
