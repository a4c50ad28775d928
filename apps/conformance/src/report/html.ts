/** `index.html`: one file that holds the page's style, script and data, and opens from disk. */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { readPageAssets } from '../page-assets.ts'
import { type AgentRun, type CaseResult, compareIds, type Report } from './model.ts'
import { cuts, toDetails } from './page-cut.ts'
import type { PageAgent, PageCase, PageCategory, PageCell, PageData, PagePiece } from './page-data.ts'
import { escapeJsonForHtml } from './text.ts'
import { isFailing, isNotApplicable } from './verdict.ts'

const compress = promisify(gzip)

/** Octets that the pieces of details may take together. */
const DETAILS_LIMIT = 17_000_000

interface Piece {
  readonly results: readonly CaseResult[]
  readonly text: string
}

/** Makes the page of a report; keeps pieces that have not changed since the last time. */
export class PageWriter {
  readonly #limit: number
  /** Pieces by agent and category, with what they were made of. */
  #pieces = new Map<string, Piece>()
  #cutLevel = 0

  constructor(limit = DETAILS_LIMIT) {
    this.#limit = limit
  }

  async format(report: Report): Promise<string> {
    const { cases, categories } = listCases(report)
    let pieces = await this.#makePieces(report, cases, categories)
    while (sumLengths(pieces) > this.#limit && this.#cutLevel < cuts.length - 1) {
      this.#cutLevel++
      this.#pieces.clear()
      pieces = await this.#makePieces(report, cases, categories)
    }
    const runs = [...report.values()]
    const data: PageData = {
      written: new Date().toISOString(),
      version: runs.find(({ header }) => header.version !== null)?.header.version ?? null,
      cases,
      categories,
      agents: runs.map((run) => toPageAgent(run, cases)),
      cutLevel: this.#cutLevel,
    }
    return assemblePage(data, pieces)
  }

  async #makePieces(
    report: Report,
    cases: readonly PageCase[],
    categories: readonly PageCategory[],
  ): Promise<Map<string, string>> {
    const made = new Map<string, string>()
    const kept = new Map<string, Piece>()
    for (const [agentIndex, run] of [...report.values()].entries()) {
      for (const [categoryIndex, { key, first, count }] of categories.entries()) {
        const results = cases.slice(first, first + count).flatMap(({ id }) => run.results.get(id) ?? [])
        if (results.length === 0) continue
        const cacheKey = JSON.stringify([run.header.agent, key])
        const cached = this.#pieces.get(cacheKey)
        const text =
          cached !== undefined && isSame(cached.results, results)
            ? cached.text
            : await this.#makePiece(results)
        kept.set(cacheKey, { results, text })
        made.set(`details-${agentIndex}-${categoryIndex}`, text)
      }
    }
    this.#pieces = kept
    return made
  }

  async #makePiece(results: readonly CaseResult[]): Promise<string> {
    const cut = cuts[this.#cutLevel]
    if (cut === undefined) return ''
    const piece: PagePiece = Object.fromEntries(
      results.map(({ record }) => [record.id, toDetails(record, cut)]),
    )
    return (await compress(JSON.stringify(piece))).toString('base64')
  }
}

const isSame = (a: readonly CaseResult[], b: readonly CaseResult[]): boolean =>
  a.length === b.length && a.every((result, index) => result === b[index])

const sumLengths = (pieces: ReadonlyMap<string, string>): number =>
  [...pieces.values()].reduce((sum, text) => sum + text.length, 0)

function listCases(report: Report): { cases: PageCase[]; categories: PageCategory[] } {
  const known = new Map<string, { readonly entry: PageCase; readonly category: string }>()
  for (const { results } of report.values()) {
    for (const { record } of results.values()) {
      const { id, title, section, description, expectation, autobahn, severity, reason, rule, category } =
        record
      const entry = { id, title, section, description, expectation, autobahn, severity, reason, rule }
      if (!known.has(id)) known.set(id, { entry, category })
    }
  }
  const sorted = [...known.values()].sort((a, b) => compareIds(a.entry.id, b.entry.id))
  const categories: PageCategory[] = []
  for (const [index, { entry, category }] of sorted.entries()) {
    const key = entry.id.split('.')[0] ?? ''
    const last = categories.at(-1)
    if (last?.key === key) categories[categories.length - 1] = { ...last, count: last.count + 1 }
    else categories.push({ key, title: category, autobahn: entry.autobahn, first: index, count: 1 })
  }
  return { cases: sorted.map(({ entry }) => entry), categories }
}

const toPageAgent = ({ header, end, results }: AgentRun, cases: readonly PageCase[]): PageAgent => ({
  name: header.agent,
  role: header.role,
  target: header.target,
  profile: header.profile,
  selected: header.selected,
  started: header.started,
  ended: end?.ended ?? null,
  ending: end?.ending ?? null,
  reason: end?.reason ?? '',
  cells: cases.map(({ id }) => toCell(results.get(id))),
})

function toCell(result: CaseResult | undefined): PageCell {
  if (result === undefined) return null
  const { record, attempts, failures } = result
  return [
    isNotApplicable(record) ? 'NOT APPLICABLE' : record.behavior,
    record.behaviorClose,
    record.duration,
    isFailing(record, false) ? 1 : 0,
    attempts,
    failures,
  ]
}

async function assemblePage(data: PageData, pieces: ReadonlyMap<string, string>): Promise<string> {
  const { script, style } = await readPageAssets()
  // Only this script and this style may run: a payload that found a way into the page could still do nothing.
  const policy = `default-src 'none'; script-src '${hashSource(script)}'; style-src '${hashSource(style)}'; img-src data:; base-uri 'none'; form-action 'none'`
  const details = [...pieces].map(
    ([id, text]) => `<script type="application/gzip" id="${id}">${text}</script>\n`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>WebSocket conformance</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<noscript>This report is drawn by a script. summary.md and junit.xml beside it hold the verdicts without one.</noscript>
<div id="app"></div>
<script type="application/json" id="data">${escapeJsonForHtml(JSON.stringify(data))}</script>
${details.join('')}<script>${script}</script>
</body>
</html>
`
}

const hashSource = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`
