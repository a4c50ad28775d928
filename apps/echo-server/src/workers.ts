/** Several processes that share the ports, by node:cluster: the primary starts, watches and ends the workers. */
import cluster, { type Worker } from 'node:cluster'
import type { Certificate } from './certificate.ts'
import type { EchoOptions } from './command-line.ts'
import { explain } from './explain.ts'
import type { Log } from './log.ts'
import { type Serving, serve } from './serve.ts'

/** What the primary tells a worker. */
export interface Assignment {
  readonly options: EchoOptions
  readonly certificate: Certificate | null
}

/** What a worker tells the primary: that it listens, or why it cannot. */
type Word = { readonly urls: readonly string[] } | { readonly error: string }

const nextWord = (worker: Worker): Promise<Word> =>
  new Promise((resolve) => {
    const onExit = (code: number): void => resolve({ error: `a worker ended with ${code}` })
    worker.once('exit', onExit)
    worker.once('message', (word: Word) => {
      worker.off('exit', onExit)
      resolve(word)
    })
  })

/** Starts a worker and waits until it listens. */
async function startWorker(assignment: Assignment): Promise<{ worker: Worker; urls: readonly string[] }> {
  const worker = cluster.fork()
  const word = nextWord(worker)
  worker.send(assignment)
  const said = await word
  if ('urls' in said) return { worker, urls: said.urls }
  throw new Error(said.error)
}

const ended = (worker: Worker): Promise<void> =>
  new Promise((resolve) => {
    if (worker.isDead()) resolve()
    else worker.once('exit', () => resolve())
  })

/** Runs `options.workers` processes. One that dies is replaced until the server closes. */
export async function serveByWorkers(assignment: Assignment, log: Log): Promise<Serving> {
  const workers = new Set<Worker>()
  let closing = false

  const watch = (worker: Worker): void => {
    workers.add(worker)
    worker.once('exit', (code, signal) => {
      workers.delete(worker)
      if (closing) return
      log.error('worker ended', {
        pid: worker.process.pid,
        code: code ?? undefined,
        signal: signal ?? undefined,
      })
      startWorker(assignment).then(
        (started) => watch(started.worker),
        (error: unknown) => log.error('worker not replaced', { message: String(error) }),
      )
    })
  }
  const close = async (): Promise<void> => {
    closing = true
    const running = [...workers]
    for (const worker of running) worker.process.kill('SIGTERM')
    await Promise.all(running.map(ended))
  }

  const starts = await Promise.allSettled(
    Array.from({ length: assignment.options.workers }, () => startWorker(assignment)),
  )
  let urls: readonly string[] = []
  let failure: unknown = null
  for (const start of starts) {
    if (start.status === 'rejected') failure ??= start.reason
    else {
      urls = start.value.urls
      watch(start.value.worker)
    }
  }
  if (failure !== null) {
    await close()
    throw failure
  }
  return { urls, close }
}

/** The worker's side: waits for its assignment, serves, and says so. */
export async function serveAsWorker(logFor: (options: EchoOptions) => Log): Promise<Serving> {
  const { options, certificate } = await new Promise<Assignment>((resolve) =>
    process.once('message', resolve),
  )
  try {
    const serving = await serve(options, certificate, logFor(options))
    process.send?.({ urls: serving.urls })
    return serving
  } catch (error) {
    process.send?.({ error: explain(error) })
    throw error
  }
}
