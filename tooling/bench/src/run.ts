/** All measurements, interleaved: in each round every server meets every scenario, in an order that turns. */
import { type Certificate, type Durations, measure, type Sample } from './measure.ts'
import { meets, needsOf } from './needs.ts'
import type { Scenario } from './scenarios.ts'
import type { Contestant } from './servers/table.ts'

export interface Measurement {
  readonly scenario: string
  readonly server: string
  readonly round: number
  readonly sample: Sample | null
  /** Why there is no sample. */
  readonly error: string | null
}

export interface RunOptions {
  readonly rounds: number
  readonly durations: Durations
  readonly certificate: Certificate
  readonly onMeasurement: (measurement: Measurement) => void
}

export async function runAll(
  scenarios: readonly Scenario[],
  servers: readonly Contestant[],
  options: RunOptions,
): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (let round = 0; round < options.rounds; round++) {
    for (const scenario of scenarios) {
      const able = servers.filter((server) => meets(server.can, needsOf(scenario)))
      for (let turn = 0; turn < able.length; turn++) {
        const server = able[(turn + round) % able.length]
        if (server === undefined) continue
        const measurement = await measureOnce(server, scenario, round, options)
        measurements.push(measurement)
        options.onMeasurement(measurement)
      }
    }
  }
  return measurements
}

async function measureOnce(
  server: Contestant,
  scenario: Scenario,
  round: number,
  { durations, certificate }: RunOptions,
): Promise<Measurement> {
  const place = { scenario: scenario.name, server: server.name, round }
  try {
    return { ...place, sample: await measure(server, scenario, durations, certificate), error: null }
  } catch (error) {
    return { ...place, sample: null, error: error instanceof Error ? error.message : String(error) }
  }
}
