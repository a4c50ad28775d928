/** One measurement: one server process under one load for a stretch of time. */
import { Child } from '@hybi/test-support/child'
import type { Target } from './load/load.ts'
import { LoadGenerators } from './load-generators.ts'
import { needsOf } from './needs.ts'
import type { Scenario } from './scenarios.ts'
import type { ServerOptions, Started } from './servers/server.ts'
import type { Contestant } from './servers/table.ts'

export interface Sample {
  /** Microseconds of processor time of the server process for each message; all threads, user and system. */
  readonly cpuUsPerMessage: number
  readonly messagesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Share of one core that the load generator used. */
  readonly loadShare: number
  /** Octets of memory for each idle connection; `null` but in the memory scenarios. */
  readonly bytesPerConnection: number | null
}

export interface Durations {
  readonly warmUpMs: number
  readonly measureMs: number
}

interface Usage {
  readonly cpuUs: number
  readonly memory: NodeJS.MemoryUsage
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Starts a fresh server process for the scenario, loads it, and measures the stretch after the warm-up. */
export async function measure(
  contestant: Contestant,
  scenario: Scenario,
  durations: Durations,
  certificate: Certificate,
): Promise<Sample> {
  const needs = needsOf(scenario)
  const options: ServerOptions = {
    ...certificate,
    mode: needs.broadcast ? 'broadcast' : 'echo',
    strings: needs.strings,
    attached: needs.attached,
  }
  const server = new Child(contestant.name, new URL('./servers/main.ts', import.meta.url), [
    contestant.name,
    JSON.stringify(options),
  ])
  const load = new LoadGenerators(scenario)
  try {
    const ports = await server.ask<Started>()
    const target = { ...ports, echoesOctets: contestant.echoesOctets }
    return scenario.kind === 'memory'
      ? await measureMemory(server, load, scenario, target)
      : await measureWork(server, load, scenario, target, durations)
  } finally {
    await Promise.all([server.end(), load.end()])
  }
}

async function measureWork(
  server: Child,
  load: LoadGenerators,
  scenario: Scenario,
  target: Target,
  { warmUpMs, measureMs }: Durations,
): Promise<Sample> {
  await load.start(scenario, target)
  await sleep(warmUpMs)
  const [before] = await Promise.all([server.ask<Usage>({ collect: false }), load.mark()])
  await sleep(measureMs)
  const [after, marked] = await Promise.all([server.ask<Usage>({ collect: false }), load.mark()])
  await load.stop()
  if (marked.messages === 0) throw new Error('no message came back in time')
  return {
    cpuUsPerMessage: (after.cpuUs - before.cpuUs) / marked.messages,
    messagesPerSecond: (marked.messages * 1000) / marked.elapsedMs,
    p50Ms: marked.p50Ms,
    p99Ms: marked.p99Ms,
    loadShare: marked.loadShare,
    bytesPerConnection: null,
  }
}

/** Opens once and lets go first, so that what a process allocates once is not counted. */
async function measureMemory(
  server: Child,
  load: LoadGenerators,
  scenario: Scenario,
  target: Target,
): Promise<Sample> {
  const warm = { ...scenario, connections: Math.ceil(scenario.connections / 10) }
  await load.start(warm, target)
  await load.stop()
  await sleep(200)
  const before = await server.ask<Usage>({ collect: true })
  await load.start(scenario, target)
  await sleep(500)
  const after = await server.ask<Usage>({ collect: true })
  await load.stop()
  const grown = usedBy(after) - usedBy(before)
  return {
    cpuUsPerMessage: 0,
    messagesPerSecond: 0,
    p50Ms: 0,
    p99Ms: 0,
    loadShare: 0,
    bytesPerConnection: grown / scenario.connections,
  }
}

/** What the process holds: resident set, since zlib and native sockets live outside the heap. */
const usedBy = ({ memory }: Usage): number => memory.rss
