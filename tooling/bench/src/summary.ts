/** From measurements to figures: medians over the rounds, and ratios to the reference within each round. Pure. */
import type { Contest, Cost } from './contests.ts'
import type { Sample } from './rigs/rig.ts'
import type { Measurement } from './run.ts'

export interface Figure {
  readonly entrant: string
  readonly rounds: number
  /** What a message (a connection) cost, in the unit of the contest. */
  readonly cost: number
  readonly messagesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Share of the processor time that the kernel used. */
  readonly systemShare: number | null
  readonly loadShare: number
  /** Part of the time in which nobody else was seen on the core: see `Sample`. */
  readonly quietShare: number | null
  /** Cost of the reference divided by this entrant's cost: 2 is half of what the reference costs. */
  readonly ratio: number | null
  /** Smallest and largest ratio of a round. */
  readonly ratioRange: readonly [number, number] | null
  /** How far this entrant is ahead of the subject; null for the subject, where several are judged, and where no round has both. */
  readonly lead: Lead | null
  readonly error: string | null
}

export interface Lead {
  /** The subject's cost divided by this entrant's: above 1 the entrant is ahead. The median over the rounds. */
  readonly ratio: number
  /** What that median may be off by in so few rounds: see `intervalOf`. */
  readonly noise: number
}

/** The outcome of one contest. */
export interface Result {
  readonly scenario: string
  readonly cost: Cost
  readonly reference: string
  /** Who is judged: of several the one with the worst ratio. */
  readonly subjects: readonly string[]
  /** What a ratio may be off by, as a share: see `noiseOf`; null where the reference did not run twice. */
  readonly noise: number | null
  readonly figures: readonly Figure[]
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The width of `intervalOf` in quartile distances (McGill, Tukey, Larsen 1978). */
const MEDIAN_INTERVAL = 1.58

/** Half the width of the interval that holds the true median 19 times out of 20. */
function intervalOf(ratios: readonly number[]): number {
  const sorted = [...ratios].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const distance = half === 0 ? 0 : median(sorted.slice(-half)) - median(sorted.slice(0, half))
  return (MEDIAN_INTERVAL * distance) / Math.sqrt(ratios.length)
}

/**
 * What the ratios of an entrant with itself, which ought to be 1, say of the noise: how far their median is off, or might as
 * well have been in so few rounds.
 */
export const noiseOf = (ratios: readonly number[]): number =>
  Math.max(Math.abs(1 - median(ratios)), intervalOf(ratios))

const MICROSECONDS = 1e6

const costs: Record<Cost, (sample: Sample) => number> = {
  cpu: ({ cpuUsPerMessage }) => cpuUsPerMessage ?? Number.NaN,
  time: ({ messagesPerSecond }) => MICROSECONDS / messagesPerSecond,
  memory: ({ bytesPerConnection }) => bytesPerConnection ?? Number.NaN,
}

/** Without what somebody else was on the core for all the time, unless that is more than half of it. */
function undisturbed<One>(all: readonly One[], samplesOf: (one: One) => readonly Sample[]): readonly One[] {
  const quiet = all.filter((one) => samplesOf(one).every(({ quietShare }) => quietShare !== 0))
  return quiet.length * 2 < all.length ? all : quiet
}

type Compared = Pick<Contest, 'cost' | 'reference' | 'again' | 'subjects'> & {
  readonly scenario: { readonly name: string }
  readonly entrants: readonly { readonly name: string }[]
}

export function summarize(contest: Compared, all: readonly Measurement[]): Result {
  const measurements = all.filter(({ scenario }) => scenario === contest.scenario.name)
  const costOf = costs[contest.cost]
  const of = (name: string): Measurement[] => measurements.filter(({ entrant }) => entrant === name)
  /** What `dividend` cost divided by what `divisor` cost, in each round that has both. */
  const ratiosOf = (dividend: string, divisor: string): number[] => {
    const others = new Map(of(dividend).map(({ round, sample }) => [round, sample]))
    const pairs = of(divisor).flatMap(({ sample, round }): [Sample, Sample][] => {
      const other = others.get(round)
      return sample === null || !other ? [] : [[other, sample]]
    })
    return undisturbed(pairs, (pair) => pair).map(([one, other]) => costOf(one) / costOf(other))
  }
  const [subject] = contest.subjects.length === 1 ? contest.subjects : []
  const leadOf = (name: string): Lead | null => {
    if (subject === undefined || subject === name) return null
    const ratios = ratiosOf(subject, name)
    return ratios.length === 0 ? null : { ratio: median(ratios), noise: intervalOf(ratios) }
  }
  const figures = contest.entrants.map(({ name }): Figure => {
    const group = of(name)
    const samples = undisturbed(
      group.flatMap(({ sample }) => (sample === null ? [] : [sample])),
      (sample) => [sample],
    )
    const ratios = ratiosOf(contest.reference, name)
    const middle = (read: (sample: Sample) => number): number =>
      samples.length === 0 ? 0 : median(samples.map(read))
    /** Of what not every sample has. */
    const middleIfAny = (read: (sample: Sample) => number | null): number | null => {
      const values = samples.flatMap((sample) => read(sample) ?? [])
      return values.length === 0 ? null : median(values)
    }
    return {
      entrant: name,
      rounds: samples.length,
      cost: middle(costOf),
      messagesPerSecond: middle((sample) => sample.messagesPerSecond),
      p50Ms: middle((sample) => sample.p50Ms),
      p99Ms: middle((sample) => sample.p99Ms),
      systemShare: middleIfAny((sample) => sample.systemShare),
      loadShare: middle((sample) => sample.loadShare),
      quietShare: middleIfAny((sample) => sample.quietShare),
      ratio: ratios.length === 0 ? null : median(ratios),
      ratioRange: ratios.length === 0 ? null : [Math.min(...ratios), Math.max(...ratios)],
      lead: leadOf(name),
      error: group.find(({ error }) => error !== null)?.error ?? null,
    }
  })
  const again = ratiosOf(contest.reference, contest.again)
  return {
    scenario: contest.scenario.name,
    cost: contest.cost,
    reference: contest.reference,
    subjects: contest.subjects,
    noise: again.length === 0 ? null : noiseOf(again),
    figures,
  }
}
