/** The echo server as a command, with several processes: what counts is how much it gets done. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { LoadGenerators } from '../load-generators.ts'
import type { EchoScenario } from '../scenarios.ts'
import { type Rig, type Sample, type Stretch, sleep } from './rig.ts'

/** The built command. */
const echoServer = (): string =>
  fileURLToPath(new URL('dist/main.js', import.meta.resolve('@hybi/echo-server/package.json')))

export class WorkersRig implements Rig {
  readonly #process: ChildProcess
  readonly #port: number
  readonly #load: LoadGenerators
  readonly #scenario: EchoScenario

  constructor(process: ChildProcess, port: number, load: LoadGenerators, scenario: EchoScenario) {
    this.#process = process
    this.#port = port
    this.#load = load
    this.#scenario = scenario
  }

  static async start(workers: number, load: LoadGenerators, scenario: EchoScenario): Promise<WorkersRig> {
    const args = ['--port', '0', '--no-tls', '--workers', String(workers), '--log-level', 'silent']
    const child = spawn(process.execPath, [echoServer(), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const port = await new Promise<number>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`hybi-echo ended with ${code}`)))
      createInterface(child.stdout).on('line', (line) => {
        const url = /^listening (ws:.*)$/.exec(line)?.[1]
        if (url !== undefined) resolve(Number(new URL(url).port))
      })
    })
    return new WorkersRig(child, port, load, scenario)
  }

  async measure({ settleMs, measureMs }: Stretch): Promise<Sample> {
    await this.#load.start(this.#scenario, { port: this.#port, tlsPort: 0, echoesOctets: false })
    try {
      await sleep(settleMs)
      await this.#load.mark()
      await sleep(measureMs)
      const { messages, elapsedMs, p50Ms, p99Ms, loadShare } = await this.#load.mark()
      if (messages === 0) throw new Error('no message came back in time')
      const messagesPerSecond = (messages * 1000) / elapsedMs
      return {
        cpuUsPerMessage: null,
        messagesPerSecond,
        p50Ms,
        p99Ms,
        systemShare: null,
        loadShare,
        quietShare: null,
        pace: null,
        bytesPerConnection: null,
      }
    } finally {
      await this.#load.stop()
    }
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#process.exitCode !== null) return resolve()
      this.#process.once('exit', () => resolve())
      this.#process.kill('SIGTERM')
    })
  }
}
