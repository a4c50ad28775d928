/** The exit code of a run, and its last lines. */
import { readFile } from 'node:fs/promises'
import { checkBaseline, type Deviation, parseBaseline } from '../report/baseline.ts'
import { type AgentRun, type CaseResult, sortedResults } from '../report/model.ts'
import { formatCases, formatTally, tallyResults } from '../report/summary.ts'
import { toLogName, toOneLine } from '../report/text.ts'
import { isFailing } from '../report/verdict.ts'
import type { CaseDefinition } from '../suite.ts'
import { EXIT_FAILING, EXIT_INCOMPLETE, EXIT_OK, toLine, UsageError } from './failure.ts'

/** What a user expects of one agent; null: nothing but that nothing fails. */
export type Expectation = ReturnType<typeof parseBaseline> | null

/** Reads `--baseline FILE`. Throws a UsageError. */
export async function readExpectation(
  file: string | undefined,
  agent: string,
  definitions: readonly CaseDefinition[],
): Promise<Expectation> {
  if (file === undefined) return null
  try {
    return parseBaseline(JSON.parse(await readFile(file, 'utf8')), agent, definitions)
  } catch (error) {
    throw new UsageError(`the baseline ${file} cannot be used: ${toLine(error)}`)
  }
}

export interface Verdict {
  readonly exitCode: number
  readonly lines: readonly string[]
}

const describe = ({ id, kind, expected, found }: Deviation): string =>
  `  ${kind}: ${id} is ${found}, expected ${expected}`

/** Judges a run as a whole. Pure. */
export function judgeRun(run: AgentRun, expectation: Expectation, strict: boolean): Verdict {
  const agent = toLogName(run.header.agent)
  const failing = sortedResults(run).filter(({ record }) => isFailing(record, strict))
  const deviations = expectation === null ? [] : checkBaseline(run, expectation, strict)
  const lines = [...describeRun(run, strict, failing), ...deviations.map(describe)].map(
    (line) => `${line.startsWith(' ') ? '' : `${agent}: `}${line}`,
  )
  const isBad = expectation === null ? failing.length > 0 : deviations.length > 0
  if (run.end !== null && run.end.ending !== 'completed') {
    return {
      exitCode: EXIT_INCOMPLETE,
      lines: [...lines, `${agent}: not complete: ${toOneLine(run.end.reason)}`],
    }
  }
  return { exitCode: isBad ? EXIT_FAILING : EXIT_OK, lines }
}

/** What fails of all; before it, where both were run, Autobahn's cases and own ones each in a line. Nothing when nothing was run. */
function describeRun(run: AgentRun, strict: boolean, failing: readonly CaseResult[]): string[] {
  const results = [...run.results.values()]
  if (results.length === 0) return []
  const tally = (of: readonly CaseResult[]): string =>
    `${formatCases(of.length)}, ${formatTally(tallyResults(of, strict))}`
  const [first] = failing
  const hint =
    first === undefined ? '' : `; what a case is about: hybi-conformance explain ${first.record.id}`
  const fails = `${failing.length || 'none'} failing${hint}`
  const own = results.filter(({ record }) => !record.autobahn)
  if (own.length === 0 || own.length === results.length) return [`${tally(results)}; ${fails}`]
  return [
    `Autobahn's: ${tally(results.filter(({ record }) => record.autobahn))}`,
    `own: ${tally(own)}`,
    `${formatCases(results.length)}, ${fails}`,
  ]
}

/** The code of several runs: what could not be run weighs more than what failed. */
export const worstExitCode = (codes: readonly number[]): number => Math.max(EXIT_OK, ...codes)
