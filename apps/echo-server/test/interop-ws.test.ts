/** The `ws` client, as old Node programs use it. */
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { EchoProcess, isSame, legalCloseCodes, messages, schemes } from './support.ts'

let echo: EchoProcess
beforeAll(async () => {
  echo = await EchoProcess.listening()
})
afterAll(() => echo.stop())

/** `ws` keeps 1010 to itself. */
const closeCodes = legalCloseCodes.filter((code) => code !== 1010)

describe.each(schemes)('ws over %s', (scheme) => {
  async function open(options: ClientOptions = {}): Promise<WebSocket> {
    const client = new WebSocket(`${echo.url(scheme)}/${scheme}`, { rejectUnauthorized: false, ...options })
    onTestFinished(() => client.terminate())
    await once(client, 'open')
    return client
  }

  it.each([
    ['plain', { perMessageDeflate: false }, ''],
    ['compressed', { perMessageDeflate: { threshold: 0 } }, 'permessage-deflate'],
    [
      'compressed in a small window',
      { perMessageDeflate: { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 10 } },
      'permessage-deflate',
    ],
  ])('gets back every message, %s', async (_, options, extension) => {
    const client = await open(options)
    expect(client.extensions).toBe(extension)
    const echoes: (string | Uint8Array)[] = []
    const all = new Promise<void>((resolve) => {
      client.on('message', (data: Buffer, binary) => {
        if (echoes.push(binary ? data : data.toString()) === messages.length) resolve()
      })
    })
    for (const message of messages) client.send(message)
    await all
    expect(messages.every((message, i) => isSame(echoes[i], message))).toBe(true)
  })

  it.each([false, true])(
    'gets a fragmented message back as one, with a Ping between fragments (compress: %s)',
    async (compress) => {
      const client = await open({ perMessageDeflate: { threshold: 0 } })
      const echoed = once(client, 'message')
      const ponged = once(client, 'pong')
      client.send('one ', { fin: false, compress })
      client.ping('between')
      client.send('two ', { fin: false, compress })
      client.send('three', { fin: true, compress })
      expect(String((await ponged)[0])).toBe('between')
      expect(String((await echoed)[0])).toBe('one two three')
    },
  )

  it('gets every Ping answered, in order', async () => {
    const client = await open()
    const payloads = Array.from({ length: 10 }, (_, i) => `ping ${i}`)
    const pongs: string[] = []
    const all = new Promise<void>((resolve) => {
      client.on('pong', (data) => {
        if (pongs.push(data.toString()) === payloads.length) resolve()
      })
    })
    for (const payload of payloads) client.ping(payload)
    await all
    expect(pongs).toEqual(payloads)
  })

  it.each(closeCodes)('gets Close %i answered by the same code, cleanly', async (code) => {
    const client = await open()
    client.close(code, 'bye')
    const [answer] = await once(client, 'close')
    expect(answer).toBe(code)
  })

  it('gets a Close without a code answered without a code', async () => {
    const client = await open()
    client.close()
    const [answer] = await once(client, 'close')
    expect(answer).toBe(1005)
  })
})
