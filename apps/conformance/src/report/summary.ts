/** `summary.md` (also the step summary of a GitHub job) and GitHub's annotations. */

import type { CaseRecord, Severity } from '../record.ts'
import { explainVerdict } from './junit.ts'
import type { AgentRun, CaseResult, Report } from './model.ts'
import { sortedResults } from './model.ts'
import { escapeMarkdown } from './text.ts'
import { formatVerdict, isFailing, isNotApplicable, type Verdict, verdicts, worstVerdict } from './verdict.ts'

/** Rows of the table of findings that a summary shows of one agent. */
const SHOWN_FINDINGS = 100

/** A verdict; of an own case that failed also how much hangs on it. */
type Finding = Verdict | `FAILED (${Severity})`

const SEVERITIES = ['MUST', 'SHOULD', 'QUALITY'] as const satisfies readonly Severity[]

/** Every finding, the worst first. */
const FINDINGS: readonly Finding[] = [
  ...SEVERITIES.map((severity) => `FAILED (${severity})` as const),
  ...verdicts,
]

const findingOf = (record: CaseRecord): Finding => {
  const verdict = worstVerdict(record)
  return !record.autobahn && verdict === 'FAILED' ? `FAILED (${record.severity})` : verdict
}

/** How many cases of a run came to what. */
export interface Tally {
  /** Cases that apply. */
  readonly total: number
  readonly notApplicable: number
  /** Cases without any finding. */
  readonly ok: number
  readonly failing: number
  /** By the worse of the two verdicts; of own cases that failed, by severity. */
  readonly counts: ReadonlyMap<Finding, number>
}

/** Counts results. */
export function tallyResults(results: Iterable<CaseResult>, strict: boolean): Tally {
  const counts = new Map<Finding, number>()
  let total = 0
  let failing = 0
  let notApplicable = 0
  for (const { record } of results) {
    if (isNotApplicable(record)) {
      notApplicable++
      continue
    }
    const finding = findingOf(record)
    counts.set(finding, (counts.get(finding) ?? 0) + 1)
    total++
    if (isFailing(record, strict)) failing++
  }
  return { total, notApplicable, ok: counts.get('OK') ?? 0, failing, counts }
}

/** `1 case`, `517 cases`. */
export const formatCases = (count: number): string => `${count} ${count === 1 ? 'case' : 'cases'}`

/** `510 OK, 4 FAILED, 3 INFORMATIONAL` */
export const formatTally = (tally: Tally): string =>
  [`${tally.ok} OK`, formatFindings(tally)].filter((part) => part !== '').join(', ')

/** `4 FAILED, 3 INFORMATIONAL`: all but OK, the worst first; empty when all are OK. */
const formatFindings = ({ counts, notApplicable }: Tally): string =>
  [
    ...FINDINGS.filter((finding) => finding !== 'OK' && counts.has(finding)).map(
      (finding) => `${counts.get(finding)} ${finding}`,
    ),
    ...(notApplicable === 0 ? [] : [`${notApplicable} not applicable`]),
  ].join(', ')

/** `summary.md` of a report. */
export function formatSummary(report: Report, strict: boolean): string {
  const rows = [...report.values()].map((run) => formatRow(run, strict))
  const sections = [...report.values()].map((run) => formatAgent(run, strict)).filter((text) => text !== '')
  return [
    '# WebSocket conformance',
    '',
    '| | agent | role | Autobahn cases OK | own cases OK | findings |',
    '|---|---|---|---:|---:|---|',
    ...rows,
    '',
    ...sections,
  ].join('\n')
}

function formatRow(run: AgentRun, strict: boolean): string {
  const results = [...run.results.values()]
  const autobahn = tallyResults(
    results.filter(({ record }) => record.autobahn),
    strict,
  )
  const own = tallyResults(
    results.filter(({ record }) => !record.autobahn),
    strict,
  )
  const all = tallyResults(results, strict)
  const mark = run.end?.ending !== 'completed' ? '⚠️' : all.failing > 0 ? '❌' : '✅'
  const cells = [
    mark,
    escapeMarkdown(run.header.agent),
    run.header.role,
    `${autobahn.ok} / ${autobahn.total}`,
    `${own.ok} / ${own.total}`,
    formatFindings(all) || 'none',
  ]
  return `| ${cells.join(' | ')} |`
}

function formatAgent(run: AgentRun, strict: boolean): string {
  const findings = sortedResults(run).filter(
    ({ record }) => worstVerdict(record) !== 'OK' && !isNotApplicable(record),
  )
  const lines = [`## ${escapeMarkdown(run.header.agent)}`, '']
  if (run.end === null) lines.push('The run has not ended (or was killed).', '')
  else if (run.end.ending !== 'completed') lines.push(`Not complete: ${escapeMarkdown(run.end.reason)}`, '')
  const reduced = [...run.results.values()].filter(({ record }) => record.reducedTo !== null).length
  if (reduced > 0) {
    lines.push(
      `Profile quick: ${reduced} cases of categories 12 and 13 were run with fewer messages than Autobahn sends.`,
      '',
    )
  }
  if (findings.length === 0) return lines.length > 2 ? `${lines.join('\n')}\n` : ''
  lines.push('| case | verdict | fails | what happened |', '|---|---|---|---|')
  for (const result of findings.slice(0, SHOWN_FINDINGS)) {
    const { record } = result
    const why = escapeMarkdown(explainVerdict(result).slice(0, 400))
    lines.push(
      `| ${escapeMarkdown(record.id)} ${escapeMarkdown(record.title)} | ${formatVerdict(record)} | ${isFailing(record, strict) ? 'yes' : 'no'} | ${why} |`,
    )
  }
  if (findings.length > SHOWN_FINDINGS) lines.push('', `… and ${findings.length - SHOWN_FINDINGS} more.`)
  return `${lines.join('\n')}\n`
}

/** GitHub shows ten errors of a step; more are only noise in the log. */
const SHOWN_ANNOTATIONS = 10

/** Workflow commands that annotate a GitHub job with what failed. */
export function formatAnnotations(report: Report, strict: boolean): string[] {
  const failing = [...report.values()].flatMap((run) =>
    sortedResults(run)
      .filter(({ record }) => isFailing(record, strict))
      .map((result) => ({ run, result })),
  )
  const lines = failing.slice(0, SHOWN_ANNOTATIONS).map(({ run, result }) => {
    const { record } = result
    const title = `${run.header.agent} ${record.id}: ${formatVerdict(record)}`
    return `::error title=${escapeProperty(title)}::${escapeData(`${record.title}. ${explainVerdict(result)}`)}`
  })
  if (failing.length > SHOWN_ANNOTATIONS) {
    lines.push(`::error title=hybi-conformance::${failing.length} cases failed; the report has all of them`)
  }
  for (const { header, end } of report.values()) {
    if (end === null || end.ending === 'completed') continue
    lines.push(`::error title=${escapeProperty(header.agent)}::${escapeData(end.reason)}`)
  }
  return lines
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
