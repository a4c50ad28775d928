/** Records of all agents so far, handed to the observer one at a time, and the cases that are under way. */
import type { Clock } from '../peer/clock.ts'
import type { CaseRecord } from '../record.ts'
import type { FuzzingServerObserver } from '../runner.ts'

/** A client that has gone leaves a case that is over by then: what is still under way later, it has kept open. */
const REST_MS = 12_000

interface UnderWay {
  readonly agent: string
  readonly id: string
  readonly over: Promise<void>
}

export class Results {
  readonly #clock: Clock
  readonly #observer: FuzzingServerObserver
  readonly #behaviors = new Map<string, Map<string, string>>()
  readonly #underWay = new Set<UnderWay>()
  #queue: Promise<void> = Promise.resolve()

  constructor(clock: Clock, observer: FuzzingServerObserver) {
    this.#clock = clock
    this.#observer = observer
  }

  /** Runs a case of an agent and takes its record. */
  async run(id: string, agent: string, work: () => Promise<CaseRecord>): Promise<void> {
    void this.#enqueue(() => this.#observer.onStart(agent))
    const over = work().then((record) => this.#add(record))
    const one = { agent, id, over }
    this.#underWay.add(one)
    await over
    this.#underWay.delete(one)
  }

  /** The verdict on a case, when the agent has run it. */
  async behavior(agent: string, id: string): Promise<string | undefined> {
    await this.#atRest(agent, id)
    return this.#behaviors.get(agent)?.get(id)
  }

  /** Everything that the agent has begun is with the observer when this settles. */
  async updateReports(agent: string): Promise<void> {
    await this.#atRest(agent)
    await this.#enqueue(() => this.#observer.onUpdateReports(agent))
  }

  settled(): Promise<void> {
    return this.#queue
  }

  #add(record: CaseRecord): void {
    const ofAgent = this.#behaviors.get(record.agent) ?? new Map<string, string>()
    this.#behaviors.set(record.agent, ofAgent.set(record.id, record.behavior))
    void this.#enqueue(() => this.#observer.onRecord(record))
  }

  /** The client may have left a case that the runner still watches: waits for its cases, or for the one of `id`. */
  #atRest(agent: string, id?: string): Promise<void> {
    const waited = [...this.#underWay].filter((one) => one.agent === agent && (id ?? one.id) === one.id)
    return new Promise((resolve) => {
      const cancel = this.#clock.after(REST_MS, resolve)
      void Promise.all(waited.map(({ over }) => over)).then(() => {
        cancel()
        resolve()
      })
    })
  }

  #enqueue(work: () => void | Promise<void>): Promise<void> {
    const done = this.#queue.then(work)
    // What the observer throws is its own to handle; the next record must still reach it.
    this.#queue = done.catch(() => undefined)
    return this.#queue
  }
}
