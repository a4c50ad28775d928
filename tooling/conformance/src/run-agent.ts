/** Runs the conformance runner on one agent, as a user would: by its command line. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import type { AgentUnderTest } from './agents.ts'
import { type Count, countOf } from './count.ts'

export const root = resolve(import.meta.dirname, '../../..')
export const expectedTables = join(root, 'tooling/conformance/expected')
const RUNNER = join(root, 'apps/conformance/dist/main.js')

export interface RunSettings {
  readonly profile: 'quick' | 'full'
  readonly out: string
  readonly cases: string | undefined
}

/** Runs it, passing on what it says; answers how many cases came out as expected. */
export async function runAgent(agent: AgentUnderTest, { profile, out, cases }: RunSettings): Promise<Count> {
  const port = await freePort()
  const command = [process.execPath, ...agent.command(port)].map(quote).join(' ')
  const common = [
    '--start',
    command,
    '--out',
    out,
    '--profile',
    profile,
    ...(cases === undefined ? [] : ['--cases', cases]),
    ...(agent.strict ? ['--strict'] : []),
    '--baseline',
    join(expectedTables, agent.expected),
  ]
  const args =
    agent.role === 'server'
      ? ['run', '--url', `${agent.scheme}://127.0.0.1:${port}`, '--agent', agent.name, ...common]
      : ['serve', '--port', '0', ...(agent.scheme === 'wss' ? ['--tls-port', '0'] : []), ...common]
  const { output, code } = await spawnAndHear(process.execPath, [RUNNER, ...args])
  return countOf(output, code)
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

function spawnAndHear(command: string, args: readonly string[]): Promise<{ output: string; code: number }> {
  return new Promise((resolved, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
      process.stdout.write(chunk)
    })
    child.once('error', reject)
    child.once('close', (code) => resolved({ output, code: code ?? 1 }))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolved, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolved(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
