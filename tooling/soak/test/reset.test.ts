import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { reset } from '../src/reset.ts'

const server = createServer()
let client: Socket
let peer: Socket

beforeEach(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const accepted = once(server, 'connection')
  client = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1')
  await once(client, 'connect')
  ;[peer] = await accepted
})

afterEach(async () => {
  peer.destroy()
  server.close()
  await once(server, 'close')
})

it('breaks a connection with RST', async () => {
  const broken = once(peer, 'error')
  peer.resume()
  reset(client)
  expect(await broken).toMatchObject([{ code: 'ECONNRESET' }])
  expect(client.destroyed).toBe(true)
})

it('is done with a socket whose FIN is on its way, without an error', async () => {
  const errors: Error[] = []
  client.on('error', (error) => errors.push(error))
  const closed = once(client, 'close')
  peer.resume()
  client.end()
  reset(client)
  await closed
  expect(errors).toEqual([])
})

it('breaks a connection whose FIN has left', async () => {
  const closed = once(client, 'close')
  peer.resume()
  client.end()
  await once(client, 'finish')
  reset(client)
  await closed
  expect(client.destroyed).toBe(true)
})
