/** What passes between the threads of a run. */
import type { Find } from './fuzzer.ts'

/** What a worker is told. */
export interface WorkerOrder {
  readonly names: readonly string[]
  readonly seed: number
  /** This worker runs the inputs `first`, `first + step`, … */
  readonly first: number
  readonly step: number
  /** Milliseconds of the epoch at which it ends; null when it ends with the inputs of the short run. */
  readonly deadline: number | null
  /** Two numbers that the worker writes and the main thread watches: the fuzzer that is running, and its input. */
  readonly progress: SharedArrayBuffer
}

export interface Tally {
  readonly name: string
  readonly inputs: number
  readonly ms: number
}

/** What a worker says. */
export type WorkerMessage =
  | { readonly type: 'find'; readonly find: Find }
  | {
      readonly type: 'done'
      readonly tallies: readonly Tally[]
      readonly explained: readonly (readonly [string, number])[]
    }
