import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { PageWriter } from '../../src/report/html.ts'
import { addRecord, type Report } from '../../src/report/model.ts'
import type { PageData, PagePiece } from '../../src/report/page-data.ts'
import { makeDefinition, makeFrame, makeHeader, makeRecord, recordOf } from '../report/fixtures.ts'

/** What the details of 750 cases and eight agents may take, for the fewer cases that a test has time for. */
const CASES = 40
const LIMIT = (17_000_000 * CASES) / 750

function makeReport(agents: readonly string[], records: Parameters<typeof makeRecord>[0][]): Report {
  return new Map(
    agents.map((agent) => {
      const run = { header: makeHeader({ agent }), end: null, results: new Map() }
      for (const record of records) addRecord(run, makeRecord({ ...record, agent }), 1)
      return [agent, run]
    }),
  )
}

const readElement = (html: string, id: string): string =>
  new RegExp(`id="${id}">([^<]*)</script>`).exec(html)?.[1] ?? ''
const readData = (html: string): PageData => JSON.parse(readElement(html, 'data'))
const readPiece = (html: string, id: string): PagePiece =>
  JSON.parse(gunzipSync(Buffer.from(readElement(html, id), 'base64')).toString('utf8'))

/** Octets that do not compress, as hex. */
function* noise(seed: string): Generator<string> {
  for (let count = 0; ; count++) {
    const digest = createHash('sha512').update(`${seed} ${count}`).digest('hex')
    yield digest
  }
}

describe('the page', () => {
  it('carries the matrix as JSON and the details of each agent and category apart', async () => {
    const html = await new PageWriter().format(
      makeReport(['a', 'b'], [{}, { id: '1.1.10' }, { id: '1.1.9' }, { id: '2.1', category: 'Pings' }]),
    )
    const data = readData(html)
    expect(data.cases.map(({ id }) => id)).toEqual(['1.1.2', '1.1.9', '1.1.10', '2.1'])
    expect(data.categories).toMatchObject([
      { key: '1', first: 0, count: 3 },
      { key: '2', title: 'Pings', first: 3, count: 1 },
    ])
    expect(data.agents.map(({ cells }) => cells.length)).toEqual([4, 4])
    expect(Object.keys(readPiece(html, 'details-1-0'))).toEqual(['1.1.2', '1.1.9', '1.1.10'])
    expect(readPiece(html, 'details-0-1')['2.1']?.log).toHaveLength(12)
  })

  it('needs nothing from anywhere else and runs no script but its own', async () => {
    const html = await new PageWriter().format(makeReport(['a'], [{}]))
    expect(/(?:src|href)="(?!data:)/.test(html)).toBe(false)
    expect(/url\(|@import/.test(html)).toBe(false)
    const script = /<script>([\s\S]*)<\/script>/.exec(html)?.[1] ?? ''
    const hash = createHash('sha256').update(script).digest('base64')
    expect(html.includes(`script-src 'sha256-${hash}'`)).toBe(true)
    expect(html.includes("default-src 'none'")).toBe(true)
  })

  it('lets no word of the peer out of its data', async () => {
    const evil = '</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>'
    const html = await new PageWriter().format(
      makeReport([evil], [{ title: evil, result: evil, httpResponse: evil, remoteCloseReason: evil }]),
    )
    expect(html.includes('<script>alert(1)')).toBe(false)
    expect(html.includes('<img')).toBe(false)
    expect(readData(html).agents[0]?.name).toBe(evil)
  })

  it('makes only the pieces anew that have changed', async () => {
    const writer = new PageWriter()
    const report = makeReport(['a'], [{}, { id: '2.1' }])
    const first = await writer.format(report)
    const run = report.get('a')
    if (run) addRecord(run, makeRecord({ agent: 'a', id: '2.1', behavior: 'FAILED', result: 'Now not.' }), 1)
    const second = await writer.format(report)
    expect(readElement(second, 'details-0-0')).toBe(readElement(first, 'details-0-0'))
    expect(readPiece(second, 'details-0-1')['2.1']?.result).toBe('Now not.')
  })

  it('cuts long logs, payloads and statistics', async () => {
    const log = Array.from({ length: 500 }, (_, index) => makeFrame({ at: index }))
    const stats = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [String(index), index + 1]))
    const received = Array.from({ length: 90 }, () => ['message', 'x'.repeat(5000), false] as const)
    const html = await new PageWriter().format(makeReport(['a'], [{ log, rxOctetStats: stats, received }]))
    const details = readPiece(html, 'details-0-0')['1.1.2']
    expect(details).toMatchObject({ logCut: 400, logHead: 75, receivedMore: 50 })
    expect(details?.log.map(({ at }) => at).slice(74, 77)).toEqual([74, 475, 476])
    expect(details?.received[0]).toEqual(['message', 'x'.repeat(160), false, 5000])
    expect(Object.keys(details?.rxOctetStats ?? {})).toHaveLength(41)
    expect(details?.rxOctetStats.other).toBe((260 * 261) / 2)
  })

  it('stays as small as 20 MB with eight agents and 750 cases, were every octet noise', async () => {
    const source = noise('report')
    const next = () => String(source.next().value)
    const long = () => Array.from({ length: 40 }, next).join('')
    const heads = Array.from({ length: 12 }, long)
    const logs = Array.from({ length: 12 }, () =>
      Array.from({ length: 220 }, (_, at) =>
        makeFrame({ at, length: 64, payload: `0x${next()}`, payloadHex: next() }),
      ),
    )
    const report: Report = new Map()
    for (let agent = 0; agent < 8; agent++) {
      const run = { header: makeHeader({ agent: `agent ${agent}` }), end: null, results: new Map() }
      for (let index = 0; index < CASES; index++) {
        const definition = makeDefinition({ id: `${1 + Math.floor(index / 8)}.${index}` })
        const log = (logs[index % 12] ?? []).map((entry) => ({ ...entry, payloadHex: next() }))
        addRecord(run, recordOf(definition, { log, httpResponse: `${heads[index % 12]}${next()}` }), 1)
      }
      report.set(run.header.agent, run)
    }
    const html = await new PageWriter(LIMIT).format(report)
    const details = html.match(/"details-[^>]*>[^<]*/g)?.join('') ?? ''
    expect(details.length).toBeGreaterThan(LIMIT / 10)
    expect(details.length).toBeLessThan(LIMIT * 1.1)
    expect(readData(html).cutLevel).toBeGreaterThan(0)
  })
})
