/** The examples do what they say. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate } from 'selfsigned'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect } from '../src/index.ts'

interface Run {
  readonly child: ChildProcess
  /** Waits for a line that begins so, and returns the rest of it. */
  line(begin: string): Promise<string>
  /** Waits for the end, and returns all lines. */
  all(): Promise<string[]>
}

function run(name: string, ...args: string[]): Run {
  const path = fileURLToPath(new URL(`../examples/${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@hybi/source', '--import', 'tsx', path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const exited = once(child, 'close')
  const find = (begin: string): string | undefined =>
    output
      .split('\n')
      .slice(0, -1)
      .find((line) => line.startsWith(begin))
      ?.slice(begin.length)
  return {
    child,
    line: async (begin) => {
      for (;;) {
        const found = find(begin)
        if (found !== undefined) return found
        await Promise.race([
          once(child.stdout, 'data'),
          exited.then(([code]) => Promise.reject(new Error(`${name} ended with ${code}`))),
        ])
      }
    },
    all: async () => {
      await exited
      return output.trim().split('\n')
    },
  }
}

/** A folder for the files of one test. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hybi-examples-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

describe('the example', { timeout: 30_000, concurrent: false }, () => {
  test('standalone greets, echoes and drains; client talks to it', async () => {
    const server = run('standalone')
    const url = await server.line('listening ')
    const client = run('client', url, 'hello', 'world')
    expect(await client.all()).toEqual([
      'received: welcome',
      'received: hello',
      'received: world',
      expect.stringMatching(/^round trip: \d+ ms$/),
      'closed: 1000 clean',
    ])
    expect(client.child.exitCode).toBe(0)
    expect(await server.line('closed: ')).toBe('1000 close')
    server.child.kill('SIGTERM')
    expect((await server.all()).at(-1)).toBe('all connections are gone')
  })

  test('attached serves pages and connections behind one login', async () => {
    const url = await run('attached').line('listening ')
    const login = { headers: { Cookie: 'session=secret-of-ann' } }
    expect(await (await fetch(url, login)).text()).toBe('hello ann')
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(`${url}/other`, login)).status).toBe(404)
    await expect(connect(`${url}/chat`)).rejects.toMatchObject({ status: 401 })
    const connection = await connect(`${url}/chat`, login)
    connection.send('hi')
    expect((await connection.receive())?.text).toBe('ann: hi')
    connection.send(Uint8Array.of(1))
    expect(await connection.closed).toMatchObject({ code: 1011 })
    expect((await fetch(url)).status).toBe(401)
  })

  test('streaming sends a file and hashes it', async () => {
    const file = join(folder(), 'file')
    const bytes = Buffer.alloc(20 * 1024 * 1024, 'streaming')
    writeFileSync(file, bytes)
    const hash = createHash('sha256').update(bytes).digest('hex')
    expect(await run('streaming', file).all()).toEqual([`${bytes.length} octets, sha256 ${hash}`])
  })

  test('broadcast reaches all', async () => {
    const lines = await run('broadcast', '4', '3').all()
    expect(lines.at(-1)).toBe('received: 3 3 3 3')
    expect(lines[0]).toBe('tick 0: sent to 4, skipped 0')
  })

  test('client-certificates lets in who has one', async () => {
    const path = folder()
    const authority = await generate([{ name: 'commonName', value: 'Authority' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'basicConstraints', cA: true }],
    })
    const signed = {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { key: authority.private, cert: authority.cert },
    } as const
    const server = await generate([{ name: 'commonName', value: 'localhost' }], {
      ...signed,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    })
    const client = await generate([{ name: 'commonName', value: 'ann' }], signed)
    const files = {
      ca: authority.cert,
      cert: server.cert,
      key: server.private,
      clientCert: client.cert,
      clientKey: client.private,
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
    const lines = await run(
      'client-certificates',
      ...Object.keys(files).map((name) => join(path, name)),
    ).all()
    expect(lines).toEqual(['hello ann', 'without certificate: ConnectError'])
  })
})
