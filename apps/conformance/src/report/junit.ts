/** JUnit XML: a suite for each agent and category, a test case for each case, as CI systems read it. */
import type { CheckedRequirement } from '../record.ts'
import type { AgentRun, CaseResult, Report } from './model.ts'
import { sortedResults } from './model.ts'
import { escapeXml } from './text.ts'
import { formatVerdict, isFailing } from './verdict.ts'

/** `junit.xml` of a report. UNIMPLEMENTED is a skipped test; what fails is decided by `isFailing`. */
export function formatJunit(report: Report, strict: boolean): string {
  const suites = [...report.values()].flatMap((run) =>
    groupByCategory(run).map((group) => formatSuite(run, group, strict)),
  )
  const totals = countTotals(
    [...report.values()].flatMap((run) => [...run.results.values()]),
    strict,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="hybi-conformance" ${totals}>\n${suites.join('')}</testsuites>\n`
}

function groupByCategory(run: AgentRun): CaseResult[][] {
  const groups = new Map<string, CaseResult[]>()
  for (const result of sortedResults(run)) {
    const key = result.record.id.split('.')[0] ?? ''
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [result])
    else group.push(result)
  }
  return [...groups.values()]
}

function formatSuite(run: AgentRun, results: readonly CaseResult[], strict: boolean): string {
  const first = results[0]?.record
  const name = `${run.header.agent}: ${first?.id.split('.')[0]} ${first?.category}`
  const cases = results.map((result) => formatCase(run, result, strict)).join('')
  return `  <testsuite name="${escapeXml(name)}" timestamp="${escapeXml(run.header.started)}" ${countTotals(results, strict)}>\n${cases}  </testsuite>\n`
}

function countTotals(results: readonly CaseResult[], strict: boolean): string {
  const failures = results.filter(({ record }) => isFailing(record, strict)).length
  const skipped = results.filter((result) => isSkipped(result, strict)).length
  const seconds = results.reduce((sum, { record }) => sum + record.duration, 0) / 1000
  return `tests="${results.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds.toFixed(3)}"`
}

const isSkipped = ({ record }: CaseResult, strict: boolean): boolean =>
  record.behavior === 'UNIMPLEMENTED' && !isFailing(record, strict)

function formatCase(run: AgentRun, result: CaseResult, strict: boolean): string {
  const { record } = result
  const name = `${record.id} ${record.title}`.trim()
  const attributes = `classname="${escapeXml(`${run.header.agent}.${record.id.split('.')[0]}`)}" name="${escapeXml(name)}" time="${(record.duration / 1000).toFixed(3)}"`
  if (isFailing(record, strict)) {
    const message = `${formatVerdict(record)}: ${explainVerdict(result)}`
    return `    <testcase ${attributes}>\n      <failure type="${escapeXml(formatVerdict(record))}" message="${escapeXml(message)}">${escapeXml(explainAtLength(result))}</failure>\n    </testcase>\n`
  }
  if (isSkipped(result, strict)) {
    return `    <testcase ${attributes}><skipped message="${escapeXml(explainVerdict(result))}"/></testcase>\n`
  }
  return `    <testcase ${attributes}/>\n`
}

/** Why a record has its verdict, in one sentence or two. */
export function explainVerdict({ record, attempts, failures }: CaseResult): string {
  const broken = record.requirements.filter(({ holds }) => !holds)
  const prose =
    broken.length > 0
      ? broken.map(formatBroken).join(' ')
      : [
          ...new Set([
            record.behavior === 'OK' ? '' : record.result,
            record.behaviorClose === 'OK' ? '' : record.resultClose,
          ]),
        ]
          .filter((sentence) => sentence !== '')
          .join(' ')
  return attempts > 1 ? `${prose} (failed ${failures} of ${attempts} times)`.trim() : prose
}

const formatBroken = ({ requirement, observed }: CheckedRequirement): string =>
  observed === '' ? `Required: ${requirement}` : `Required: ${requirement} Seen: ${observed}`

function explainAtLength(result: CaseResult): string {
  const { record } = result
  const lines = [
    explainVerdict(result),
    record.rule === '' ? '' : `Rule: ${record.rule}`,
    `Case: ${record.description}`,
    `Expected: ${record.expectation}`,
    `Received: ${JSON.stringify(record.received).slice(0, 1024)}`,
    `Close: code ${record.remoteCloseCode ?? 'none'}, ${record.wasClean ? 'clean' : (record.wasNotCleanReason ?? 'not clean')}`,
  ]
  return lines.filter((line) => line !== '').join('\n')
}
