/** A thread that runs fuzzers in turn until its time is over, or the inputs of the short run are. */
import { parentPort, workerData } from 'node:worker_threads'
import { explained } from './explained.ts'
import type { Find, Fuzzer } from './fuzzer.ts'
import { fuzzers } from './fuzzers/all.ts'
import { retained } from './memory.ts'
import type { WorkerMessage, WorkerOrder } from './messages.ts'
import { shortRun } from './short-run.ts'

/** How long one fuzzer of weight 1 runs before the next. */
const SLICE_MS = 100
/** A fuzzer that has found so much has found enough. */
const MOST_FINDS = 5
const MEMORY_EVERY_MS = 15_000
/** What may be kept beside what is there after the first look: code that was compiled, above all. */
const MOST_GROWTH = 64 * 1024 * 1024

const order: WorkerOrder = workerData
const progress = new Int32Array(order.progress)
const deadline = order.deadline ?? Number.POSITIVE_INFINITY
const say = (message: WorkerMessage): void => parentPort?.postMessage(message)

interface Runner {
  readonly fuzzer: Fuzzer
  /** Of the inputs from here on none is run. */
  readonly end: number
  index: number
  inputs: number
  ms: number
  finds: number
}

const runners: Runner[] = fuzzers
  .filter(({ name }) => order.names.includes(name))
  .map((fuzzer) => ({
    fuzzer,
    end: order.deadline === null ? (shortRun[fuzzer.name] ?? 0) : Number.POSITIVE_INFINITY,
    index: order.first,
    inputs: 0,
    ms: 0,
    finds: 0,
  }))

const isAble = ({ index, end, finds }: Runner): boolean => index < end && finds < MOST_FINDS

function note(runner: Runner, find: Find): void {
  runner.finds++
  say({ type: 'find', find })
}

async function runSlice(runner: Runner): Promise<void> {
  const { fuzzer } = runner
  progress[0] = fuzzers.indexOf(fuzzer)
  const startedAt = performance.now()
  const until = startedAt + Math.min(SLICE_MS * fuzzer.weight, deadline - Date.now())
  do {
    progress[1] = runner.index
    const outcome = fuzzer.run(order.seed, runner.index)
    const find = outcome instanceof Promise ? await outcome : outcome
    runner.index += order.step
    runner.inputs++
    if (find !== null) note(runner, find)
  } while (performance.now() < until && isAble(runner))
  runner.ms += performance.now() - startedAt
}

let lookedAt = performance.now()
let before: number | null = null

/** Looks at memory now and then; growth is nobody's in particular. */
function lookAtMemory(): void {
  if (performance.now() - lookedAt < MEMORY_EVERY_MS) return
  lookedAt = performance.now()
  const now = retained()
  before ??= now
  if (now - before < MOST_GROWTH) return
  const fault = `memory has grown from ${before} to ${now} octets`
  say({
    type: 'find',
    find: { fuzzer: order.names.join(), seed: order.seed, index: progress[1], fault, input: '' },
  })
  before = now
}

while (Date.now() < deadline) {
  const able = runners.filter(isAble)
  if (able.length === 0) break
  for (const runner of able) if (Date.now() < deadline || runner.inputs === 0) await runSlice(runner)
  lookAtMemory()
}
await Promise.all(runners.map(({ fuzzer }) => fuzzer.end()))
say({
  type: 'done',
  tallies: runners.map(({ fuzzer, inputs, ms }) => ({ name: fuzzer.name, inputs, ms })),
  explained: [...explained],
})
