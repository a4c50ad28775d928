/** A process with one of the servers in it. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Child } from '@hybi/test-support/child'
import type { Target } from '../load/load.ts'
import { needsOf } from '../needs.ts'
import type { PlayableScenario } from '../scenarios.ts'
import type { ServerOptions, ServerRequest, Started, Usage } from '../servers/server.ts'
import { type Contestant, splitName } from '../servers/table.ts'

export interface Certificate {
  readonly cert: string
  readonly key: string
}

export class ServerProcess {
  readonly target: Target
  readonly #child: Child

  constructor(child: Child, target: Target) {
    this.#child = child
    this.target = target
  }

  static async start(
    contestant: Contestant,
    scenario: PlayableScenario,
    certificate: Certificate,
  ): Promise<ServerProcess> {
    const needs = needsOf(scenario)
    const options: ServerOptions = {
      ...certificate,
      mode: needs.broadcast ? 'broadcast' : 'echo',
      strings: needs.strings,
      attached: needs.attached,
    }
    const child = new Child(contestant.name, moduleOf(contestant), [
      splitName(contestant.name)[0],
      JSON.stringify(options),
    ])
    try {
      const ports = await child.ask<Started>()
      return new ServerProcess(child, { ...ports, echoesOctets: contestant.echoesOctets })
    } catch (error) {
      await child.end()
      throw error
    }
  }

  /** What it has used so far; `collect` makes it collect its garbage first. */
  usage({ collect }: { collect: boolean } = { collect: false }): Promise<Usage> {
    return this.#ask({ do: 'usage', collect })
  }

  startProfile(): Promise<object> {
    return this.#ask({ do: 'start-profile' })
  }

  /** Writes what was sampled since `startProfile` to a file that DevTools and editors open. */
  writeProfile(file: string): Promise<object> {
    return this.#ask({ do: 'write-profile', file })
  }

  end(): Promise<void> {
    return this.#child.end()
  }

  #ask<Answer extends object>(request: ServerRequest): Promise<Answer> {
    return this.#child.ask<Answer>(request)
  }
}

/** What runs a contestant, as it is built in the checkout that it is from. */
const moduleOf = ({ checkout }: Contestant): URL =>
  checkout === undefined
    ? new URL('../../dist/servers.js', import.meta.url)
    : pathToFileURL(join(checkout, builtServers))

/** Where a checkout has its servers once it is built. */
export const builtServers = 'tooling/bench/dist/servers.js'

/** Processor time per wall time between two looks at a process, 1 being one core. */
export const shareBetween = (before: Usage, after: Usage): number =>
  (after.cpuUs - before.cpuUs) / 1000 / (after.atMs - before.atMs)
