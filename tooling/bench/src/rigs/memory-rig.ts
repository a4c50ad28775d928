/** What a server holds for connections that are open and silent: each measurement has a server of its own. */
import type { LoadGenerators } from '../load-generators.ts'
import type { MemoryScenario } from '../scenarios.ts'
import { type Rig, type Sample, sleep } from './rig.ts'
import type { ServerProcess } from './server-process.ts'

/** For what is freed or finished some time after the connections are there. */
const SETTLE_MS = 400

export class MemoryRig implements Rig {
  readonly #startServer: () => Promise<ServerProcess>
  readonly #load: LoadGenerators
  readonly #scenario: MemoryScenario

  constructor(startServer: () => Promise<ServerProcess>, load: LoadGenerators, scenario: MemoryScenario) {
    this.#startServer = startServer
    this.#load = load
    this.#scenario = scenario
  }

  async measure(): Promise<Sample> {
    const server = await this.#startServer()
    try {
      // Some connections come and go first, so that what a process allocates once is not counted.
      await this.#open(server, Math.ceil(this.#scenario.connections / 10))
      await this.#load.stop()
      await sleep(SETTLE_MS)
      const before = await server.usage({ collect: true })
      await this.#open(server, this.#scenario.connections)
      await sleep(SETTLE_MS)
      const after = await server.usage({ collect: true })
      return {
        cpuUsPerMessage: null,
        messagesPerSecond: 0,
        p50Ms: 0,
        p99Ms: 0,
        systemShare: null,
        loadShare: 0,
        quietShare: null,
        pace: null,
        // The resident set, since zlib and sockets live outside the heap.
        bytesPerConnection: (after.memory.rss - before.memory.rss) / this.#scenario.connections,
      }
    } finally {
      await this.#load.stop()
      await server.end()
    }
  }

  end(): Promise<void> {
    return Promise.resolve()
  }

  #open(server: ServerProcess, connections: number): Promise<void> {
    return this.#load.start({ ...this.#scenario, connections }, server.target)
  }
}
