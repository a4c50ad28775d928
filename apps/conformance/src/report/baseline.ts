/**
 * The table of verdicts that a user expects (`--baseline FILE`): regressions fail, and so do unexpected passes.
 *
 * A baseline is JSON: patterns of case ids -> the expected verdict, as `"FAILED"`, `"NON-STRICT"`, `"UNCLEAN"` or, for both
 * verdicts, `"OK / UNCLEAN"`; an object with `behavior` and `behaviorClose` serves too. One level of agent names may stand
 * around it, so that the `index.json` of a good run is a baseline. A case that is not listed is expected not to fail.
 */
import type { CaseDefinition } from '../suite.ts'
import type { AgentRun } from './model.ts'
import { sortedResults } from './model.ts'
import { formatVerdict, isFailing, type Judged, type Verdict, verdicts } from './verdict.ts'

/** What is expected of one case; absent: anything that does not fail. */
export interface ExpectedVerdict {
  readonly behavior?: Verdict
  readonly behaviorClose?: Verdict
}

/** Patterns in the order of the file: the first that matches a case holds. */
export type Baseline = readonly (readonly [pattern: string, expected: ExpectedVerdict])[]

/** One case that came out otherwise than expected. */
export interface Deviation {
  readonly id: string
  readonly kind: 'regression' | 'unexpected pass' | 'changed'
  readonly expected: string
  readonly found: string
}

const closeOnly: ReadonlySet<Verdict> = new Set<Verdict>(['FAILED BY CLIENT', 'UNCLEAN', 'WRONG CODE'])

/** Reads a baseline's JSON for one agent. Throws a `TypeError` in plain words for what it does not understand. */
export function parseBaseline(
  value: unknown,
  agent: string,
  definitions: readonly CaseDefinition[],
): Baseline {
  const table = findTable(value, agent)
  return Object.entries(table).map(([pattern, expected]) => {
    if (!definitions.some(({ id }) => matchesPattern(pattern, id))) {
      throw new TypeError(`"${pattern}" matches no case`)
    }
    return [pattern, parseExpected(pattern, expected)] as const
  })
}

/** Whether an id is meant by a pattern in Autobahn's form: `*` stands for anything. */
export function matchesPattern(pattern: string, id: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${source}$`).test(id)
}

/** Everything in a run that is not as the baseline says. */
export function checkBaseline(run: AgentRun, baseline: Baseline, strict: boolean): Deviation[] {
  return sortedResults(run).flatMap(({ record }) => {
    const listed = baseline.find(([pattern]) => matchesPattern(pattern, record.id))?.[1]
    return checkRecord(record.id, record, listed, strict) ?? []
  })
}

function checkRecord(
  id: string,
  record: Judged,
  listed: ExpectedVerdict | undefined,
  strict: boolean,
): Deviation | null {
  const found = formatVerdict(record)
  const fails = isFailing(record, strict)
  if (listed === undefined) return fails ? { id, kind: 'regression', expected: 'not failing', found } : null
  const { behavior, behaviorClose } = listed
  const asExpected =
    (behavior === undefined
      ? !isFailing({ ...record, behaviorClose: 'OK' }, strict)
      : record.behavior === behavior) &&
    (behaviorClose === undefined || record.behaviorClose === behaviorClose)
  if (asExpected) return null
  const expected = [behavior ?? 'not failing', behaviorClose].filter((word) => word !== undefined).join(' / ')
  if (fails)
    return { id, kind: isListedFailing(record, listed, strict) ? 'changed' : 'regression', expected, found }
  return { id, kind: isListedFailing(record, listed, true) ? 'unexpected pass' : 'changed', expected, found }
}

function isListedFailing(
  record: Judged,
  { behavior, behaviorClose }: ExpectedVerdict,
  strict: boolean,
): boolean {
  const judged = { ...record, behavior: behavior ?? 'OK', behaviorClose: behaviorClose ?? 'OK' } as Judged
  return isFailing(judged, strict)
}

function findTable(value: unknown, agent: string): Record<string, unknown> {
  if (!isObject(value)) throw new TypeError('it is not a JSON object of case ids and verdicts')
  const isNested = Object.values(value).some(
    (entry) => isObject(entry) && !('behavior' in entry || 'behaviorClose' in entry),
  )
  if (!isNested) return value
  const own = Object.hasOwn(value, agent) ? value[agent] : undefined
  const sole = Object.values(value).length === 1 ? Object.values(value)[0] : undefined
  const table = own ?? sole
  if (!isObject(table)) {
    throw new TypeError(`it lists several agents, but not "${agent}": ${Object.keys(value).join(', ')}`)
  }
  return table
}

function parseExpected(pattern: string, value: unknown): ExpectedVerdict {
  if (isObject(value)) {
    return {
      ...('behavior' in value ? { behavior: parseVerdict(pattern, value.behavior) } : {}),
      ...('behaviorClose' in value ? { behaviorClose: parseVerdict(pattern, value.behaviorClose) } : {}),
    }
  }
  const words = typeof value === 'string' ? value.split('/').map((word) => word.trim()) : [value]
  if (words.length > 2) throw new TypeError(`"${pattern}": more than two verdicts`)
  const [first, second] = words.map((word) => parseVerdict(pattern, word))
  if (first === undefined) throw new TypeError(`"${pattern}": no verdict`)
  if (second !== undefined) return { behavior: first, behaviorClose: second }
  return closeOnly.has(first) ? { behaviorClose: first } : { behavior: first }
}

function parseVerdict(pattern: string, value: unknown): Verdict {
  const verdict = verdicts.find((word) => word === value)
  if (verdict === undefined) {
    throw new TypeError(
      `"${pattern}": ${JSON.stringify(value)} is no verdict; allowed are ${verdicts.join(', ')}`,
    )
  }
  return verdict
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
