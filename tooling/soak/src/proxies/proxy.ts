/** A proxy program in front of a server, with a configuration in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where the proxy listens, and what is behind it. All on 127.0.0.1. */
export interface Ports {
  readonly plain: number
  readonly secure: number
  /** The server's ws and wss ports. */
  readonly target: number
  readonly secureTarget: number
}

export interface ProxyOptions extends Ports {
  readonly cert: string
  readonly key: string
  /** How long a connection may be silent, in seconds. */
  readonly idleSeconds: number
}

export interface ProxyKind {
  /** Files by name, given the folder they are in. */
  configure(options: ProxyOptions, folder: string): Readonly<Record<string, string>>
  /** What the program is called with. */
  args(folder: string): readonly string[]
}

const START_DEADLINE_MS = 10_000
const POLL_MS = 20

export class ProxyProgram {
  readonly plain: number
  readonly secure: number
  readonly #process: ChildProcess
  readonly #folder: string
  #said = ''

  constructor(program: ChildProcess, folder: string, { plain, secure }: Ports) {
    this.plain = plain
    this.secure = secure
    this.#process = program
    this.#folder = folder
    program.stderr?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString()
    })
  }

  /** Starts the program and waits until it listens. */
  static async start(path: string, kind: ProxyKind, options: ProxyOptions): Promise<ProxyProgram> {
    const folder = mkdtempSync(join(tmpdir(), 'hybi-proxy-'))
    for (const [name, text] of Object.entries(kind.configure(options, folder)))
      writeFileSync(join(folder, name), text)
    const program = spawn(path, kind.args(folder), { stdio: ['ignore', 'ignore', 'pipe'] })
    const proxy = new ProxyProgram(program, folder, options)
    const giveUpAt = Date.now() + START_DEADLINE_MS
    while (!((await listens(options.plain)) && (await listens(options.secure)))) {
      if (program.exitCode !== null || Date.now() > giveUpAt) {
        await proxy.end()
        throw new Error(`${path} did not start: ${proxy.#said}`)
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    return proxy
  }

  async end(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const gone = new Promise((resolve) => this.#process.once('exit', resolve))
      this.#process.kill('SIGTERM')
      await gone
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
