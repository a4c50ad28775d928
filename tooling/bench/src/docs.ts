/** Puts runs into the page of documentation: what stands between its two marks is theirs. */
import { detailsOf, type Report, summaryOf } from './report.ts'

const BEGIN = '<!-- figures: written by `npm run bench -- docs` -->'
const END = '<!-- end of figures -->'

const sectionOf = (report: Report): string =>
  [
    `### Node ${report.circumstances.node}`,
    summaryOf(report),
    '<details><summary>Every figure, with messages per second, latency and the share of the load</summary>',
    detailsOf(report.results),
    '</details>',
  ].join('\n\n')

/** The page with the summaries of the runs between its marks, each under a heading. Throws where a mark is missing. */
export function putInto(page: string, reports: readonly Report[]): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('the page has no place for figures')
  return `${page.slice(0, begin + BEGIN.length)}\n\n${reports.map(sectionOf).join('\n\n')}\n\n${page.slice(end)}`
}
