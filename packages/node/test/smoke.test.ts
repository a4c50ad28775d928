import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { listen } from '../src/index.ts'

test('echoes over ws to the ws client', async () => {
  const outcomes: unknown[] = []
  const server = await listen(
    { port: 0, host: '127.0.0.1' },
    {
      message: (connection, message) => void connection.send(message),
      close: (_, outcome) => void outcomes.push(outcome),
    },
  )
  const client = new WebSocket(server.url)
  const echo = await new Promise((resolve, reject) => {
    client.on('error', reject)
    client.on('open', () => client.send('hello'))
    client.on('message', (data) => resolve(String(data)))
  })
  expect(echo).toBe('hello')
  const code = await new Promise((resolve) => {
    client.on('close', resolve)
    client.close(1000)
  })
  expect(code).toBe(1000)
  await server.close()
  expect(outcomes).toEqual([{ code: 1000, reason: '', wasClean: true, initiator: 'remote', cause: 'close' }])
})
