import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventually } from '../eventually.ts'
import { startWsServer } from '../ws-target.ts'
import { runProgram, startProgram } from './command-line.ts'

const EMPTY_SERVER = fileURLToPath(new URL('./listener.mjs', import.meta.url))

let target: Awaited<ReturnType<typeof startWsServer>>
let directory = ''

beforeAll(async () => {
  target = await startWsServer()
})
afterAll(() => target.close())
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hybi-cli-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(directory, { recursive: true, force: true })
})

const readJson = async (name: string) => JSON.parse(await readFile(join(directory, name), 'utf8'))
const run = (...args: string[]) =>
  runProgram(['run', '--url', target.url, '--agent', 'ws', '--out', directory, ...args])

/** A port that nothing listens on. */
async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('exit code 0', () => {
  it('is for cases of which none fails, each category told when it is done', async () => {
    const { code, text, complaint } = await run('--cases', '1.1.1,1.2.*,7.1.6')
    expect(complaint).toBe('')
    expect(text.split('\n')[0]).toBe(`ws: 10 cases at ${target.url}`)
    expect(text).toContain('✓ 1 Framing: 9 cases\n')
    expect(text).toContain('ws: 10 cases, 9 OK, 1 INFORMATIONAL; none failing\n')
    expect(text.endsWith(`report: ${directory}/index.html\n`)).toBe(true)
    expect(code).toBe(0)
    expect(Object.keys((await readJson('index.json')).ws)).toHaveLength(10)
  })

  it('is for lax verdicts, unless they are judged strictly', async () => {
    expect((await run('--cases', '6.4.3')).code).toBe(0)
    expect((await run('--cases', '6.4.3', '--strict')).code).toBe(1)
  })

  it('is for exactly the verdicts of a baseline', async () => {
    const file = join(directory, 'baseline.json')
    await writeFile(file, '{"9.3.1":"FAILED"}')
    expect((await run('--cases', '9.3.1,1.1.1', '--baseline', file)).code).toBe(0)
    await writeFile(file, '{"9.3.1":"FAILED","1.1.1":"FAILED"}')
    const { code, text } = await run('--cases', '9.3.1,1.1.1', '--baseline', file)
    expect(code).toBe(1)
    expect(text).toContain('  unexpected pass: 1.1.1 is OK, expected FAILED\n')
  })

  it('is for a shard, and shards are joined into one report', async () => {
    const parts = ['1/2', '2/2'].map((shard) => [shard, join(directory, shard.replace('/', 'of'))] as const)
    for (const [shard, out] of parts) {
      const { code } = await run('--cases', '1.1.*', '--shard', shard, '--out', out)
      expect(code).toBe(0)
    }
    const joined = await runProgram(['report', ...parts.map(([, out]) => out), '--out', directory])
    expect(joined).toMatchObject({ code: 0, text: `report: ${directory}/index.html\n` })
    expect(Object.keys((await readJson('index.json')).ws)).toHaveLength(8)
  })
})

