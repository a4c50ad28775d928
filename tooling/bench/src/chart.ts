/** The results as an SVG chart: how many times cheaper than `ws` we are, and where others stand. Pure. */
import { number, type Report, scenarioOf } from './report.ts'
import type { Result } from './summary.ts'

const CHART = { width: 900, row: 30, left: 320, right: 70, top: 84, bottom: 24, bar: 20 } as const

/** Others that are marked on the bars, with the shape they are marked by. */
const marks = [
  { entrant: 'ws-tuned', label: 'ws, corked by the user', className: 'tuned' },
  { entrant: 'uws', label: 'µWebSockets.js', className: 'uws' },
  { entrant: 'raw', label: 'echo of bytes without a protocol', className: 'raw' },
] as const

const escapeMarkup = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Where the legend's entry `index` stands; ours is the first. */
const legendAt = (index: number): number => (index === 0 ? 24 : index * 190 - 90)

const ratioOf = ({ figures }: Result, name: string): number | null =>
  figures.find(({ entrant }) => entrant === name)?.ratio ?? null

/** A bar a scenario, on a logarithmic scale. */
export function toSvg({ circumstances, results }: Report): string {
  const rows = results.flatMap((result) => {
    const scenario = scenarioOf(result)
    const ratio = ratioOf(result, 'hybi')
    return scenario === undefined || ratio === null || result.cost !== 'cpu'
      ? []
      : [{ title: scenario.title, ratio, others: marks.map(({ entrant }) => ratioOf(result, entrant)) }]
  })
  const all = rows.flatMap(({ ratio, others }) => [ratio, ...others.filter((other) => other !== null)])
  const span = CHART.width - CHART.left - CHART.right
  const most = Math.max(2, ...all)
  const least = Math.min(0.5, ...all)
  const x = (ratio: number): number =>
    CHART.left + (Math.log2(ratio / least) / Math.log2(most / least)) * span
  const height = CHART.top + rows.length * CHART.row + CHART.bottom
  const lines = rows.flatMap(({ title, ratio, others }, index) => {
    const y = CHART.top + index * CHART.row
    const end = x(ratio)
    return [
      `<text x="${CHART.left - 10}" y="${y + 15}" text-anchor="end">${escapeMarkup(title)}</text>`,
      `<rect x="${CHART.left}" y="${y}" width="${Math.max(2, end - CHART.left).toFixed(1)}" height="${CHART.bar}" rx="3"/>`,
      `<text x="${CHART.width - 16}" y="${y + 15}" text-anchor="end" class="n">${number(ratio)}×</text>`,
      ...others.flatMap((other, which) => (other === null ? [] : [mark(which, x(other), y + CHART.bar / 2)])),
    ]
  })
  const legend = [
    `<rect x="16" y="53" width="16" height="14" rx="3"/>`,
    ...['hybi', ...marks.map(({ label }) => label)].map(
      (label, index) => `<text x="${legendAt(index) + 12}" y="64" class="s">${escapeMarkup(label)}</text>`,
    ),
    ...marks.map((_, index) => mark(index, legendAt(index + 1), 60)),
  ]
  const caption = `${circumstances.date} · Node ${circumstances.node} · ${circumstances.machine}`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${CHART.width} ${height}" role="img" aria-label="Messages for the same processor time, as a multiple of ws">
<style>text{font:13px system-ui,sans-serif;fill:#24292f}.n{font-weight:600}.s{font-size:11px;fill:#57606a}rect{fill:#1f6feb}line{stroke:#8c959f;stroke-dasharray:3 3}.tuned{fill:#fff;stroke:#24292f}.uws{fill:#cf222e;stroke:#fff}.raw{fill:#bf8700;stroke:#fff}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.s{fill:#8d96a0}rect{fill:#388bfd}.tuned{fill:#0d1117;stroke:#e6edf3}.uws,.raw{stroke:#0d1117}}</style>
<text x="16" y="22" class="n">Messages for the same processor time, as a multiple of ws (longer is better)</text>
<text x="16" y="40" class="s">${escapeMarkup(caption)}</text>
${legend.join('\n')}
<line x1="${x(1).toFixed(1)}" x2="${x(1).toFixed(1)}" y1="${CHART.top - 8}" y2="${height - CHART.bottom + 4}"/>
${lines.join('\n')}
</svg>
`
}

const mark = (which: number, x: number, y: number): string =>
  `<circle cx="${x.toFixed(1)}" cy="${y}" r="5" class="${marks[which]?.className ?? ''}"/>`
