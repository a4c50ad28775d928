/** `hybi-conformance report`: makes the files of a report anew, or one report of several. */
import { resolve } from 'node:path'
import { allCases } from '../catalogue.ts'
import { loadReport } from '../report/load.ts'
import { mergeReports } from '../report/model.ts'
import { ReportWriter } from '../report/writer.ts'
import { UsageError } from './failure.ts'

/** Writes the report of `directories` to `out`, or where it is. Answers where. Throws a UsageError or a ReportError. */
export async function rewriteReport(
  directories: readonly string[],
  out: string | undefined,
  strict: boolean,
): Promise<string> {
  const [first = ''] = directories
  if (out === undefined && directories.length > 1)
    throw new UsageError('several reports are joined into --out DIR')
  const reports = []
  for (const directory of directories) reports.push(await loadReport(directory, allCases))
  const place = out ?? first
  const writer = await ReportWriter.create(place, mergeReports(reports), { strict })
  for (const directory of directories) {
    if (resolve(directory) !== resolve(place)) await writer.adoptCases(directory)
  }
  await writer.rewrite()
  return place
}
