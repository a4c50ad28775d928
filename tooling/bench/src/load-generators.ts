/** The load of one scenario, shared by two processes so that it is not the bottleneck. */
import { Child } from '@hybi/test-support/child'
import type { Target } from './load/load.ts'
import type { Marked } from './load/tally.ts'
import type { Scenario } from './scenarios.ts'

const MOST_PROCESSES = 2

/** A broadcast is one story, and one connection cannot be shared. */
const processesFor = (scenario: Scenario): number =>
  scenario.kind === 'broadcast' ? 1 : Math.min(MOST_PROCESSES, scenario.connections)

export class LoadGenerators {
  readonly #children: readonly Child[]

  constructor(scenario: Scenario) {
    this.#children = Array.from(
      { length: processesFor(scenario) },
      () => new Child('load', new URL('./load/main.ts', import.meta.url), []),
    )
  }

  /** Resolves once every connection is open and loaded. */
  async start(scenario: Scenario, target: Target): Promise<void> {
    const count = this.#children.length
    await Promise.all(
      this.#children.map((child, index) => {
        const connections = Math.floor((scenario.connections + index) / count)
        return child.ask({ do: 'start', scenario: { ...scenario, connections }, target })
      }),
    )
  }

  /** What all saw since the mark before: latencies are the worst of the processes, the share that of the busiest. */
  async mark(): Promise<Marked> {
    const all = await Promise.all(this.#children.map((child) => child.ask<Marked>({ do: 'mark' })))
    const most = (read: (marked: Marked) => number): number => Math.max(...all.map(read))
    return {
      messages: all.reduce((sum, { messages }) => sum + messages, 0),
      elapsedMs: most(({ elapsedMs }) => elapsedMs),
      p50Ms: most(({ p50Ms }) => p50Ms),
      p99Ms: most(({ p99Ms }) => p99Ms),
      loadShare: most(({ loadShare }) => loadShare),
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.ask({ do: 'stop' })))
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.end()))
  }
}
