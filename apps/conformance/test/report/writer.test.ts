import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadReport } from '../../src/report/load.ts'
import { mergeReports } from '../../src/report/model.ts'
import { ReportWriter } from '../../src/report/writer.ts'
import { eventually } from '../eventually.ts'
import { makeDefinition, makeHeader, makeOwnRecord, makeRecord } from './fixtures.ts'

const END = { ending: 'completed', reason: '', ended: '2026-01-02T03:05:00.000Z' } as const
const definitions = [makeDefinition(), makeDefinition({ id: '2.1' })]

let directory = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hybi-report-'))
})
// A writer that a test leaves without an end may still be writing.
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }))

const readJson = async (name: string) => JSON.parse(await readFile(join(directory, name), 'utf8'))
const readText = (name: string) => readFile(join(directory, name), 'utf8')
const list = async () => (await readdir(directory)).sort()

/** A finished run of three cases, one of them our own. */
async function writeRun(agent = 'Echo 1.0'): Promise<ReportWriter> {
  const writer = await ReportWriter.open(directory, definitions)
  await writer.begin(makeHeader({ agent }))
  await writer.add(makeRecord({ agent, id: '2.1' }))
  await writer.add(makeRecord({ agent, behavior: 'FAILED', result: 'Nothing came back.' }))
  await writer.add(makeOwnRecord({ agent }))
  await writer.end(agent, END)
  return writer
}

