/** The results as Markdown. Pure. */
import type { Circumstances } from './circumstances.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import { type Figure, mean, type Result } from './summary.ts'
import { targets } from './targets.ts'
import { aheadOf, judge, judgeAll } from './verdict.ts'

/** What is kept of a run beside its single measurements. */
export interface Report {
  readonly circumstances: Circumstances
  readonly results: readonly Result[]
}

export const number = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

const memory = (octets: number): string => `${(octets / 1024).toFixed(1)} KiB`
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

const costIn = (result: Result, cost: number): string =>
  result.cost === 'memory' ? memory(cost) : `${number(cost)} µs`

export const scenarioOf = ({ scenario }: Result): Scenario | undefined =>
  scenarios.find(({ name }) => name === scenario)

const isOf =
  (...kinds: Scenario['kind'][]) =>
  (result: Result): boolean =>
    kinds.includes(scenarioOf(result)?.kind ?? 'echo')

/** Everything: the circumstances, a table for each kind of comparison, all figures, and the verdict. */
export function toMarkdown(report: Report): string {
  return [summaryOf(report), detailsOf(report.results)].join('\n\n')
}

/** The circumstances, a table for each kind of comparison, and the verdict. */
export function summaryOf({ circumstances, results }: Report): string {
  const servers = results.filter(isOf('echo', 'connect', 'broadcast', 'memory'))
  const clients = results.filter(isOf('client'))
  const scales = results.filter(isOf('scale'))
  const workers = results.filter(isOf('workers'))
  return [
    describe(circumstances),
    ...(servers.length === 0
      ? []
      : [
          'Servers: processor time of the server for a message, as a multiple of `ws` (2 is half of what `ws` needs); memory for a connection as it is.',
          comparison(servers),
        ]),
    ...(clients.length === 0
      ? []
      : [
          'Clients: processor time of the client for a message, as a multiple of the client of `ws`.',
          comparison(clients),
        ]),
    ...(scales.length === 0
      ? []
      : [
          'Processor time of the server for a message by the number of open connections, and beside it how many times as much that is.',
          scaleTable(scales),
        ]),
    ...workers.map(workersTable),
    ...busyLoads(results),
    ...aloneOf(results),
    judgeAll(results).line,
  ].join('\n\n')
}

/** What stands in a README: who one would choose from. */
const CHOICE = ['hybi', 'ws', 'ws-tuned', 'uws']

/** The circumstances, and our server and client beside those that one would choose from. */
export function briefOf({ circumstances, results }: Report): string {
  const rows = results
    .filter(isOf('echo', 'connect', 'broadcast', 'memory', 'client'))
    .map((result) => [titleOf(result), ...cellsOf(result, CHOICE)])
  return [describe(circumstances), table(['scenario', ...CHOICE], rows), ...aloneOf(results)].join('\n\n')
}

const BUSY = 0.9

/** Names where the other end was nearly as busy as it could be, so that the subject had to wait for it at times. */
function busyLoads(results: readonly Result[]): string[] {
  const busy = results.flatMap(({ scenario, figures }) => {
    const entrants = figures.filter(({ loadShare }) => loadShare > BUSY).map(({ entrant }) => entrant)
    return entrants.length === 0 ? [] : [`${scenario} (${entrants.join(', ')})`]
  })
  return busy.length === 0
    ? []
    : [`The other end used more than ${percent(BUSY)} of what it could have had: ${busy.join(', ')}.`]
}

/** Says how much of a run was alone on the core: where that is little, its figures are those of a core that is shared. */
function aloneOf(results: readonly Result[]): string[] {
  const figures = results.flatMap(({ figures }) => figures)
  const shares = figures.flatMap(({ quietShare }) => quietShare ?? [])
  if (shares.length === 0) return []
  const [loud, looked] = figures.reduce(
    ([loud, looked], figure) => [loud + figure.loud[0], looked + figure.loud[1]],
    [0, 0],
  )
  const least = Math.min(...figures.flatMap(({ leastPaceUs }) => leastPaceUs ?? []))
  const warning = loud * 2 > looked ? ' Most of these figures are those of a core that is shared.' : ''
  return [
    `Alone on the core for ${percent(mean(shares))} of a stretch on average, in ${loud} of ${looked} stretches not at all; a look took ${least.toFixed(0)} µs at best.${warning}`,
  ]
}

function describe({ date, machine, node, versions, command, measured, loadBefore }: Circumstances): string {
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `${date} · Node ${node} · ${machine} · load average before ${loadBefore.toFixed(1)} · ${measured} · \`${command}\``,
    peers.join(' · '),
  ].join('<br>\n')
}

