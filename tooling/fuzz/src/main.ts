/** `npm run fuzz`: runs the fuzzers for a while, on some threads, and says what they found. */
import { Worker } from 'node:worker_threads'
import { Command, InvalidArgumentError } from 'commander'
import type { Find } from './fuzzer.ts'
import { fuzzers } from './fuzzers/all.ts'
import type { Tally, WorkerMessage, WorkerOrder } from './messages.ts'
import { addUp, describeFind, describeRun } from './report.ts'

interface Flags {
  readonly minutes: number
  readonly short: boolean
  readonly seed: number
  readonly only: readonly string[]
  readonly workers: number
  readonly at: number | undefined
  readonly list: boolean
}

/** No input takes that long, however busy the machine; one that does hangs. */
const HANG_MS = 300_000
const WATCH_MS = 1000
const WORKER_HEAP_MIB = 1024

const tallies: Tally[] = []
const explained = new Map<string, number>()
const finds: Find[] = []

function note(find: Find): void {
  finds.push(find)
  process.stdout.write(describeFind(find))
}

/** Runs one worker to its end; a worker that makes no progress, or dies, is a find. */
function runWorker(order: WorkerOrder): Promise<void> {
  const { promise, resolve } = settleLater()
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MIB },
  })
  const progress = new Int32Array(order.progress)
  let seen = ''
  let movedAt = Date.now()
  let done = false
  const end = (fault: string | null): void => {
    if (done) return
    done = true
    clearInterval(watch)
    if (fault !== null) {
      note({
        fuzzer: fuzzers[progress[0]].name,
        seed: order.seed,
        index: progress[1],
        fault,
        input: 'see below',
      })
    }
    void worker.terminate().then(() => resolve())
  }
  const watch = setInterval(() => {
    const now = progress.join()
    if (now !== seen) movedAt = Date.now()
    seen = now
    if (Date.now() - movedAt > HANG_MS) end(`hangs: no end after ${HANG_MS} ms`)
  }, WATCH_MS)
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'find') return note(message.find)
    tallies.push(...message.tallies)
    for (const [reason, count] of message.explained)
      explained.set(reason, (explained.get(reason) ?? 0) + count)
    end(null)
  })
  worker.on('error', (error) => end(`the thread died: ${error.stack ?? error.message}`))
  worker.on('exit', (code) => end(`the thread ended with ${code}`))
  return promise
}

function settleLater(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

async function run({ minutes, short, seed, only, workers, at, list }: Flags): Promise<void> {
  const chosen = fuzzers.filter(({ name }) => only.length === 0 || only.includes(name))
  if (list) {
    for (const { name, about } of chosen) process.stdout.write(`${name.padEnd(20)} ${about}\n`)
    return
  }
  if (at !== undefined) return again(seed, at)
  process.stdout.write(
    `seed ${seed}, ${short ? 'the short run' : `${minutes} minutes`}, ${workers} threads\n`,
  )
  const deadline = short ? null : Date.now() + minutes * 60_000
  const names = chosen.map(({ name }) => name)
  await Promise.all(
    Array.from({ length: workers }, (_, first) =>
      runWorker({ names, seed, first, step: workers, deadline, progress: new SharedArrayBuffer(8) }),
    ),
  )
  process.stdout.write(describeRun(addUp(tallies), explained, finds))
  if (finds.length > 0) process.exitCode = 1

  async function again(ownSeed: number, index: number): Promise<void> {
    for (const fuzzer of chosen) {
      const find = await fuzzer.run(ownSeed, index)
      if (find === null) process.stdout.write(`${fuzzer.name}: input ${index} is all right\n`)
      else note(find)
      await fuzzer.end()
    }
    if (finds.length > 0) process.exitCode = 1
  }
}

const number = (text: string): number => {
  const value = Number(text)
  if (!(value >= 0)) throw new InvalidArgumentError(`${text} is not a number from 0 up`)
  return value
}

const names = (text: string): string[] => {
  const given = text.split(',')
  const wrong = given.find((name) => !fuzzers.some((fuzzer) => fuzzer.name === name))
  if (wrong !== undefined) {
    throw new InvalidArgumentError(
      `no fuzzer is called ${wrong}; there are ${fuzzers.map(({ name }) => name).join(', ')}`,
    )
  }
  return given
}

await new Command('fuzz')
  .description(
    'feed random and mutated input to every package, and compare with obvious models and other implementations',
  )
  .option('--minutes <n>', 'how long', number, 1)
  .option('--short', 'a fixed number of inputs instead', false)
  .option(
    '--seed <n>',
    'where randomness begins; the same seed gives the same inputs',
    number,
    Date.now() % 0x1_0000_0000,
  )
  .option('--only <names>', 'some of the fuzzers, separated by commas', names, [])
  .option('--workers <n>', 'how many threads', number, 2)
  .option('--at <index>', 'run one input alone: what a find says', number)
  .option('--list', 'say which fuzzers there are', false)
  .action(run)
  .parseAsync()
