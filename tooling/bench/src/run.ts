/**
 * All measurements. In each pass every contest gets fresh processes, which are warmed up and then measured in turns, for short
 * stretches and many rounds: what disturbs the machine meets all of them alike.
 */
import type { Contest, Entrant } from './contests.ts'
import { LoadGenerators } from './load-generators.ts'
import type { Rig, Sample } from './rigs/rig.ts'
import type { Certificate } from './rigs/server-process.ts'

export interface Measurement {
  readonly scenario: string
  readonly entrant: string
  /** Counts on through all passes. */
  readonly round: number
  readonly sample: Sample | null
  /** Why there is no sample. */
  readonly error: string | null
}

export interface RunOptions {
  readonly passes: number
  /** Rounds of each pass. */
  readonly rounds: number
  readonly warmUpMs: number
  /** Under load before each measured stretch: what was idle while others were measured is cold. */
  readonly settleMs: number
  readonly measureMs: number
  /** How much longer a stretch may take: see `Stretch`. */
  readonly patienceMs: number
  readonly certificate: Certificate
  readonly onMeasurement: (measurement: Measurement) => void
}

export async function runAll(contests: readonly Contest[], options: RunOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (let pass = 0; pass < options.passes; pass++) {
    for (const contest of contests) {
      for await (const measurement of runPass(contest, pass, options)) {
        measurements.push(measurement)
        options.onMeasurement(measurement)
      }
    }
  }
  return measurements
}

/** A rig that is up, or the reason why it is not. */
type Started = { readonly name: string; readonly rig: Rig | null; readonly error: string | null }

async function* runPass(contest: Contest, pass: number, options: RunOptions): AsyncGenerator<Measurement> {
  const { certificate, warmUpMs, settleMs, measureMs, patienceMs } = options
  const load = new LoadGenerators()
  const started = await Promise.all(
    contest.entrants.map((entrant) => startRig(entrant, { certificate, load })),
  )
  try {
    // Each measurement of memory is a process of its own that warms up by itself; it takes long, and another gives the same.
    const isMemory = contest.cost === 'memory'
    if (!isMemory && warmUpMs > 0)
      for (const one of started) await attempt(one, { settleMs: 0, measureMs: warmUpMs, patienceMs: 0 })
    const rounds = isMemory ? 1 : options.rounds
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < started.length; turn++) {
        const one = started[(turn + round + pass) % started.length]
        if (one === undefined) continue
        const outcome = await attempt(one, { settleMs, measureMs, patienceMs })
        yield { scenario: contest.scenario.name, entrant: one.name, round: pass * rounds + round, ...outcome }
      }
    }
  } finally {
    await Promise.all([load.end(), ...started.map(({ rig }) => rig?.end())])
  }
}

async function startRig(entrant: Entrant, equipment: Parameters<Entrant['start']>[0]): Promise<Started> {
  try {
    return { name: entrant.name, rig: await entrant.start(equipment), error: null }
  } catch (error) {
    return { name: entrant.name, rig: null, error: reasonOf(error) }
  }
}

async function attempt(
  { rig, error }: Started,
  stretch: Parameters<Rig['measure']>[0],
): Promise<Pick<Measurement, 'sample' | 'error'>> {
  if (rig === null) return { sample: null, error }
  try {
    return { sample: await rig.measure(stretch), error: null }
  } catch (failure) {
    return { sample: null, error: reasonOf(failure) }
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
