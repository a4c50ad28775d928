/** A client that sends to a server and checks the echoes itself; what is measured is the client. */
import { Child } from '@hybi/test-support/child'
import type { ClientOptions, ClientRequest } from '../clients/client.ts'
import type { Marked } from '../load/tally.ts'
import type { ClientScenario } from '../scenarios.ts'
import { type Rig, type Sample, type Stretch, sleep } from './rig.ts'
import { type ServerProcess, shareBetween } from './server-process.ts'

export class ClientRig implements Rig {
  readonly #client: Child
  readonly #server: ServerProcess

  constructor(name: string, server: ServerProcess, scenario: ClientScenario) {
    const options: ClientOptions = { url: `ws://127.0.0.1:${server.target.port}/`, scenario }
    this.#client = new Child(`client ${name}`, new URL('../clients/main.ts', import.meta.url), [
      name,
      JSON.stringify(options),
    ])
    this.#server = server
  }

  async measure({ settleMs, measureMs }: Stretch): Promise<Sample> {
    await this.#ask({ do: 'start' })
    try {
      await sleep(settleMs)
      const [before] = await Promise.all([this.#server.usage(), this.#ask<Marked>({ do: 'mark' })])
      await sleep(measureMs)
      const [after, marked] = await Promise.all([this.#server.usage(), this.#ask<Marked>({ do: 'mark' })])
      if (marked.messages === 0) throw new Error('no message came back in time')
      const messagesPerSecond = (marked.messages * 1000) / marked.elapsedMs
      return {
        cpuUsPerMessage: (marked.loadShare * 1e6) / messagesPerSecond,
        messagesPerSecond,
        p50Ms: marked.p50Ms,
        p99Ms: marked.p99Ms,
        systemShare: marked.systemShare,
        loadShare: shareBetween(before, after),
        bytesPerConnection: null,
      }
    } finally {
      await this.#ask({ do: 'stop' })
    }
  }

  async end(): Promise<void> {
    await Promise.all([this.#client.end(), this.#server.end()])
  }

  #ask<Answer extends object>(request: ClientRequest): Promise<Answer> {
    return this.#client.ask<Answer>(request)
  }
}