describe('a report directory', () => {
  it('holds the files of a finished run and nothing else', async () => {
    await writeRun()
    expect(await list()).toEqual([
      'echo_1_0_case_1_1_2.json',
      'echo_1_0_case_2_1.json',
      'extra.json',
      'index.html',
      'index.json',
      'junit.xml',
      'records.jsonl',
      'summary.md',
    ])
  })

  it('has Autobahn’s cases alone in index.json, in the order of the suite', async () => {
    await writeRun()
    const index = await readJson('index.json')
    expect(Object.keys(index)).toEqual(['Echo 1.0'])
    expect(Object.keys(index['Echo 1.0'])).toEqual(['1.1.2', '2.1'])
    expect(index['Echo 1.0']['1.1.2']).toEqual({
      behavior: 'FAILED',
      behaviorClose: 'OK',
      duration: 4,
      remoteCloseCode: 1000,
      reportfile: 'echo_1_0_case_1_1_2.json',
    })
    expect((await readJson('echo_1_0_case_1_1_2.json')).result).toBe('Nothing came back.')
  })

  it('has own cases in extra.json', async () => {
    await writeRun()
    const extra = await readJson('extra.json')
    expect(extra['Echo 1.0']).toMatchObject({ ending: 'completed', finished: 3, selected: 3 })
    expect(Object.keys(extra['Echo 1.0'].cases)).toEqual(['H.1.1'])
    expect(extra['Echo 1.0'].cases['H.1.1'].requirements).toHaveLength(1)
  })

  it('says everything in JUnit and Markdown too', async () => {
    await writeRun()
    expect(await readText('junit.xml')).toContain('tests="3" failures="1"')
    expect(await readText('summary.md')).toContain('Nothing came back.')
  })

  it('grows while cases finish', async () => {
    const writer = await ReportWriter.open(directory, definitions, { indexIntervalMs: 0, pageIntervalMs: 0 })
    await writer.begin(makeHeader())
    await writer.add(makeRecord())
    expect(await list()).toContain('echo_1_0_case_1_1_2.json')
    await eventually(async () => {
      expect(Object.keys((await readJson('index.json'))['echo 1.0'])).toEqual(['1.1.2'])
      expect(await readText('junit.xml')).toContain('tests="1"')
    })
    await writer.end('echo 1.0', END)
  })

  it('lets its index wait for what writing it costs, not for the records in front of it', async () => {
    const writer = await ReportWriter.open(directory, definitions, {
      indexIntervalMs: 0,
      pageIntervalMs: 1e6,
    })
    await writer.begin(makeHeader())
    await Promise.all(Array.from({ length: 500 }, () => writer.add(makeRecord())))
    await writer.add(makeRecord({ id: '2.1' }))
    await eventually(async () =>
      expect(Object.keys((await readJson('index.json'))['echo 1.0'])).toContain('2.1'),
    )
    await writer.end('echo 1.0', END)
  })

  it('is whole again after a run that was killed, from the journal alone', async () => {
    const writer = await ReportWriter.open(directory, definitions, {
      indexIntervalMs: 1e6,
      pageIntervalMs: 1e6,
    })
    await writer.begin(makeHeader())
    await writer.add(makeRecord())
    await writeFile(join(directory, 'records.jsonl'), `${await readText('records.jsonl')}{"kind":"case","rec`)
    const report = await loadReport(directory, definitions)
    expect(report.get('echo 1.0')?.end).toBeNull()
    const again = await ReportWriter.open(directory, definitions)
    await again.rewrite()
    expect(Object.keys((await readJson('index.json'))['echo 1.0'])).toEqual(['1.1.2'])
    expect(await readText('summary.md')).toContain('has not ended')
  })

  it('keeps what other agents left in it', async () => {
    await writeRun('one')
    await writeRun('two')
    expect(Object.keys(await readJson('index.json'))).toEqual(['one', 'two'])
  })

  it('forgets an agent’s earlier run when a new one begins', async () => {
    const other = await writeRun('two')
    await writeRun('one')
    const writer = await ReportWriter.open(directory, definitions)
    await writer.begin(makeHeader({ agent: 'one' }))
    await writer.add(makeRecord({ agent: 'one', id: '2.1' }))
    await writer.end('one', END)
    const index = await readJson('index.json')
    expect(Object.keys(index.one)).toEqual(['2.1'])
    expect(Object.keys(index.two)).toEqual(['1.1.2', '2.1'])
    expect(await list()).not.toContain('one_case_1_1_2.json')
    expect(await list()).toContain('two_case_1_1_2.json')
    expect(other.report.size).toBe(1)
  })

  it('has different files for agents whose names are the same in Autobahn’s form', async () => {
    await writeRun('a b')
    await writeRun('a-b')
    const index = await readJson('index.json')
    expect(index['a b']['2.1'].reportfile).toBe('a_b_case_2_1.json')
    expect(index['a-b']['2.1'].reportfile).toBe('a_b_2_case_2_1.json')
    expect((await readJson('a_b_2_case_2_1.json')).agent).toBe('a-b')
  })

  it('keeps those files apart when one of the two runs again', async () => {
    await writeRun('Echo 1.0')
    await writeRun('echo-1.0')
    await writeRun('Echo 1.0')
    await writeRun('echo-1.0')
    const index = await readJson('index.json')
    expect(Object.keys(index)).toEqual(['Echo 1.0', 'echo-1.0'])
    for (const agent of Object.keys(index)) {
      const { reportfile } = index[agent]['1.1.2']
      expect((await readJson(reportfile)).agent).toBe(agent)
    }
  })

  it('forgets no other agent whose name goes on where its own ends', async () => {
    await writeRun('echo')
    await writeRun('echo case 1')
    const writer = await ReportWriter.open(directory, definitions)
    await writer.begin(makeHeader({ agent: 'echo' }))
    expect((await list()).filter((name) => name.startsWith('echo'))).toEqual([
      'echo_case_1_case_1_1_2.json',
      'echo_case_1_case_2_1.json',
    ])
  })

  it('takes a name that is longer than a file’s, or no name at all', async () => {
    for (const agent of ['x'.repeat(500), '', '../../etc/passwd']) {
      await writeRun(agent)
      const { reportfile } = (await readJson('index.json'))[agent]['1.1.2']
      expect((await readJson(reportfile)).agent).toBe(agent)
    }
  })

  it('keeps names that are special to JavaScript', async () => {
    await writeRun('__proto__')
    expect(Object.keys(await readJson('index.json'))).toEqual(['__proto__'])
    expect((await loadReport(directory, definitions)).get('__proto__')?.results.size).toBe(3)
  })

  it('counts repeats, and the worst verdict stays', async () => {
    const writer = await ReportWriter.open(directory, definitions)
    await writer.begin(makeHeader())
    await writer.add(makeRecord(), 1)
    await writer.add(makeRecord({ behavior: 'FAILED' }), 2)
    await writer.add(makeRecord(), 3)
    await writer.end('echo 1.0', END)
    expect((await readJson('index.json'))['echo 1.0']['1.1.2'].behavior).toBe('FAILED')
    expect((await readJson('echo_1_0_case_1_1_2.json')).behavior).toBe('FAILED')
    expect(await readText('summary.md')).toContain('failed 1 of 3 times')
    expect((await loadReport(directory, definitions)).get('echo 1.0')?.results.get('1.1.2')).toMatchObject({
      attempts: 3,
      failures: 1,
    })
  })

  it('cuts long payloads in the journal, not in the case’s own file', async () => {
    const writer = await ReportWriter.open(directory, definitions)
    await writer.begin(makeHeader())
    const payload = 'x'.repeat(100_000)
    await writer.add(
      makeRecord({ received: [['message', payload, false]], expected: { OK: [['ping', payload]] } }),
    )
    await writer.end('echo 1.0', END)
    expect((await readJson('echo_1_0_case_1_1_2.json')).received[0][1]).toHaveLength(100_000)
    expect((await readText('records.jsonl')).length).toBeLessThan(20_000)
  })
})

