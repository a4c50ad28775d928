import { connect } from '@hybi/node'
import { expect, it, onTestFinished } from 'vitest'
import { makeCertificate } from '../src/certificate.ts'
import type { EchoOptions } from '../src/command-line.ts'
import { echoHandlers, logRefusals } from '../src/handlers.ts'
import { type Log, type LogLevel, makeLog } from '../src/log.ts'
import { type Serving, serve } from '../src/serve.ts'

const defaults: EchoOptions = {
  host: '127.0.0.1',
  port: 0,
  tlsPort: 0,
  tls: true,
  plain: true,
  deflate: true,
  maxMessageSize: 1024,
  origin: '*',
  workers: 1,
  drainTimeout: 1000,
  logLevel: 'info',
  logFormat: 'json',
}
const certificate = await makeCertificate('localhost')
const trust = { tls: { ca: certificate.cert } }

interface Watched extends Serving {
  readonly plain: string
  readonly secure: string
  /** The events that were logged, without their times. */
  readonly events: Record<string, unknown>[]
}

/** A server in this process, and its log. */
async function start(level: LogLevel, options: Partial<EchoOptions> = {}): Promise<Watched> {
  const events: Record<string, unknown>[] = []
  const log = makeLog(level, 'json', (line) => {
    const { time: _, ...event } = JSON.parse(line)
    events.push(event)
  })
  logRefusals(log)
  const serving = await serve({ ...defaults, ...options }, certificate, log)
  onTestFinished(() => serving.close())
  const [plain = '', secure = ''] = serving.urls
  return { ...serving, plain, secure, events }
}

it('says where it listens', async () => {
  const { urls } = await start('silent')
  expect(urls).toEqual([
    expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+$/),
    expect.stringMatching(/^wss:\/\/127\.0\.0\.1:\d+$/),
  ])
})

it('echoes on any path, compressed where the client can', async () => {
  const { plain, secure } = await start('silent')
  for (const url of [plain, `${plain}/any/path?and=query`, `${secure}/wss`]) {
    const connection = await connect(url, { ...trust, permessageDeflate: true })
    expect(connection.extensions).toContain('permessage-deflate')
    connection.send('hello')
    expect((await connection.receive())?.text).toBe('hello')
    await connection.close()
  }
})

it('does not compress when it may not', async () => {
  const { plain } = await start('silent', { deflate: false })
  const connection = await connect(plain, { permessageDeflate: true })
  expect(connection.extensions).toBe('')
  await connection.close()
})

it('takes no message above the limit', async () => {
  const { plain } = await start('silent')
  const connection = await connect(plain)
  connection.send('x'.repeat(1024))
  expect((await connection.receive())?.size).toBe(1024)
  connection.send('x'.repeat(1025))
  expect(await connection.closed).toMatchObject({ code: 1009, initiator: 'remote' })
})

it('keeps to the path that it was given', async () => {
  const { plain, events } = await start('info', { path: '/chat' })
  await (await connect(`${plain}/chat?room=1`)).close()
  await expect(connect(`${plain}/other`)).rejects.toMatchObject({ status: 404 })
  await expect(connect(plain)).rejects.toMatchObject({ status: 404 })
  expect(events).toContainEqual({
    level: 'info',
    event: 'refused',
    peer: '127.0.0.1',
    status: 404,
    rule: 'path not found',
  })
})

it('lets in pages of the origins that it was given', async () => {
  const { plain } = await start('silent', { origin: ['https://a.example'] })
  await (await connect(plain, { origin: 'https://a.example' })).close()
  await expect(connect(plain, { origin: 'https://b.example' })).rejects.toMatchObject({ status: 403 })
})

it('answers / with its page, which names the path of the socket, and other paths with 426', async () => {
  const { plain } = await start('info', { path: '/<"a&b">' })
  const http = plain.replace('ws', 'http')
  const page = await fetch(`${http}/?query`)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await page.text()).toContain('<body data-path="/&#60;&#34;a&#38;b&#34;&#62;">')
  const head = await fetch(http, { method: 'HEAD' })
  expect(head.status).toBe(200)
  expect(await head.text()).toBe('')
  expect((await fetch(`${http}/page`)).status).toBe(426)
  expect((await fetch(http, { method: 'POST' })).status).toBe(405)
})

it('logs what opens and closes at level info', async () => {
  const { plain, events } = await start('info')
  const connection = await connect(`${plain}/x`)
  connection.send('not logged')
  await connection.receive()
  await connection.close(4001, 'bye')
  await expect.poll(() => events).toHaveLength(2)
  const described = { level: 'info', peer: '127.0.0.1', target: '/x' }
  expect(events).toEqual([
    { ...described, event: 'open' },
    {
      ...described,
      event: 'close',
      code: 4001,
      reason: 'bye',
      wasClean: true,
      initiator: 'remote',
      cause: 'close',
    },
  ])
})

it('names the rule that a peer broke', async () => {
  const { plain, events } = await start('info')
  const connection = await connect(plain)
  connection.send('x'.repeat(2000))
  await connection.closed
  await expect
    .poll(() => events)
    .toContainEqual(expect.objectContaining({ cause: 'violation', violation: expect.any(String) }))
})

it('logs every message at level debug', async () => {
  const { plain, events } = await start('debug')
  const connection = await connect(`${plain}/x`)
  connection.send('hello')
  connection.send(Uint8Array.of(1, 2))
  await connection.receive()
  await connection.receive()
  await connection.close()
  const described = { level: 'debug', event: 'message', peer: '127.0.0.1', target: '/x', compressed: false }
  expect(events.filter(({ event }) => event === 'message')).toEqual([
    { ...described, binary: false, octets: 5 },
    { ...described, binary: true, octets: 2 },
  ])
})

it('logs nothing at level silent', async () => {
  const { plain, events } = await start('silent')
  await (await connect(plain)).close()
  await expect(fetch(`${plain.replace('ws', 'http')}/none`)).resolves.toMatchObject({ status: 426 })
  expect(events).toEqual([])
})

it('leaves no port open when it cannot have the other', async () => {
  const taken = await start('silent')
  const port = Number(new URL(taken.plain).port)
  const free = await start('silent')
  const freePort = Number(new URL(free.plain).port)
  await free.close()
  const log = makeLog('silent', 'text', () => undefined)
  await expect(serve({ ...defaults, port: freePort, tlsPort: port }, certificate, log)).rejects.toMatchObject(
    { code: 'EADDRINUSE' },
  )
  await expect(connect(free.plain)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

it('asks the log nothing for a message that is not logged, and waits for nothing', () => {
  const calls: string[] = []
  const log = makeLog('info', 'text', (line) => calls.push(line))
  const watched: Log = { ...log, debug: () => calls.push('debug'), info: () => calls.push('info') }
  const { message } = echoHandlers(watched)
  const sent: unknown[] = []
  const connection = { send: (given: unknown) => sent.push(given) }
  const received = {}
  expect(Reflect.apply(message ?? (() => 'none'), undefined, [connection, received])).toBeUndefined()
  expect(sent).toEqual([received])
  expect(calls).toEqual([])
  expect(echoHandlers(makeLog('silent', 'text', () => undefined))).not.toHaveProperty('open')
})
