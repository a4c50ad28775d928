/** A client that sends to a server and checks the echoes itself; what is measured is the client. */
import { Child } from '@hybi/test-support/child'
import type { ClientMarked, ClientOptions, ClientRequest } from '../clients/client.ts'
import type { ClientScenario } from '../scenarios.ts'
import { measureQuietly, type Slice } from './quiet.ts'
import { type Rig, type Sample, type Stretch, sleep } from './rig.ts'
import { type ServerProcess, shareBetween } from './server-process.ts'

export class ClientRig implements Rig {
  readonly #client: Child
  readonly #server: ServerProcess

  constructor(name: string, server: ServerProcess, scenario: ClientScenario) {
    const options: ClientOptions = { url: `ws://127.0.0.1:${server.target.port}/`, scenario }
    this.#client = new Child(`client ${name}`, new URL('../../dist/clients.js', import.meta.url), [
      name,
      JSON.stringify(options),
    ])
    this.#server = server
  }

  async measure(stretch: Stretch): Promise<Sample> {
    await this.#ask({ do: 'start' })
    try {
      await sleep(stretch.settleMs)
      let before = await this.#server.usage()
      const look = async (): Promise<Slice> => {
        const [after, marked] = await Promise.all([
          this.#server.usage(),
          this.#ask<ClientMarked>({ do: 'mark' }),
        ])
        const cpuUs = marked.loadShare * marked.elapsedMs * 1000
        const loadShare = shareBetween(before, after)
        before = after
        return { ...marked, cpuUs, systemUs: marked.systemShare * cpuUs, loadShare }
      }
      return await measureQuietly(stretch, look)
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