describe('what cannot be written', () => {
  it('is told in one line when a file is in the way of the directory', async () => {
    await writeFile(join(directory, 'file'), '')
    await expect(ReportWriter.open(join(directory, 'file', 'x'), definitions)).rejects.toThrow(
      /^cannot write the report in .*: a part of the path is not a directory$/,
    )
  })

  it('is a directory where none can be made', async () => {
    await expect(ReportWriter.open('/proc/hybi/report', definitions)).rejects.toThrow(
      /^cannot write the report in \/proc\/hybi\/report: /,
    )
  })

  it('is told when a file’s place is taken by a directory', async () => {
    const writer = await ReportWriter.open(directory, definitions)
    await writer.begin(makeHeader())
    await mkdir(join(directory, 'echo_1_0_case_1_1_2.json', 'x'), { recursive: true })
    await expect(writer.add(makeRecord())).rejects.toThrow(/^cannot write the report in /)
  })

  it('is told with the next case when it happened between two', async () => {
    const writer = await ReportWriter.open(directory, definitions, {
      indexIntervalMs: 0,
      pageIntervalMs: 1e6,
    })
    await writer.begin(makeHeader())
    await rm(join(directory, 'index.json'))
    await mkdir(join(directory, 'index.json', 'x'), { recursive: true })
    await writer.add(makeRecord())
    await eventually(() =>
      expect(writer.add(makeRecord({ id: '2.1' }))).rejects.toThrow('cannot write the report'),
    )
  })

  it('is a run that was not begun', async () => {
    const writer = await ReportWriter.open(directory, definitions)
    await expect(writer.add(makeRecord())).rejects.toThrow('was not begun')
  })
})

