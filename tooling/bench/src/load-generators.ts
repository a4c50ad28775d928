/** The load, shared by processes so that it is not the bottleneck. They are used for one server after the other. */
import { availableParallelism } from 'node:os'
import { Child } from '@hybi/test-support/child'
import type { Target } from './load/load.ts'
import type { LoadRequest } from './load/main.ts'
import { partOf, processesFor } from './load/share.ts'
import type { Marked } from './load/tally.ts'
import type { PlayableScenario } from './scenarios.ts'

/** One core is the server's. */
const CORES = Math.max(1, availableParallelism() - 1)

const PROCESSES = Math.min(3, CORES)

export class LoadGenerators {
  readonly #children = Array.from(
    { length: PROCESSES },
    () => new Child('load', new URL('./load/main.ts', import.meta.url), []),
  )
  /** Those that take part in what runs. */
  #playing: readonly Child[] = []

  /** Resolves once every connection is open and loaded. */
  async start(scenario: PlayableScenario, target: Target): Promise<void> {
    const count = processesFor(scenario, PROCESSES)
    this.#playing = this.#children.slice(0, count)
    await this.#askAll((index) => ({ do: 'start', scenario: partOf(scenario, index, count), target }))
  }

  /** What all saw since the mark before: latencies are the worst of the processes, the shares are of what all together could have had. */
  async mark(): Promise<Marked> {
    const all = await this.#askAll<Marked>(() => ({ do: 'mark' }))
    const most = (read: (marked: Marked) => number): number => Math.max(...all.map(read))
    const mean = (read: (marked: Marked) => number): number =>
      all.reduce((sum, marked) => sum + read(marked), 0) / all.length
    return {
      messages: all.reduce((sum, { messages }) => sum + messages, 0),
      elapsedMs: most(({ elapsedMs }) => elapsedMs),
      p50Ms: most(({ p50Ms }) => p50Ms),
      p99Ms: most(({ p99Ms }) => p99Ms),
      loadShare: mean(({ loadShare }) => loadShare),
      systemShare: mean(({ systemShare }) => systemShare),
    }
  }

  async stop(): Promise<void> {
    await this.#askAll(() => ({ do: 'stop' }))
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.end()))
  }

  #askAll<Answer extends object>(request: (index: number) => LoadRequest): Promise<Answer[]> {
    return Promise.all(this.#playing.map((child, index) => child.ask<Answer>(request(index))))
  }
}
