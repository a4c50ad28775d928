/** The endpoint under test, launched by a command and stopped with everything it started. */
import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { UsageError } from './failure.ts'

/** How long a server may take until it accepts. */
const START_MS = 30_000
const POLL_MS = 50
/** How long the process group may take to end after SIGTERM. */
const STOP_MS = 5000
/** How long after its last socket a command that ends by itself may take. */
const EXIT_MS = 2000
const KEPT_OUTPUT = 2000

export class Endpoint {
  readonly #process: ChildProcess
  readonly #command: string
  readonly #exited: Promise<void>
  #output = ''
  #exitCode: number | null = null
  #killedBy: NodeJS.Signals | null = null
  #ended = false

  /** Launches `command` by the shell, in a process group of its own. */
  constructor(command: string, environment: Readonly<Record<string, string>> = {}) {
    this.#command = command
    this.#process = spawn(command, {
      shell: true,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString('utf8')).slice(-KEPT_OUTPUT)
      })
    }
    this.#exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#exitCode = code
        this.#killedBy = signal
        this.#ended = true
        resolve()
      }
      this.#process.once('error', () => end(null, null))
      this.#process.once('exit', end)
    })
  }

  /** Settles when the command has ended by itself. */
  get exited(): Promise<void> {
    return this.#exited
  }

  /** Waits until something accepts TCP there. Throws a UsageError when the command ends before, or takes too long. */
  async untilAccepting(host: string, port: number, signal?: AbortSignal): Promise<void> {
    const giveUpAt = performance.now() + START_MS
    while (performance.now() < giveUpAt && signal?.aborted !== true) {
      if (this.#ended) throw new UsageError(this.describeEnd())
      if (await accepts(host, port)) return
      await delay(POLL_MS)
    }
    if (signal?.aborted === true) throw new UsageError('ended before the endpoint accepted')
    throw new UsageError(
      `nothing accepted at ${host}:${port} within ${START_MS / 1000} s of starting "${this.#command}"`,
    )
  }

  /** Whether the command has ended by itself: its sockets are gone a moment before it is. */
  async hasEnded(): Promise<boolean> {
    await Promise.race([this.#exited, delay(EXIT_MS, undefined, { ref: false })])
    return this.#ended
  }

  /** How the command ended, and the last thing it said. */
  describeEnd(): string {
    return `the command "${this.#command}" ended with ${this.#exitCode ?? this.#killedBy ?? 'an error'}${this.#lastWords()}`
  }

  /** Ends the process group: SIGTERM, and SIGKILL for what does not go. */
  async stop(): Promise<void> {
    this.#signal('SIGTERM')
    await Promise.race([this.#exited, delay(STOP_MS, undefined, { ref: false })])
    this.#signal('SIGKILL')
    await this.#exited
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#process
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch (error) {
      // The group is gone already.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }

  #lastWords(): string {
    const lines = this.#output.trim().split('\n')
    const last = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? ''
    return last === '' ? '' : `: ${last.trim()}`
  }
}

/** Throws a UsageError when something accepts there already: it would be tested instead of what is to be started. */
export async function checkFree(host: string, port: number): Promise<void> {
  if (await accepts(host, port)) {
    throw new UsageError(`something accepts at ${host}:${port} already: end it, or leave out --start`)
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 })
    const settle = (accepted: boolean): void => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
    socket.once('timeout', () => settle(false))
  })
}
