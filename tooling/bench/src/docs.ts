/** Puts runs into the page of documentation: what stands between its two marks is theirs. */
import type { Report } from './report.ts'
import { summaryOf } from './report.ts'

const BEGIN = '<!-- figures: written by `npm run bench -- docs` -->'
const END = '<!-- end of figures -->'

/** The page with the summaries of the runs between its marks, each under a heading. Throws where a mark is missing. */
export function putInto(page: string, reports: readonly Report[]): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('the page has no place for figures')
  const sections = reports.map((report) => `### Node ${report.circumstances.node}\n\n${summaryOf(report)}`)
  return `${page.slice(0, begin + BEGIN.length)}\n\n${sections.join('\n\n')}\n\n${page.slice(end)}`
}
