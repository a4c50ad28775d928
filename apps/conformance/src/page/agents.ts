/** The agents at a glance: for each a card with totals and a picture in which every case is one small square. */
import type { PageAgent, PageData } from '../report/page-data.ts'
import { verdicts } from '../report/verdict.ts'
import { h, s } from './dom.ts'
import { formatDuration, signOf } from './words.ts'

export interface AgentActions {
  readonly open: (agent: number, index: number) => void
  readonly filter: (verdict: string) => void
}

/** Cards of all agents. */
export function drawAgents(data: PageData, actions: AgentActions): HTMLElement {
  const cards = data.agents.map((agent, index) => drawCard(data, agent, index, actions))
  return h('section', { class: 'agents', 'aria-label': 'Agents' }, cards)
}

function drawCard(data: PageData, agent: PageAgent, index: number, actions: AgentActions): HTMLElement {
  return h(
    'article',
    { class: 'agent', 'aria-labelledby': `agent-${index}` },
    h(
      'header',
      { class: 'agent-head' },
      h('h2', { id: `agent-${index}`, dir: 'auto' }, agent.name),
      h('span', { class: 'tag' }, agent.role),
      agent.profile === 'quick' && h('span', { class: 'tag' }, 'quick'),
    ),
    h('p', { class: 'agent-target' }, describeRun(agent)),
    drawEnding(data, agent),
    h(
      'div',
      { class: 'scores' },
      drawScore(data, agent, true, 'Autobahn'),
      drawScore(data, agent, false, 'own'),
    ),
    drawFingerprint(data, agent, index, actions),
    drawCounts(agent, actions),
  )
}

function describeRun(agent: PageAgent): string {
  const parts = [agent.target === agent.name ? null : agent.target]
  const [start, end] = [Date.parse(agent.started), Date.parse(agent.ended ?? '')]
  if (Number.isFinite(start)) parts.push(new Date(start).toLocaleString())
  if (Number.isFinite(end - start) && end > start) parts.push(formatDuration(end - start))
  return parts.filter((part) => part !== null && part !== '').join(' · ')
}

function drawEnding(data: PageData, agent: PageAgent): HTMLElement | null {
  if (agent.ending === 'completed') return null
  const finished = agent.cells.filter((cell) => cell !== null).length
  const of = agent.selected ?? data.cases.length
  const reason = agent.ending === null ? 'The run had not ended when this was written.' : agent.reason
  return h(
    'p',
    { class: 'agent-ending', role: 'status' },
    `${reason.replace(/\.?$/, '.')} ${finished} of ${of} ${of === 1 ? 'case' : 'cases'} finished.`,
  )
}

function drawScore(data: PageData, agent: PageAgent, autobahn: boolean, label: string): HTMLElement | null {
  const cells = agent.cells.filter(
    (cell, index) =>
      cell !== null && cell[0] !== 'NOT APPLICABLE' && data.cases[index]?.autobahn === autobahn,
  )
  if (cells.length === 0) return null
  const ok = cells.filter((cell) => cell !== null && cell[0] === 'OK' && cell[1] === 'OK').length
  const failing = cells.filter((cell) => cell !== null && cell[3] === 1).length
  const short = cells.length - ok - failing
  return h(
    'p',
    { class: 'score' },
    h('strong', {}, `${ok}`),
    h('span', { class: 'score-of' }, ` / ${cells.length} `),
    h('span', { class: 'score-label' }, `${label} OK`),
    failing > 0 && h('span', { class: 'score-failing' }, `${failing} failing`),
    !autobahn && short > 0 && h('span', { class: 'score-label' }, ` + ${short} SHOULD or quality`),
  )
}

function drawCounts(agent: PageAgent, actions: AgentActions): HTMLElement | null {
  const counts = new Map<string, number>()
  for (const cell of agent.cells) {
    for (const verdict of new Set(cell?.slice(0, 2) as string[] | undefined)) {
      if (verdict !== 'OK') counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
    }
  }
  if (counts.size === 0) return null
  const known = [...verdicts, 'NOT APPLICABLE'].filter((verdict) => counts.has(verdict))
  const chips = known.map((verdict) =>
    h(
      'button',
      { type: 'button', class: `chip ${signOf(verdict).tone}`, onclick: () => actions.filter(verdict) },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, signOf(verdict).sign),
      `${counts.get(verdict)} ${verdict.toLowerCase()}`,
    ),
  )
  return h('div', { class: 'agent-counts' }, chips)
}

const ROWS = 10
const CELL = 7
const STEP = 9
const GAP = 7

/** Every case a square, column by column, categories apart: agents that differ look different. */
function drawFingerprint(
  data: PageData,
  agent: PageAgent,
  index: number,
  actions: AgentActions,
): SVGSVGElement {
  const squares: SVGElement[] = []
  let x = 0
  for (const { first, count } of data.categories) {
    for (let offset = 0; offset < count; offset++) {
      const cell = agent.cells[first + offset] ?? null
      const left = x + Math.floor(offset / ROWS) * STEP
      const tone = cell === null ? 'missing' : signOf(cell[0] === 'OK' ? cell[1] : cell[0]).tone
      squares.push(
        s('rect', {
          class: `square ${tone}`,
          x: left,
          y: (offset % ROWS) * STEP,
          width: CELL,
          height: CELL,
          rx: 1.5,
          'data-case': first + offset,
        }),
      )
    }
    x += Math.ceil(count / ROWS) * STEP + GAP
  }
  const width = Math.max(x - GAP, 1)
  const height = ROWS * STEP - (STEP - CELL)
  const hint = s('title')
  const picture = s(
    'svg',
    {
      class: 'fingerprint',
      viewBox: `0 0 ${width} ${height}`,
      style: null,
      role: 'img',
      'aria-label': `Every case of ${agent.name} as a square; the table below has the same in words`,
      onclick: (event) => {
        const position = positionOf(event)
        if (position !== null && agent.cells[position]) actions.open(index, position)
      },
      onpointermove: (event) => {
        const position = positionOf(event)
        const entry = position === null ? undefined : data.cases[position]
        const cell = position === null ? null : agent.cells[position]
        hint.textContent = entry
          ? `${entry.id} ${entry.title} — ${cell ? describeCell(cell) : 'not run'}`
          : ''
      },
    },
    hint,
    squares,
  )
  picture.style.maxWidth = `${Math.round(width * 1.3)}px`
  return picture
}

const describeCell = (cell: readonly unknown[]): string =>
  cell[1] === 'OK' ? String(cell[0]) : `${cell[0]}, closing ${cell[1]}`

function positionOf(event: Event): number | null {
  const value = event.target instanceof Element ? event.target.getAttribute('data-case') : null
  return value === null ? null : Number(value)
}
