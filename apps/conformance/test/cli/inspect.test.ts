import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allCases } from '../../src/catalogue.ts'
import { ReportWriter } from '../../src/report/writer.ts'
import { makeHeader, makeRecord } from '../report/fixtures.ts'
import { runProgram } from './command-line.ts'

describe('list', () => {
  it('lists cases by category', async () => {
    const { code, text } = await runProgram(['list', '--cases', '1.1.1,2.*'])
    expect(code).toBe(0)
    expect(text.split('\n').slice(0, 4)).toEqual([
      'Framing',
      '  1.1.1     text message of 0 octets',
      '',
      'Pings and pongs',
    ])
  })

  it('lists them all for machines, and those of one role', async () => {
    const all = JSON.parse((await runProgram(['list', '--json'])).text)
    expect(all).toHaveLength(allCases.length)
    expect(all[0]).toMatchObject({ id: '1.1.1', number: 1, autobahn: true })
    expect(all[0]).not.toHaveProperty('plan')
    const client = JSON.parse((await runProgram(['list', '--json', '--role', 'client'])).text)
    expect(client.length).toBeLessThan(all.length)
    expect(client.every(({ roles }: { roles: string[] }) => roles.includes('client'))).toBe(true)
  })

  it('says when nothing is meant', async () => {
    expect(await runProgram(['list', '--cases', 'X.9'])).toMatchObject({
      code: 2,
      complaint: 'hybi-conformance: no case matches "X.9" (see hybi-conformance list)\n',
    })
  })
})

describe('explain', () => {
  it('has words for every case', async () => {
    for (const { id } of allCases) {
      const { code, text } = await runProgram(['explain', id])
      expect(code).toBe(0)
      expect(text.startsWith(`${id} `)).toBe(true)
      expect(text).toContain('\nExpected: ')
      expect(text).not.toMatch(/undefined|NaN|\[object/)
    }
  })

  it('shows what is sent', async () => {
    const { text } = await runProgram(['explain', '5.3'])
    expect(text).toContain('  frame: TEXT, no FIN, 9 octets: "fragment1"\n')
  })

  it('speaks JSON', async () => {
    expect(JSON.parse((await runProgram(['explain', 'h.1.10', '--json'])).text)).toMatchObject({
      id: 'H.1.10',
      autobahn: false,
    })
  })

  it('does not know every id', async () => {
    expect(await runProgram(['explain', '8.1'])).toMatchObject({ code: 2, text: '' })
  })
})

describe('report and compare', () => {
  let directory = ''
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hybi-compare-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  async function write(name: string, behavior: 'OK' | 'FAILED'): Promise<string> {
    const out = join(directory, name)
    const writer = await ReportWriter.open(out, allCases)
    await writer.begin(makeHeader())
    await writer.add(makeRecord({ behavior }))
    await writer.end('echo 1.0', { ending: 'completed', reason: '', ended: '' })
    return out
  }

  it('finds regressions: exit code 1', async () => {
    const [good, bad] = [await write('good', 'OK'), await write('bad', 'FAILED')]
    expect(await runProgram(['compare', good, join(bad, 'index.json')])).toMatchObject({
      code: 1,
      text: 'regression: echo 1.0 1.1.2: OK → FAILED\n1 regression, 0 improvements, 0 added, 0 missing\n',
    })
    expect((await runProgram(['compare', bad, good])).code).toBe(0)
    expect((await runProgram(['compare', good, good])).code).toBe(0)
  })

  it('needs reports', async () => {
    const good = await write('good', 'OK')
    expect(await runProgram(['compare', good, directory])).toMatchObject({ code: 2 })
    expect((await runProgram(['report', join(directory, 'none')])).complaint).toContain('is not a report')
    expect((await runProgram(['report', good, good])).complaint).toContain('joined into --out DIR')
  })

  it('writes the pages of a report anew', async () => {
    const good = await write('good', 'OK')
    await rm(join(good, 'junit.xml'))
    expect(await runProgram(['report', good])).toMatchObject({
      code: 0,
      text: `report: ${good}/index.html\n`,
    })
    await rm(join(good, 'junit.xml'))
  })
})

describe('the program', () => {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, ['--conditions=@hybi/source', '--import', 'tsx/esm', main, ...args])
    const [text, complaint, code] = await Promise.all([
      readText(child.stdout),
      readText(child.stderr),
      new Promise((resolve) => child.once('close', resolve)),
    ])
    return { text, complaint, code }
  }

  it('writes all of a long output into a pipe before it ends', async () => {
    const { text, code } = await run('list', '--json')
    expect(JSON.parse(text)).toHaveLength(allCases.length)
    expect(code).toBe(0)
  })

  it('says its version, its help and what it does not know', async () => {
    expect((await runProgram(['--version'])).text).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await runProgram(['--help'])).text).toMatch(/^Usage: hybi-conformance /)
    expect((await runProgram(['run', '--help'])).text).toMatch(/^Usage: hybi-conformance run /)
    expect(await run('nonsense')).toMatchObject({
      code: 2,
      complaint: "hybi-conformance: unknown command 'nonsense'\n",
    })
  })
})
