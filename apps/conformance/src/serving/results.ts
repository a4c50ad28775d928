/** Records of all agents so far, handed to the observer one at a time. */
import type { CaseRecord } from '../record.ts'
import type { FuzzingServerObserver } from '../runner.ts'
import type { CaseDefinition } from '../suite.ts'

export class Results {
  readonly #observer: FuzzingServerObserver
  readonly #behaviors = new Map<string, Map<string, string>>()
  #queue: Promise<void> = Promise.resolve()

  constructor(observer: FuzzingServerObserver) {
    this.#observer = observer
  }

  start(definition: CaseDefinition, agent: string): void {
    this.#observer.onStart?.(definition, agent)
  }

  add(record: CaseRecord): void {
    const ofAgent = this.#behaviors.get(record.agent) ?? new Map<string, string>()
    this.#behaviors.set(record.agent, ofAgent.set(record.id, record.behavior))
    this.#enqueue(() => this.#observer.onRecord(record))
  }

  /** The verdict on a case, when the agent has run it. */
  behavior(agent: string, id: string): string | undefined {
    return this.#behaviors.get(agent)?.get(id)
  }

  /** Everything recorded before is with the observer when this settles. */
  updateReports(agent: string): Promise<void> {
    return this.#enqueue(() => this.#observer.onUpdateReports(agent))
  }

  settled(): Promise<void> {
    return this.#queue
  }

  #enqueue(work: () => void | Promise<void>): Promise<void> {
    const done = this.#queue.then(work)
    // What the observer throws is its own to handle; the next record must still reach it.
    this.#queue = done.catch(() => undefined)
    return this.#queue
  }
}
