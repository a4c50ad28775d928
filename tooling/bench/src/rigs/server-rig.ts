/** A server under a load. */
import type { LoadGenerators } from '../load-generators.ts'
import type { PlayableScenario } from '../scenarios.ts'
import { type Rig, type Sample, type Stretch, sleep } from './rig.ts'
import { type ServerProcess, shareBetween, systemShareBetween } from './server-process.ts'

/** Added to the settling for each connection: what was garbage of its handshake has to be collected first. */
const SETTLE_MS_PER_CONNECTION = 0.1

export class ServerRig implements Rig {
  readonly #server: ServerProcess
  readonly #load: LoadGenerators
  readonly #scenario: PlayableScenario

  constructor(server: ServerProcess, load: LoadGenerators, scenario: PlayableScenario) {
    this.#server = server
    this.#load = load
    this.#scenario = scenario
  }

  measure({ settleMs, measureMs }: Stretch): Promise<Sample> {
    return this.#underLoad(settleMs, () => this.#measureFor(measureMs))
  }

  /** Measures under the profiler of V8, which writes what it saw to a file. */
  profile({ settleMs, measureMs }: Stretch, file: string): Promise<Sample> {
    return this.#underLoad(settleMs, async () => {
      await this.#server.startProfile()
      const sample = await this.#measureFor(measureMs)
      await this.#server.writeProfile(file)
      return sample
    })
  }

  async #underLoad<Outcome>(settleMs: number, act: () => Promise<Outcome>): Promise<Outcome> {
    await this.#load.start(this.#scenario, this.#server.target)
    try {
      await sleep(settleMs + this.#scenario.connections * SETTLE_MS_PER_CONNECTION)
      return await act()
    } finally {
      await this.#load.stop()
    }
  }

  async #measureFor(measureMs: number): Promise<Sample> {
    const [before] = await Promise.all([this.#server.usage(), this.#load.mark()])
    await sleep(measureMs)
    const [after, marked] = await Promise.all([this.#server.usage(), this.#load.mark()])
    if (marked.messages === 0) throw new Error('no message came back in time')
    const messagesPerSecond = (marked.messages * 1000) / marked.elapsedMs
    return {
      // Of two rates, as the processes do not answer at the same instant.
      cpuUsPerMessage: (shareBetween(before, after) * 1e6) / messagesPerSecond,
      messagesPerSecond,
      p50Ms: marked.p50Ms,
      p99Ms: marked.p99Ms,
      systemShare: systemShareBetween(before, after),
      loadShare: marked.loadShare,
      bytesPerConnection: null,
    }
  }

  end(): Promise<void> {
    return this.#server.end()
  }
}
