import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { runProgram, startProgram } from './command-line.ts'
import { driveClient } from './driver.ts'

const DRIVER = fileURLToPath(new URL('./driver.ts', import.meta.url))

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hybi-serve-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const readJson = async (name: string) => JSON.parse(await readFile(join(directory, name), 'utf8'))
const command = (...args: string[]) => `"${process.execPath}" --import tsx/esm "${DRIVER}" ${args.join(' ')}`
const serve = (...args: string[]) => ['serve', '--port', '0', '--out', directory, '--cases', '1.1.*', ...args]

/** Starts serving and answers the URL when it listens. */
async function startServing(...args: string[]) {
  const program = startProgram(serve(...args))
  const url = await eventually(() => {
    const found = /^listening (ws:\S+)$/m.exec(program.text())?.[1]
    if (found === undefined) throw new Error('it does not listen yet')
    return found
  })
  return { ...program, url }
}

describe('serve --start', () => {
  it('launches the client, tells it the URL and ends with its report', async () => {
    const { code, text } = await runProgram(serve('--start', command('tester')))
    expect(text).toContain('tester: 8 cases, 8 OK; none failing\n')
    expect(code).toBe(0)
    const index = await readJson('index.json')
    expect(Object.keys(index.tester)).toHaveLength(8)
    expect((await readJson('extra.json')).tester).toMatchObject({ role: 'client', ending: 'completed' })
  })

  it('is not complete when the client leaves cases out', async () => {
    const { code, text } = await runProgram(serve('--start', command('partial', '3')))
    expect(text).toContain('partial: not complete: the client asked for its report with 5 of 8 cases left')
    expect(code).toBe(2)
  })

  it('is not complete when the client leaves without asking for its report', async () => {
    const { code, text } = await runProgram(serve('--start', command('gone', '2', 'silent')))
    expect(text).toContain('gone: not complete: the client left without asking for its report')
    expect(code).toBe(2)
  })

  it('is not complete when no client comes', async () => {
    const { code, text } = await runProgram(serve('--start', 'true'))
    expect(text).toContain('no client came: the command "true" ended with 0\n')
    expect(code).toBe(2)
  })
})

describe('serve', () => {
  it('ends with --once after the report of one client', async () => {
    const program = await startServing('--once')
    await driveClient(program.url, 'a client')
    expect(await program.done).toMatchObject({ code: 0 })
  })

  it('runs until it is interrupted, one client after the other, also the same again', async () => {
    const program = await startServing()
    await driveClient(program.url, 'one', 3)
    await driveClient(program.url, 'two')
    await driveClient(program.url, 'one')
    program.interrupt()
    const { code, text } = await program.done
    expect(text).toContain('one: not complete: the client asked for its report with 5 of 8 cases left')
    expect(text).toMatch(/two: 8 cases, 8 OK; none failing\n[\s\S]*one: 8 cases, 8 OK; none failing\n/)
    expect(code).toBe(0)
    expect(Object.keys(await readJson('index.json'))).toEqual(['one', 'two'])
  })

  it('ends with 0 when it is interrupted before anybody came', async () => {
    const program = await startServing()
    program.interrupt()
    expect(await program.done).toMatchObject({ code: 0 })
  })

  it('says that its port is taken', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    const { code, complaint } = await runProgram(serve('--port', String(port)))
    expect(complaint).toMatch(/^hybi-conformance: .*EADDRINUSE/)
    expect(code).toBe(2)
    await new Promise((resolve) => taken.close(resolve))
  })

  it.each([
    [['--cert', 'x'], '--cert and --key go together'],
    [
      ['--cert', '/nowhere', '--key', '/nowhere'],
      'cannot use the certificate /nowhere with the key /nowhere: ',
    ],
    [['--cert', 'package.json', '--key', 'package.json'], 'with the key package.json: no start line'],
    [['--baseline', '/nowhere'], 'the baseline /nowhere cannot be used'],
  ])('refuses %j', async (args, message) => {
    const { code, complaint } = await runProgram(serve(...args))
    expect(complaint).toContain(message)
    expect(code).toBe(2)
  })
})