const columnsOf = (results: readonly Result[]): string[] => [
  ...new Set(results.flatMap(({ figures }) => figures.map(({ entrant }) => entrant))),
]

function comparison(results: readonly Result[]): string {
  const columns = columnsOf(results).filter((name) => !name.endsWith('-again'))
  const heads = ['scenario', ...columns, 'noise', 'must', 'goal', 'reached']
  const rows = results.map((result) => {
    const target = targets[result.scenario]
    const wanted =
      target === undefined
        ? ['–', '–']
        : [target.must, target.goal].map((value) =>
            result.cost === 'memory' ? `≤ ${memory(value)}` : number(value),
          )
    return [titleOf(result), ...cellsOf(result, columns), noise(result), ...wanted, reached(result)]
  })
  return table(heads, rows)
}

const titleOf = (result: Result): string => `**${result.scenario}** ${scenarioOf(result)?.title ?? ''}`

const cellsOf = (result: Result, columns: readonly string[]): string[] =>
  columns.map((name) =>
    cell(
      result,
      result.figures.find(({ entrant }) => entrant === name),
    ),
  )

function cell(result: Result, figure: Figure | undefined): string {
  if (figure === undefined) return '–'
  if (figure.rounds === 0) return figure.error ?? 'failed'
  if (result.cost === 'memory') return memory(figure.cost)
  if (figure.entrant === result.reference) return `1 (${costIn(result, figure.cost)})`
  return figure.ratio === null ? costIn(result, figure.cost) : number(figure.ratio)
}

const noise = (result: Result): string => (result.noise === null ? '–' : `± ${percent(result.noise)}`)

const reached = (result: Result): string =>
  [judge(result), ...aheadOf(result).map((rival) => `behind ${rival}`)].join(', ')

function scaleTable(results: readonly Result[]): string {
  const columns = columnsOf(results)
    .filter((name) => !name.endsWith('-again'))
    .sort((a, b) => Number(a) - Number(b))
  const rows = results.map((result) => [
    titleOf(result),
    ...columns.map((name) => {
      const figure = result.figures.find(({ entrant }) => entrant === name)
      if (figure === undefined) return '–'
      if (figure.rounds === 0) return figure.error ?? 'failed'
      const growth = figure.ratio === null ? '' : ` (${number(1 / figure.ratio)})`
      return `${costIn(result, figure.cost)}${growth}`
    }),
    noise(result),
    reached(result),
  ])
  return table(['scenario', ...columns, 'noise', 'flat'], rows)
}

function workersTable(result: Result): string {
  const rows = result.figures
    .filter(({ entrant, rounds }) => rounds > 0 && !entrant.endsWith('-again'))
    .map(({ entrant, messagesPerSecond, ratio, loadShare }) => [
      entrant,
      messagesPerSecond.toFixed(0),
      ratio === null ? '–' : number(ratio),
      percent(loadShare),
    ])
  const title = scenarioOf(result)?.title ?? ''
  return `${title}: messages per second, noise ${noise(result)}.\n\n${table(['workers', 'messages/s', 'gain', 'load'], rows)}`
}

/** Every figure of every entrant. */
export function detailsOf(results: readonly Result[]): string {
  const rows = results.flatMap((result) =>
    result.figures
      .filter(({ rounds }) => rounds > 0)
      .map((figure) => [
        result.scenario,
        figure.entrant,
        result.cost === 'time' ? '–' : costIn(result, figure.cost),
        ...(result.cost === 'memory'
          ? ['–', '–', '–']
          : [figure.messagesPerSecond.toFixed(0), figure.p50Ms.toFixed(3), figure.p99Ms.toFixed(3)]),
        figure.ratio === null ? '–' : number(figure.ratio),
        figure.ratioRange?.map(number).join('–') ?? '–',
        figure.lead === null ? '–' : `${number(figure.lead.ratio)} ± ${percent(figure.lead.noise)}`,
        figure.systemShare === null ? '–' : percent(figure.systemShare),
        percent(figure.loadShare),
        figure.quietShare === null ? '–' : percent(figure.quietShare),
      ]),
  )
  return table(
    [
      'scenario',
      'entrant',
      'a message',
      'messages/s',
      'p50 ms',
      'p99 ms',
      'ratio',
      'of all rounds',
      'ours ÷ this',
      'kernel',
      'load',
      'alone',
    ],
    rows,
  )
}

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