describe('exit code 1', () => {
  it('is for a failing case, told at once with its reason', async () => {
    const { code, text } = await run('--cases', '9.3.1,1.1.1')
    expect(text).toMatch(/ {2}✗ 9\.3\.1 FAILED: .*\. 0 of 1 messages came back in time/)
    expect(code).toBe(1)
  })

  it('is for a server that is none of WebSocket, whose status is told', async () => {
    const server = createHttpServer((_, response) => response.writeHead(404).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { code, text } = await run('--url', `ws://127.0.0.1:${port}`, '--cases', '1.1.1')
    await new Promise((resolve) => server.close(resolve))
    expect(text).toContain('The opening handshake was not done: the answer has the status 404 instead of 101')
    expect(code).toBe(1)
  })

  it('comes early with --bail', async () => {
    const { code } = await run('--cases', '9.3.*', '--bail', '--concurrency', '1')
    expect(code).toBe(1)
    expect(Object.keys((await readJson('index.json')).ws).length).toBeLessThan(3)
  })

  it('is annotated in a GitHub job and summed up in its summary', async () => {
    vi.stubEnv('GITHUB_ACTIONS', 'true')
    vi.stubEnv('GITHUB_STEP_SUMMARY', join(directory, 'step.md'))
    const { text } = await run('--cases', '9.3.1')
    expect(text).toContain('::error title=ws 9.3.1%3A FAILED::')
    expect(await readFile(join(directory, 'step.md'), 'utf8')).toContain('| ❌ | ws | server | 0 / 1 |')
  })
})

describe('exit code 2', () => {
  it('is for a server that cannot be reached', async () => {
    const { code, text } = await run('--url', `ws://127.0.0.1:${await findFreePort()}`)
    expect(text).toMatch(/ws: not complete: .* cannot be reached: .*ECONNREFUSED/)
    expect(code).toBe(2)
    expect((await readJson('extra.json')).ws).toMatchObject({ ending: 'unreachable', finished: 0 })
  })

  it('is for a TLS handshake with what speaks no TLS, in words', async () => {
    const { code, text } = await run('--url', target.url.replace('ws:', 'wss:'), '--cases', '1.1.1')
    expect(text).toMatch(/ws: not complete: .* cannot be reached: TLS: [a-z ]+\n/)
    expect(code).toBe(2)
  })

  it('is for a run that was interrupted, and what was done is kept', async () => {
    const program = startProgram([
      'run',
      '--url',
      target.url,
      '--agent',
      'ws',
      '--out',
      directory,
      '--cases',
      '1.1.1,6.4.*',
      '--concurrency',
      '1',
    ])
    await eventually(() => expect(program.text()).toContain('✓ 1 Framing'))
    program.interrupt()
    expect((await program.done).code).toBe(2)
    expect(Object.keys((await readJson('index.json')).ws)).toContain('1.1.1')
    expect((await readJson('extra.json')).ws.ending).toBe('aborted')
  })

  it('is for a report that cannot be written any more, and what was done is said', async () => {
    await mkdir(join(directory, 'ws_case_1_1_3.json', 'x'), { recursive: true })
    const { code, text, complaint } = await run('--cases', '1.1.*', '--concurrency', '1')
    expect(text).toMatch(
      /ws: [1-8] cases?, [1-8] OK; none failing\nws: not complete: cannot write the report in /,
    )
    expect(complaint).toMatch(
      /^hybi-conformance: cannot write the report in .*: a directory is in the way\n$/,
    )
    expect(code).toBe(2)
    expect((await readJson('extra.json')).ws.ending).toBe('aborted')
  })

  it('is for a directory that cannot be written', async () => {
    await writeFile(join(directory, 'file'), '')
    const { code, complaint } = await run('--cases', '1.1.1', '--out', join(directory, 'file', 'x'))
    expect(complaint).toMatch(
      /^hybi-conformance: cannot write the report in .*: a part of the path is not a directory\n$/,
    )
    expect(code).toBe(2)
  })

  it.each([
    [['--cases', '99.*'], 'no case matches "99.*" (see hybi-conformance list)'],
    [['--cases', '1.1.1', '--exclude', '1.*'], 'no case that tests a server is left of that choice'],
    [
      ['--cases', '1.*;2.*'],
      "option '--cases <patterns>' argument '1.*;2.*' is invalid. Give ids or patterns",
    ],
    [['--shard', '5/4'], 'Give a part and the number of parts'],
    [['--repeat', '0'], 'Give a whole number from 1 to 1000'],
    [['--profile', 'slow'], 'Allowed choices are full, quick'],
    [['--header', 'nonsense'], 'Give a line such as "Name: value"'],
    [['--url', 'http://example.test'], 'a ws:// or wss:// URL is needed, not http://example.test'],
    [['--url', 'ws://a/#b'], 'a WebSocket URL has no fragment: ws://a/#b'],
    [['--baseline', '/nowhere'], 'the baseline /nowhere cannot be used: ENOENT'],
    [['--config', 'x.json'], 'give --url or --config, not both'],
    [['--nonsense'], "unknown option '--nonsense'"],
  ])('is for %j', async (args, message) => {
    const { code, complaint } = await run(...args)
    expect(complaint).toContain(message)
    expect(complaint.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
  })
})

describe('--start', () => {
  const start = (port: number, rest = '') => `"${process.execPath}" "${EMPTY_SERVER}" ${port} ${rest}`

  it('launches the server, waits until it accepts and stops it', async () => {
    const port = await findFreePort()
    const pidFile = join(directory, 'server.pid')
    const { code, text } = await run(
      '--url',
      `ws://127.0.0.1:${port}`,
      '--start',
      `echo $$ >'${pidFile}'; exec ${start(port)}`,
      '--cases',
      '1.1.1',
    )
    expect(text).toContain('ws: 1 case, 1 OK')
    expect(code).toBe(0)
    const pid = Number(await readFile(pidFile, 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('says how a command ended that did not come so far', async () => {
    const port = await findFreePort()
    const { code, complaint } = await run(
      '--url',
      `ws://127.0.0.1:${port}`,
      '--start',
      'echo "Error: no such thing" >&2; exit 7',
    )
    expect(complaint).toContain('ended with 7: Error: no such thing\n')
    expect(code).toBe(2)
  })

  it('says how a command ended in the middle of the run', async () => {
    const port = await findFreePort()
    const { code, text } = await run(
      '--url',
      `ws://127.0.0.1:${port}`,
      '--start',
      start(port, '3'),
      '--cases',
      '1.1.*',
      '--concurrency',
      '1',
    )
    expect(text).toMatch(/not complete: .*cannot be reached any more.*ended with 3: Error: enough/)
    expect(code).toBe(2)
  })

  it('does not test what was there before', async () => {
    const { code, complaint } = await run('--start', 'sleep 60', '--cases', '1.1.1')
    expect(complaint).toContain('already: end it, or leave out --start')
    expect(code).toBe(2)
  })
})

describe('a configuration file', () => {
  const inDirectory = (...args: string[]) => runProgram(['run', ...args], directory)

  it('names several targets, and options that the command line overrules', async () => {
    const file = `export default {
      out: ${JSON.stringify(directory)},
      cases: ['1.1.*' as string],
      targets: [{ url: '${target.url}', agent: 'one' }, { url: '${target.url}', agent: 'two', cases: ['2.1'] }],
    }`
    await writeFile(join(directory, 'hybi-conformance.config.ts'), file)
    const { code, complaint } = await inDirectory()
    expect(complaint).toBe('')
    expect(code).toBe(0)
    const index = await readJson('index.json')
    expect(Object.keys(index.one)).toHaveLength(8)
    expect(Object.keys(index.two)).toEqual(['2.1'])
    await inDirectory('--cases', '1.2.1')
    expect(Object.keys((await readJson('index.json')).one)).toEqual(['1.2.1'])
  })

  it.each([
    ['{', 'cannot read'],
    ['{}', 'must hold an object with a list of "targets"'],
    ['{"targets":[]}', 'must hold an object with a list of "targets"'],
    ['{"targets":[1]}', 'targets[0] is not an object'],
    ['{"targets":[{}]}', 'targets[0] has no "url"'],
    ['{"targets":[{"url":1}]}', 'targets[0] has a "url" of the wrong kind'],
    [
      '{"targets":[{"url":"ws://a"},{"url":"ws://a","headers":[["a"]]}]}',
      'targets[1] has a "headers" of the wrong kind',
    ],
    [
      '{"targets":[{"url":"ws://a","headers":[["A","b\\r\\nC: d"]]}]}',
      'targets[0] has a "headers" of the wrong kind',
    ],
    ['\u001b[2J', '\\x1b[2J'],
    ['{"targets":[{"url":"ws://a","ulr":1}]}', 'unknown field "ulr"; known are url, agent'],
    ['{"targets":[{"url":"ws://a"}],"repeat":0}', 'a "repeat" of the wrong kind'],
    ['{"targets":[{"url":"ws://a"}],"strickt":true}', 'unknown field "strickt"'],
    ['{"targets":[{"url":"ws://a"},{"url":"ws://a"}]}', 'two targets are named "ws://a"'],
  ])('is refused when it is %s', async (text, message) => {
    await writeFile(join(directory, 'hybi-conformance.config.json'), text)
    const { code, complaint } = await inDirectory('--out', directory)
    expect(complaint).toContain(message)
    expect(complaint.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
  })

  it('is missed when there is neither it nor a URL', async () => {
    const { code, complaint } = await inDirectory()
    expect(complaint).toContain('give --url, or a configuration file')
    expect(code).toBe(2)
    expect((await inDirectory('--agent', 'x')).complaint).toContain('--agent and --start belong to --url')
  })
})
