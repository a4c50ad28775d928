/** What the reader has chosen: filters and the case that is open. The open case is the page's fragment: `#agent/case`. */
import type { PageCase, PageCell, PageData } from '../report/page-data.ts'

export interface Filters {
  readonly text: string
  /** Verdicts to show; empty: all. */
  readonly verdicts: ReadonlySet<string>
  /** Key of the only category to show; empty: all. */
  readonly category: string
  /** Only cases in which the agents differ. */
  readonly differing: boolean
}

export const noFilters: Filters = { text: '', verdicts: new Set(), category: '', differing: false }

/** The open case; indices into the page's data. */
export interface Selection {
  readonly agent: number
  readonly case: number
}

/** Verdicts of a cell, for filters: both words, NOT RUN for none. */
export const verdictsOf = (cell: PageCell): readonly string[] => {
  if (cell === null) return ['NOT RUN']
  const [behavior, behaviorClose] = cell
  return behaviorClose === 'OK' || behaviorClose === behavior
    ? [behavior]
    : behavior === 'OK'
      ? [behaviorClose]
      : [behavior, behaviorClose]
}

/** Whether a case passes the filters. */
export function matchesFilters(data: PageData, index: number, filters: Filters): boolean {
  const entry = data.cases[index]
  if (entry === undefined) return false
  if (filters.category !== '' && entry.id.split('.')[0] !== filters.category) return false
  const cells = data.agents.map(({ cells }) => cells[index] ?? null)
  if (filters.verdicts.size > 0) {
    if (!cells.some((cell) => verdictsOf(cell).some((verdict) => filters.verdicts.has(verdict)))) return false
  }
  if (filters.differing && new Set(cells.map((cell) => verdictsOf(cell).join())).size < 2) return false
  return matchesText(entry, filters.text)
}

/** Every word must stand somewhere in the case; a word that looks like an id is compared with the beginning of the id. */
export function matchesText(entry: PageCase, text: string): boolean {
  const haystack =
    `${entry.title}\n${entry.section}\n${entry.description}\n${entry.expectation}\n${entry.rule}`.toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .every((word) => matchesId(entry.id.toLowerCase(), word) || haystack.includes(word))
}

const matchesId = (id: string, word: string): boolean => {
  const start = word.replace(/\*$/, '')
  return (
    start !== '' &&
    (id === start ||
      id.startsWith(start.endsWith('.') ? start : `${start}.`) ||
      (word.endsWith('*') && id.startsWith(start)))
  )
}

/** The fragment that opens a case of an agent. */
export const formatFragment = (data: PageData, { agent, case: index }: Selection): string =>
  `#${encodeURIComponent(data.agents[agent]?.name ?? '')}/${encodeURIComponent(data.cases[index]?.id ?? '')}`

/** The selection that a fragment names, or null. */
export function parseFragment(data: PageData, fragment: string): Selection | null {
  const [name, id] = fragment.replace(/^#/, '').split('/').map(decode)
  const agent = data.agents.findIndex((candidate) => candidate.name === name)
  const index = data.cases.findIndex((candidate) => candidate.id === id)
  return agent === -1 || index === -1 ? null : { agent, case: index }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
