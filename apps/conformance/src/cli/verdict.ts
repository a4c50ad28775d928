/** The exit code of a run, and its last lines. */
import { readFile } from 'node:fs/promises'
import { checkBaseline, type Deviation, parseBaseline } from '../report/baseline.ts'
import type { AgentRun } from '../report/model.ts'
import { formatCases, formatFindings, tallyResults } from '../report/summary.ts'
import { toLogName, toOneLine } from '../report/text.ts'
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
  const tally = tallyResults(run.results.values(), strict)
  const findings = formatFindings(tally)
  const agent = toLogName(run.header.agent)
  const all = `${agent}: ${formatCases(run.results.size)}, ${tally.ok} OK${findings === '' ? '' : `, ${findings}`}`
  const line = tally.failing === 0 ? all : `${all}; ${tally.failing} failing`
  const deviations = expectation === null ? [] : checkBaseline(run, expectation, strict)
  const lines = [line, ...deviations.map(describe)]
  const isBad = expectation === null ? tally.failing > 0 : deviations.length > 0
  if (run.end !== null && run.end.ending !== 'completed') {
    return {
      exitCode: EXIT_INCOMPLETE,
      lines: [...lines, `${agent}: not complete: ${toOneLine(run.end.reason)}`],
    }
  }
  return { exitCode: isBad ? EXIT_FAILING : EXIT_OK, lines }
}

/** The code of several runs: what could not be run weighs more than what failed. */
export const worstExitCode = (codes: readonly number[]): number => Math.max(EXIT_OK, ...codes)
