/** The results as Markdown and as an SVG chart. Pure. */
import type { Scenario } from './scenarios.ts'
import type { Figure } from './summary.ts'
import { memoryTargets, targets } from './targets.ts'

export interface Circumstances {
  readonly date: string
  readonly machine: string
  readonly node: string
  readonly versions: Readonly<Record<string, string>>
  readonly command: string
  readonly rounds: number
}

const SUBJECT = 'hybi'
const REFERENCE = 'ws'
const NOISE = 'ws-again'

const number = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

const memory = (octets: number): string => `${(octets / 1024).toFixed(1)} KiB`

function cell(figure: Figure | undefined): string {
  if (figure === undefined) return '–'
  if (figure.rounds === 0) return figure.error ?? 'failed'
  if (figure.bytesPerConnection !== null) return memory(figure.bytesPerConnection)
  return figure.ratio === null ? '–' : number(figure.ratio)
}

/** How far apart two runs of one server lie, as a share. */
const noiseOf = (figures: readonly Figure[], scenario: string): number => {
  const again = figures.find((figure) => figure.scenario === scenario && figure.server === NOISE)
  return again?.ratio == null ? 0 : Math.abs(1 - again.ratio)
}

export type Verdict = 'goal' | 'must' | 'missed' | '–'

/** Whether the subject's figure reaches its target, the noise of that scenario allowed. */
export function judge(figures: readonly Figure[], scenario: string): Verdict {
  const figure = figures.find((candidate) => candidate.scenario === scenario && candidate.server === SUBJECT)
  if (figure === undefined || figure.rounds === 0) return '–'
  const allowance = 1 - noiseOf(figures, scenario)
  const memoryTarget = memoryTargets[scenario]
  if (memoryTarget !== undefined && figure.bytesPerConnection !== null) {
    const octets = figure.bytesPerConnection * allowance
    return octets <= memoryTarget.goal ? 'goal' : octets <= memoryTarget.must ? 'must' : 'missed'
  }
  const target = targets[scenario]
  if (target === undefined || figure.ratio === null) return '–'
  return figure.ratio >= target.goal * allowance
    ? 'goal'
    : figure.ratio >= target.must * allowance
      ? 'must'
      : 'missed'
}

export function toMarkdown(
  scenarios: readonly Scenario[],
  servers: readonly string[],
  figures: readonly Figure[],
  circumstances: Circumstances,
): string {
  const find = (scenario: string, server: string): Figure | undefined =>
    figures.find((figure) => figure.scenario === scenario && figure.server === server)
  const heads = ['scenario', ...servers, 'must', 'goal', 'reached']
  const rows = scenarios.map(({ name, title }) => {
    const reference = find(name, REFERENCE)
    const cells = servers.map((server) =>
      server === REFERENCE && reference !== undefined && reference.bytesPerConnection === null
        ? `1 (${number(reference.cpuUsPerMessage)} µs)`
        : cell(find(name, server)),
    )
    const ratio = targets[name]
    const octets = memoryTargets[name]
    const wanted =
      ratio !== undefined
        ? [number(ratio.must), number(ratio.goal)]
        : octets !== undefined
          ? [`≤ ${memory(octets.must)}`, `≤ ${memory(octets.goal)}`]
          : ['–', '–']
    return [`**${name}** ${title}`, ...cells, ...wanted, judge(figures, name)]
  })
  const detail = figures
    .filter((figure) => figure.rounds > 0 && figure.bytesPerConnection === null)
    .map((figure) => [
      figure.scenario,
      figure.server,
      number(figure.cpuUsPerMessage),
      figure.messagesPerSecond.toFixed(0),
      figure.p50Ms.toFixed(3),
      figure.p99Ms.toFixed(3),
      figure.ratioRange === null ? '–' : figure.ratioRange.map(number).join('–'),
      `${(figure.loadShare * 100).toFixed(0)} %`,
    ])
  return [
    `${circumstances.date} · ${circumstances.machine} · Node ${circumstances.node} · median of ${circumstances.rounds} interleaved rounds · \`${circumstances.command}\``,
    '',
    Object.entries(circumstances.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(' · '),
    '',
    'Server processor time a message, as a multiple of `ws` (2 is half the cost). `ws-again` is the same server a second time: its distance from 1 is the noise.',
    '',
    table(heads, rows),
    '',
    table(
      ['scenario', 'server', 'µs/message', 'messages/s', 'p50 ms', 'p99 ms', 'ratio range', 'load share'],
      detail,
    ),
    '',
  ].join('\n')
}

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')

const escapeMarkup = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

const CHART = { width: 860, row: 30, left: 270, right: 70, top: 56 } as const

/** A bar a scenario: how many times cheaper than `ws` the subject is, on a logarithmic scale. */
export function toSvg(
  scenarios: readonly Scenario[],
  figures: readonly Figure[],
  circumstances: Circumstances,
): string {
  const bars = scenarios.flatMap(({ name, title }) => {
    const figure = figures.find((candidate) => candidate.scenario === name && candidate.server === SUBJECT)
    return figure?.ratio == null ? [] : [{ title, ratio: figure.ratio }]
  })
  const most = Math.max(2, ...bars.map(({ ratio }) => ratio))
  const span = CHART.width - CHART.left - CHART.right
  const scale = (ratio: number): number => (Math.log2(Math.max(ratio, 0.5)) + 1) / (Math.log2(most) + 1)
  const height = CHART.top + bars.length * CHART.row + 24
  const one = CHART.left + scale(1) * span
  const rows = bars.map(({ title, ratio }, index) => {
    const y = CHART.top + index * CHART.row
    const width = Math.max(2, scale(ratio) * span)
    return `<text x="${CHART.left - 10}" y="${y + 15}" text-anchor="end">${escapeMarkup(title)}</text><rect x="${CHART.left}" y="${y}" width="${width.toFixed(1)}" height="20" rx="3"/><text x="${(CHART.left + width + 8).toFixed(1)}" y="${y + 15}" class="n">${number(ratio)}×</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${CHART.width} ${height}" role="img" aria-label="Messages for the same processor time, as a multiple of ws">
<style>text{font:13px system-ui,sans-serif;fill:#24292f}.n{font-weight:600}.s{font-size:11px;fill:#57606a}rect{fill:#1f6feb}line{stroke:#8c959f;stroke-dasharray:3 3}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.s{fill:#8d96a0}rect{fill:#58a6ff}}</style>
<text x="16" y="22" class="n">Messages for the same server processor time, as a multiple of ws</text>
<text x="16" y="40" class="s">${escapeMarkup(`${circumstances.date} · Node ${circumstances.node} · ${circumstances.machine}`)}</text>
<line x1="${one.toFixed(1)}" x2="${one.toFixed(1)}" y1="${CHART.top - 6}" y2="${height - 18}"/>
${rows.join('\n')}
</svg>
`
}