describe('a report that is read back', () => {
  it('may be Autobahn’s own: an index and its files', async () => {
    await writeRun()
    await rm(join(directory, 'records.jsonl'))
    const report = await loadReport(join(directory, 'index.json'), definitions)
    const run = report.get('Echo 1.0')
    expect(run?.header).toMatchObject({ role: 'server', target: null })
    expect(run?.results.get('1.1.2')?.record).toMatchObject({
      behavior: 'FAILED',
      result: 'Nothing came back.',
    })
  })

  it('follows no file name out of its directory', async () => {
    await writeFile(
      join(directory, 'index.json'),
      '{"a":{"1.1.1":{"behavior":"OK","reportfile":"../../etc/passwd"}}}',
    )
    const report = await loadReport(directory, definitions)
    expect(report.get('a')?.results.get('1.1.1')?.record.behavior).toBe('OK')
  })

  it.each([
    ['{', /is not JSON/],
    ['[]', /is not an index of agents and cases/],
    ['{"a":1}', /is not an index of agents and cases/],
    ['{"a":{"1.1.1":null}}', /is not an index of agents and cases/],
    ['{"a":{"1.1.1":{"behavior":"GREAT"}}}', /the entry 1\.1\.1 of "a" is not one of a case/],
    ['{"a":{"1.1.1":{"duration":"5"}}}', /the entry 1\.1\.1 of "a" is not one of a case/],
  ])('refuses %s as an index', async (text, message) => {
    await writeFile(join(directory, 'index.json'), text)
    await expect(loadReport(directory, definitions)).rejects.toThrow(message)
  })

  it('refuses a case’s own file with a field of the wrong kind', async () => {
    await writeRun()
    await rm(join(directory, 'records.jsonl'))
    const details = await readJson('echo_1_0_case_2_1.json')
    await writeFile(
      join(directory, 'echo_1_0_case_2_1.json'),
      JSON.stringify({ ...details, wirelog: {}, remoteCloseReason: null }),
    )
    await expect(loadReport(directory, definitions)).rejects.toThrow('has a "wirelog" of the wrong kind')
  })

  it('says when there is none', async () => {
    await expect(loadReport(directory, definitions)).rejects.toThrow('neither records.jsonl nor index.json')
    await expect(loadReport(join(directory, 'no'), definitions)).rejects.toThrow('is not a report')
  })

  it('passes over lines of the journal that say nothing', async () => {
    await writeRun()
    await writeFile(
      join(directory, 'records.jsonl'),
      [
        '7',
        'null',
        '{"kind":"case","record":3}',
        '{"kind":"case","attempt":1,"record":{"agent":"Echo 1.0","id":5}}',
        `{"kind":"case","attempt":1,"record":${JSON.stringify({ ...makeRecord(), behavior: 'GREAT' })}}`,
        '{"kind":"run","agent":"x"}',
        '{"kind":"end","agent":"Echo 1.0"}',
        await readText('records.jsonl'),
      ].join('\n'),
    )
    expect((await loadReport(directory, definitions)).get('Echo 1.0')?.results.size).toBe(3)
  })
})

describe('shards', () => {
  it('become one run, as whole as the least of them', async () => {
    const part = async (name: string, id: string, ending: 'completed' | 'died') => {
      const writer = await ReportWriter.open(join(directory, name), definitions)
      await writer.begin(makeHeader({ selected: 1 }))
      await writer.add(makeRecord({ id, received: [['message', 'y'.repeat(9000), false]] }))
      await writer.end('echo 1.0', { ...END, ending })
      return loadReport(join(directory, name), definitions)
    }
    const merged = mergeReports([await part('a', '1.1.2', 'died'), await part('b', '2.1', 'completed')])
    const run = merged.get('echo 1.0')
    expect([...(run?.results.keys() ?? [])]).toEqual(['1.1.2', '2.1'])
    expect(run?.header.selected).toBe(2)
    expect(run?.end?.ending).toBe('died')
    const writer = await ReportWriter.create(join(directory, 'all'), merged)
    await writer.adoptCases(join(directory, 'a'))
    await writer.rewrite()
    expect((await readJson('all/echo_1_0_case_1_1_2.json')).received[0][1]).toHaveLength(9000)
    expect((await readJson('all/echo_1_0_case_2_1.json')).id).toBe('2.1')
  })
})
