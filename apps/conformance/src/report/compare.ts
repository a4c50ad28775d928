/** The differences between two reports, the second seen as what became of the first. */
import type { AgentRun, Report } from './model.ts'
import { compareIds } from './model.ts'
import { toOneLine } from './text.ts'
import { compareVerdicts, formatVerdict } from './verdict.ts'

/** One case whose verdicts differ; `null`: the report does not have it. */
export interface Difference {
  readonly agent: string
  readonly id: string
  readonly kind: 'regression' | 'improvement' | 'added' | 'missing'
  readonly before: string | null
  readonly after: string | null
}

/**
 * Case by case, for agents of the same name (or the only agent of each report). A worse verdict is a regression; a case
 * that only one of the reports has is `added` or `missing`, which is neither.
 */
export function compareReports(before: Report, after: Report): Difference[] {
  const differences: Difference[] = []
  for (const [agent, left, right] of pairAgents(before, after)) {
    const ids = new Set([...(left?.results.keys() ?? []), ...(right?.results.keys() ?? [])])
    for (const id of [...ids].sort(compareIds)) {
      const difference = compareCase(agent, id, left, right)
      if (difference !== null) differences.push(difference)
    }
  }
  return differences
}

/** Differences in words: a line for each that is worse or better, counts of the cases that only one report has. */
export function formatDifferences(differences: readonly Difference[]): {
  readonly text: string
  readonly regressions: number
} {
  const count = (kind: Difference['kind']) =>
    differences.filter((difference) => difference.kind === kind).length
  const lines = differences
    .filter(({ kind }) => kind === 'regression' || kind === 'improvement')
    .map(({ agent, id, kind, before, after }) => `${kind}: ${toOneLine(agent)} ${id}: ${before} → ${after}\n`)
  const regressions = count('regression')
  const improvements = count('improvement')
  const totals = [
    `${regressions} ${regressions === 1 ? 'regression' : 'regressions'}`,
    `${improvements} ${improvements === 1 ? 'improvement' : 'improvements'}`,
    `${count('added')} added`,
    `${count('missing')} missing`,
  ]
  return { text: `${lines.join('')}${totals.join(', ')}\n`, regressions }
}

function* pairAgents(
  before: Report,
  after: Report,
): Generator<readonly [agent: string, left: AgentRun | undefined, right: AgentRun | undefined]> {
  const [left, right] = [[...before.values()], [...after.values()]]
  if (left.length === 1 && right.length === 1) {
    const names = [...new Set([left[0]?.header.agent, right[0]?.header.agent])]
    yield [names.join(' → '), left[0], right[0]]
    return
  }
  for (const agent of new Set([...before.keys(), ...after.keys()]))
    yield [agent, before.get(agent), after.get(agent)]
}

function compareCase(
  agent: string,
  id: string,
  left: AgentRun | undefined,
  right: AgentRun | undefined,
): Difference | null {
  const before = left?.results.get(id)?.record
  const after = right?.results.get(id)?.record
  const words = { before: before ? formatVerdict(before) : null, after: after ? formatVerdict(after) : null }
  if (before === undefined) return { agent, id, kind: 'added', ...words }
  if (after === undefined) return { agent, id, kind: 'missing', ...words }
  const order = compareVerdicts(after, before)
  if (order === 0) return null
  return { agent, id, kind: order < 0 ? 'regression' : 'improvement', ...words }
}
