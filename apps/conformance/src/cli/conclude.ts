/** What every run says at its end: to the terminal, and to the GitHub job that it is a step of. */
import { appendFile } from 'node:fs/promises'
import type { Report } from '../report/model.ts'
import { formatAnnotations, formatSummary } from '../report/summary.ts'
import type { ReportWriter } from '../report/writer.ts'
import type { Screen } from './progress.ts'

/** Annotations of what failed and the step's summary, in a GitHub job; where the report is, everywhere. */
export async function conclude(
  writer: ReportWriter,
  agents: ReadonlySet<string>,
  strict: boolean,
  screen: Screen,
): Promise<void> {
  const report: Report = new Map([...writer.report].filter(([agent]) => agents.has(agent)))
  if (process.env.GITHUB_ACTIONS === 'true') {
    for (const line of formatAnnotations(report, strict)) screen.write(`${line}\n`)
    const file = process.env.GITHUB_STEP_SUMMARY
    // A summary that cannot be written is no reason to fail: it is also in the report.
    if (file) await appendFile(file, formatSummary(report, strict)).catch(() => undefined)
  }
  screen.write(`report: ${writer.directory}/index.html\n`)
}
