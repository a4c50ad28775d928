/** A server under a load. */
import type { LoadGenerators } from '../load-generators.ts'
import type { PlayableScenario } from '../scenarios.ts'
import { measureQuietly, type Slice } from './quiet.ts'
import { type Rig, type Sample, type Stretch, sleep } from './rig.ts'
import type { ServerProcess } from './server-process.ts'

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

  measure(stretch: Stretch): Promise<Sample> {
    return this.#underLoad(stretch, () => this.#measure(stretch))
  }

  /** Measures under the profiler of V8, which writes what it saw to a file. */
  profile(stretch: Stretch, file: string): Promise<Sample> {
    return this.#underLoad(stretch, async () => {
      await this.#server.startProfile()
      const sample = await this.#measure(stretch)
      await this.#server.writeProfile(file)
      return sample
    })
  }

  async #underLoad<Outcome>({ settleMs }: Stretch, act: () => Promise<Outcome>): Promise<Outcome> {
    await this.#load.start(this.#scenario, this.#server.target)
    try {
      await sleep(settleMs + this.#scenario.connections * SETTLE_MS_PER_CONNECTION)
      return await act()
    } finally {
      await this.#load.stop()
    }
  }

  async #measure(stretch: Stretch): Promise<Sample> {
    let before = await this.#server.usage()
    const look = async (): Promise<Slice> => {
      const [after, marked] = await Promise.all([this.#server.usage(), this.#load.mark()])
      // By the clock of the load, as the processes do not answer at the same instant.
      const scale = marked.elapsedMs / (after.atMs - before.atMs)
      const cpuUs = (after.cpuUs - before.cpuUs) * scale
      const systemUs = (after.systemUs - before.systemUs) * scale
      before = after
      return { ...marked, cpuUs, systemUs, paceUs: after.paceUs }
    }
    return measureQuietly(stretch, look)
  }

  end(): Promise<void> {
    return this.#server.end()
  }
}
