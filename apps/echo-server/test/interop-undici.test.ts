/** undici's WebSocket: the one of Node itself, from Node 22 on. */
import { Agent, type CloseEvent, type MessageEvent, WebSocket } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EchoProcess, isSame, messages, schemes } from './support.ts'

let echo: EchoProcess
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
beforeAll(async () => {
  echo = await EchoProcess.listening()
})
afterAll(async () => {
  await dispatcher.close()
  await echo.stop()
})

describe.each(schemes)("undici's WebSocket over %s", (scheme) => {
  async function open(): Promise<WebSocket> {
    const client = new WebSocket(`${echo.url(scheme)}/undici`, { dispatcher })
    client.binaryType = 'arraybuffer'
    await new Promise((resolve, reject) => {
      client.addEventListener('open', resolve)
      client.addEventListener('error', ({ error }) => reject(error))
    })
    return client
  }

  const closed = (client: WebSocket): Promise<CloseEvent> =>
    new Promise((resolve) => client.addEventListener('close', resolve))

  it('gets back every message', async () => {
    const client = await open()
    expect(client.extensions).toContain('permessage-deflate')
    const echoes: (string | Uint8Array)[] = []
    const all = new Promise<void>((resolve) => {
      client.addEventListener('message', ({ data }: MessageEvent) => {
        const count = echoes.push(typeof data === 'string' ? data : new Uint8Array(data))
        if (count === messages.length) resolve()
      })
    })
    for (const message of messages) client.send(message)
    await all
    expect(messages.every((message, i) => isSame(echoes[i], message))).toBe(true)
    client.close()
    await closed(client)
  })

  // The API of browsers sends no others.
  it.each([1000, 3000, 3999, 4000, 4999])(
    'gets Close %i answered by the same code, cleanly',
    async (code) => {
      const client = await open()
      client.close(code, 'bye')
      expect(await closed(client)).toMatchObject({ code, wasClean: true })
    },
  )

  it('gets a Close without a code answered without a code', async () => {
    const client = await open()
    client.close()
    expect(await closed(client)).toMatchObject({ code: 1005, wasClean: true })
  })
})
