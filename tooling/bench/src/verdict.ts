/** Whether what was measured is what was promised. Pure. */
import type { Figure, Result } from './summary.ts'
import { mostNoiseOf, rivals, targets } from './targets.ts'

export type Verdict = 'goal' | 'must' | 'missed' | '–'

const figureOf = ({ figures }: Result, name: string): Figure | undefined =>
  figures.find(({ entrant, rounds }) => entrant === name && rounds > 0)

/** Of those that are judged the one with the worst ratio, which need not cost most: ratios are taken within rounds. */
const judgedOf = (result: Result): Figure | undefined =>
  result.subjects
    .flatMap((name) => figureOf(result, name) ?? [])
    .sort((a, b) => (a.ratio ?? Number.MAX_VALUE) - (b.ratio ?? Number.MAX_VALUE))[0]

const excused = (noise: number | null, { scenario }: Result): number =>
  Math.min(noise ?? 0, mostNoiseOf(scenario))

/** Whether the subject's figure reaches its goal, or its must, where the noise of that scenario is allowed. */
export function judge(result: Result): Verdict {
  const figure = judgedOf(result)
  const target = targets[result.scenario]
  if (figure === undefined || target === undefined) return '–'
  const reaches = (wanted: number, allowance: number): boolean =>
    result.cost === 'memory'
      ? figure.cost * allowance <= wanted
      : figure.ratio !== null && figure.ratio >= wanted * allowance
  if (result.cost !== 'memory' && figure.ratio === null) return '–'
  if (reaches(target.goal, 1)) return 'goal'
  return reaches(target.must, 1 - excused(result.noise, result)) ? 'must' : 'missed'
}

/** The rivals that the subject costs more than though it must not: by more than the noise of that scenario, and than that of their own comparison. */
export function aheadOf(result: Result): string[] {
  return rivals.flatMap(({ entrant, scenario }) => {
    const lead = scenario === null || scenario === result.scenario ? figureOf(result, entrant)?.lead : null
    if (!lead) return []
    return lead.ratio > 1 + excused(Math.max(lead.noise, result.noise ?? 0), result) ? [entrant] : []
  })
}

export interface Judgement {
  /** One line that says it all. */
  readonly line: string
  /** True: nothing is missed, nobody is ahead who must not be, and every measurement was made. */
  readonly clean: boolean
}

export function judgeAll(results: readonly Result[]): Judgement {
  const reaching = (verdict: Verdict): string[] =>
    results.filter((result) => judge(result) === verdict).map(({ scenario }) => scenario)
  const missed = reaching('missed')
  const ahead = results.flatMap((result) => aheadOf(result).map((rival) => `${rival} in ${result.scenario}`))
  const failed = results.flatMap(({ scenario, figures }) =>
    figures.flatMap(({ entrant, error }) => (error === null ? [] : [`${entrant} in ${scenario}`])),
  )
  const list = (names: readonly string[]): string =>
    names.length === 0 ? '0' : `${names.length} (${names.join(', ')})`
  return {
    line: `goal ${reaching('goal').length} · must ${reaching('must').length} · missed ${list(missed)} · behind ${list(ahead)} · failed ${list(failed)}`,
    clean: missed.length === 0 && ahead.length === 0 && failed.length === 0,
  }
}
