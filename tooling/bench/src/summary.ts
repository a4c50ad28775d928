/** From measurements to figures: medians over the rounds, and ratios to the reference within each round. Pure. */
import type { Contest, Cost } from './contests.ts'
import { isAlone } from './pace.ts'
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
  /** Part of a stretch in which nobody else was seen on the core: the mean of all, also of those that do not count. */
  readonly quietShare: number | null
  /** In how many stretches nothing was quiet, and in how many somebody looked. */
  readonly loud: readonly [number, number]
  /** The least that a look at the core took: see `Pace`. */
  readonly leastPaceUs: number | null
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

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

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

const hasQuiet = ({ quietShare }: Sample): boolean => quietShare !== 0

/** The first of the choices that leaves no more than half out, and all where none does. */
const mostOf = <One>(all: readonly One[], ...choices: readonly (readonly One[])[]): readonly One[] =>
  choices.find((choice) => choice.length * 2 >= all.length) ?? all

/** The rounds in which both had something quiet; where those are few, also those in which neither had: like is compared with like. */
function comparable(pairs: readonly [Sample, Sample][]): readonly [Sample, Sample][] {
  const alike = pairs.filter(([one, other]) => hasQuiet(one) === hasQuiet(other))
  return mostOf(
    pairs,
    alike.filter(([one]) => hasQuiet(one)),
    alike,
  )
}

/** With nothing quiet in what was taken for quiet before the run had seen how fast the core can be. */
function inHindsight(all: readonly Measurement[]): readonly Measurement[] {
  const leastUs = Math.min(...all.flatMap(({ sample }) => sample?.pace?.leastUs ?? []))
  return all.map((one) =>
    one.sample?.pace && !isAlone(one.sample.pace.mostAloneUs, leastUs)
      ? { ...one, sample: { ...one.sample, quietShare: 0 } }
      : one,
  )
}

type Compared = Pick<Contest, 'cost' | 'reference' | 'again' | 'subjects'> & {
  readonly scenario: { readonly name: string }
  readonly entrants: readonly { readonly name: string }[]
}

export function summarize(contest: Compared, all: readonly Measurement[]): Result {
  const measurements = inHindsight(all).filter(({ scenario }) => scenario === contest.scenario.name)
  const costOf = costs[contest.cost]
  const of = (name: string): Measurement[] => measurements.filter(({ entrant }) => entrant === name)
  /** What `dividend` cost divided by what `divisor` cost, in each round that has both. */
  const ratiosOf = (dividend: string, divisor: string): number[] => {
    const others = new Map(of(dividend).map(({ round, sample }) => [round, sample]))
    const pairs = of(divisor).flatMap(({ sample, round }): [Sample, Sample][] => {
      const other = others.get(round)
      return sample === null || !other ? [] : [[other, sample]]
    })
    return comparable(pairs).map(([one, other]) => costOf(one) / costOf(other))
  }
  const [subject] = contest.subjects.length === 1 ? contest.subjects : []
  const leadOf = (name: string): Lead | null => {
    if (subject === undefined || subject === name) return null
    const ratios = ratiosOf(subject, name)
    return ratios.length === 0 ? null : { ratio: median(ratios), noise: intervalOf(ratios) }
  }
  const figures = contest.entrants.map(({ name }): Figure => {
    const group = of(name)
    const taken = group.flatMap(({ sample }) => (sample === null ? [] : [sample]))
    const samples = mostOf(taken, taken.filter(hasQuiet))
    const quietShares = taken.flatMap(({ quietShare }) => quietShare ?? [])
    const paces = taken.flatMap(({ pace }) => pace?.leastUs ?? [])
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
      quietShare: quietShares.length === 0 ? null : mean(quietShares),
      loud: [quietShares.filter((share) => share === 0).length, quietShares.length],
      leastPaceUs: paces.length === 0 ? null : Math.min(...paces),
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
