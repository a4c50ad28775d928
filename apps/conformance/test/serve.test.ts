import { createConnection } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { selectCases } from '../src/catalogue.ts'
import type { CaseRecord } from '../src/record.ts'
import type { FuzzingServer } from '../src/runner.ts'
import { serveFuzzingServer } from '../src/serve.ts'

let server: FuzzingServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

interface Served {
  readonly url: string
  readonly secureUrl: string
  readonly records: CaseRecord[]
  readonly updated: string[]
  /** Records and reports in their order. */
  readonly happened: string[]
}

async function serve(patterns: readonly string[]): Promise<Served> {
  const records: CaseRecord[] = []
  const updated: string[] = []
  const happened: string[] = []
  server = await serveFuzzingServer(
    { port: 0, tlsPort: 0, cases: selectCases(patterns, [], 'client'), profile: 'quick' },
    {
      onStart: () => undefined,
      onRecord: (record) => {
        records.push(record)
        happened.push(record.id)
      },
      onUpdateReports: (agent) => {
        updated.push(agent)
        happened.push(`report of ${agent}`)
      },
    },
  )
  const [url = '', secureUrl = ''] = server.urls
  return { url, secureUrl, records, updated, happened }
}

/** What a client driver of Autobahn's does: connect, echo, and read what comes until the close. */
const visit = (url: string, echo: boolean): Promise<string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, { rejectUnauthorized: false, maxPayload: 0 })
    let text = ''
    socket.on('error', () => undefined)
    socket.on('message', (data, binary) => {
      text += data.toString()
      if (echo) socket.send(data, { binary })
    })
    socket.on('close', () => resolve(text))
  })

async function runAll(url: string): Promise<void> {
  const count = Number(await visit(`${url}/getCaseCount`, false))
  for (let position = 1; position <= count; position++)
    await visit(`${url}/runCase?case=${position}&agent=ws`, true)
  await visit(`${url}/updateReports?agent=ws`, false)
}

describe("Autobahn's driver protocol", () => {
  it('counts, runs, tells of cases and their status, and updates reports', async () => {
    const { url, records, updated } = await serve(['1.1.1', '6.3.1', '12.1.4'])
    expect(await visit(`${url}/getCaseCount`, false)).toBe('3')
    expect(JSON.parse(await visit(`${url}/getCaseInfo?case=2`, false))).toMatchObject({ id: '6.3.1' })
    await runAll(url)
    expect(
      records.map(({ id, behavior, isServer, case: position }) => [id, behavior, isServer, position]),
    ).toEqual([
      ['1.1.1', 'OK', true, 1],
      ['6.3.1', 'OK', true, 2],
      ['12.1.4', 'OK', true, 3],
    ])
    expect(updated).toEqual(['ws'])
    expect(JSON.parse(await visit(`${url}/getCaseStatus?case=1&agent=ws`, false))).toEqual({ behavior: 'OK' })
  }, 20_000)

  it('gives ws as a client the verdicts that Autobahn gives it, also over TLS', async () => {
    const { secureUrl, records } = await serve(['2.*', '3.*', '4.*', '5.3', '7.*'])
    await runAll(secureUrl)
    expect(records.every(({ secure }) => secure)).toBe(true)
    const others = records.filter(
      ({ behavior, behaviorClose }) => behavior !== 'OK' || behaviorClose !== 'OK',
    )
    expect(others.map(({ id }) => id)).toEqual(['7.1.6', '7.13.1', '7.13.2'])
  }, 30_000)

  it('ends the cases of an agent that are under way before it writes its report or tells their status', async () => {
    const { url, happened } = await serve(['1.1.1', '1.1.2'])
    const silent = new WebSocket(`${url}/runCase?case=1&agent=ws`)
    silent.on('error', () => undefined)
    await new Promise((resolve) => silent.once('message', resolve))
    const status = visit(`${url}/getCaseStatus?case=1&agent=ws`, false)
    await visit(`${url}/updateReports?agent=other`, false)
    await visit(`${url}/updateReports?agent=ws`, false)
    expect(happened).toEqual(['report of other', '1.1.1', 'report of ws'])
    expect(JSON.parse(await status)).toEqual({ behavior: 'FAILED' })
  })

  it('answers what is no route with an HTTP error that says what there is', async () => {
    const { url } = await serve(['1.1.1'])
    const { port } = new URL(url)
    const answer = await new Promise<string>((resolve) => {
      const socket = createConnection({ port: Number(port), host: '127.0.0.1' })
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
      socket.write('GET /runCase?case=7&agent=x HTTP/1.1\r\nHost: x\r\n\r\n')
    })
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).toContain('from 1 to 1')
  })

  it('says so when a port cannot be had', async () => {
    const { url } = await serve(['1.1.1'])
    const taken = Number(new URL(url).port)
    await expect(
      serveFuzzingServer(
        { port: taken, cases: [] },
        { onStart: () => undefined, onRecord: () => undefined, onUpdateReports: () => undefined },
      ),
    ).rejects.toThrow('EADDRINUSE')
  })
})
