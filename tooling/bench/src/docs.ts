/** Puts runs into pages of documentation: what stands between the two marks of a page is theirs. */
import { briefOf, detailsOf, type Report, summaryOf } from './report.ts'

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

/** The page with all of the runs between its marks, each under a heading. Throws where a mark is missing. */
export const putInto = (page: string, reports: readonly Report[]): string =>
  fill(page, reports.map(sectionOf).join('\n\n'))

/** The page with the short form of one run between its marks. Throws where a mark is missing. */
export const putBriefInto = (page: string, report: Report): string => fill(page, briefOf(report))

function fill(page: string, figures: string): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('the page has no place for figures')
  return `${page.slice(0, begin + BEGIN.length)}\n\n${figures}\n\n${page.slice(end)}`
}
