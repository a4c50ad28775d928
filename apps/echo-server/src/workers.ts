/**
 * Several processes that share the ports, by node:cluster.
 *
 *     primary ◀── 'ready' ───── worker      what is sent before a worker hears it is lost
 *     primary ── Assignment ──▶ worker      or SIGKILL, when the server closes by now
 *     primary ◀── Report ────── worker      it listens, or why it cannot
 *     primary ── 'drain' ─────▶ worker      the worker ends its connections, and exits
 */
import cluster, { type Worker } from 'node:cluster'
import type { Certificate } from './certificate.ts'
import type { EchoOptions } from './command-line.ts'
import { explain } from './explain.ts'
import type { Log } from './log.ts'
import type { Serving } from './serve.ts'

/** What the primary tells a worker to serve. */
export interface Assignment {
  readonly options: EchoOptions
  readonly certificate: Certificate | null
}

/** What became of it. */
type Report = { readonly urls: readonly string[] } | { readonly error: string }

const READY = 'ready'
const DRAIN = 'drain'

/** What a worker may need beyond the drain timeout to drop its connections and exit. */
const EXIT_MS = 1000

/** Runs `options.workers` processes. One that dies is replaced; when that fails the server is broken. */
export async function serveByWorkers(assignment: Assignment, log: Log): Promise<Serving> {
  const team = new Team(assignment, log)
  try {
    await team.start()
  } catch (error) {
    await team.close()
    throw error
  }
  return team
}

class Team implements Serving {
  urls: readonly string[]
  readonly broken: Promise<never>
  readonly #assignment: Assignment
  readonly #log: Log
  readonly #workers: Set<Worker>
  #break: (error: Error) => void
  #closing: boolean

  constructor(assignment: Assignment, log: Log) {
    this.urls = []
    this.#assignment = assignment
    this.#log = log
    this.#workers = new Set()
    this.#break = () => undefined
    this.broken = new Promise((_, reject) => {
      this.#break = reject
    })
    this.broken.catch(() => undefined)
    this.#closing = false
    // Whatever ends the primary before its time ends the workers too, those included that are too busy to notice.
    process.once('exit', () => {
      for (const worker of this.#workers) worker.process.kill('SIGKILL')
    })
  }

  async start(): Promise<void> {
    const { workers } = this.#assignment.options
    const starts = await Promise.allSettled(Array.from({ length: workers }, () => this.#startWorker()))
    for (const start of starts) {
      if (start.status === 'rejected') throw start.reason
      this.urls = start.value
    }
  }

  async close(): Promise<void> {
    this.#closing = true
    const timer = setTimeout(() => this.#killStuck(), this.#assignment.options.drainTimeout + EXIT_MS)
    await Promise.all(
      [...this.#workers].map(async (worker) => {
        if (worker.isConnected()) worker.send(DRAIN)
        await ended(worker)
      }),
    )
    clearTimeout(timer)
  }

  #killStuck(): void {
    for (const worker of this.#workers) {
      this.#log.error('worker stuck', { pid: worker.process.pid })
      worker.process.kill('SIGKILL')
    }
  }

  /** Starts a worker and waits until it listens, and says where. */
  async #startWorker(): Promise<readonly string[]> {
    const worker = cluster.fork()
    const { pid } = worker.process
    this.#workers.add(worker)
    worker.once('exit', () => this.#workers.delete(worker))
    worker.on('error', (error) => this.#log.error('worker', { pid, message: explain(error) }))
    const report = await this.#assign(worker)
    if ('error' in report) throw new Error(report.error)
    worker.once('exit', (code, signal) => {
      if (!this.#closing) this.#replace(pid, signal ?? code)
    })
    this.#log.info('worker listens', { pid })
    return report.urls
  }

  /** Gives a worker its assignment, and waits for what becomes of it. */
  #assign(worker: Worker): Promise<Report> {
    return new Promise((resolve) => {
      worker.once('exit', (code, signal) => resolve({ error: `a worker ended with ${signal ?? code}` }))
      worker.on('message', (message: typeof READY | Report) => {
        if (message !== READY) resolve(message)
        // It serves nobody yet, and may not have heard that it is to drain.
        else if (this.#closing) worker.process.kill('SIGKILL')
        else worker.send(this.#assignment)
      })
    })
  }

  #replace(pid: number | undefined, how: string | number): void {
    this.#log.error('worker ended', { pid, how })
    this.#startWorker().then((urls) => {
      if (urls.join() !== this.urls.join())
        this.#break(new Error('all workers ended, and their port is lost'))
    }, this.#break)
  }
}

const ended = (worker: Worker): Promise<void> =>
  new Promise((resolve) => {
    if (worker.isDead()) resolve()
    else worker.once('exit', () => resolve())
  })

/** The worker's side: waits for its assignment, serves it, and settles when it was told to drain and has done so. */
export async function workForPrimary(serve: (assignment: Assignment) => Promise<Serving>): Promise<void> {
  const assigned = new Promise<Assignment>((resolve) => {
    process.on('message', (message: Assignment | typeof DRAIN) => {
      if (message !== DRAIN) resolve(message)
    })
  })
  const drainAsked = new Promise<void>((resolve) => {
    process.on('message', (message) => {
      if (message === DRAIN) resolve()
    })
  })
  try {
    await tellPrimary(READY)
    const serving = await serve(await assigned)
    await tellPrimary({ urls: serving.urls })
    await drainAsked
    await serving.close()
  } catch (error) {
    await tellPrimary({ error: explain(error) })
  }
}

/** Settles when the message is on its way, so that the process may end. */
const tellPrimary = (message: typeof READY | Report): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, () => resolve())
  })
