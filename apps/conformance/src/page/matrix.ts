/**
 * The matrix of cases and agents: a grid for the keyboard (WAI-ARIA grid pattern). One cell is in the tab order; arrows, Home, End,
 * PageUp and PageDown move, Enter opens.
 */
import type { PageCategory, PageCell, PageData } from '../report/page-data.ts'
import { h } from './dom.ts'
import { type Selection, verdictsOf } from './state.ts'
import { formatDuration, signOf } from './words.ts'

export interface Matrix {
  readonly element: HTMLElement
  /** Shows the cases for which `matches` is true; returns how many. */
  show(matches: (index: number) => boolean): number
  /** Marks the open case. */
  mark(selection: Selection | null): void
  /** Puts the keyboard on a cell. */
  focus(selection: Selection): void
  /** The shown case before (-1) or after (1) another one, or null at the end. */
  neighbour(index: number, step: -1 | 1): number | null
}

const PAGE = 15

/** The matrix; `open` is called when a cell is chosen. */
export function drawMatrix(data: PageData, open: (selection: Selection) => void): Matrix {
  const rows = data.cases.map((_, index) => drawRow(data, index))
  const bodies = data.categories.map((category) => drawCategory(data, category, rows))
  const table = h(
    'table',
    {
      class: 'matrix',
      role: 'grid',
      'aria-label': 'Cases and agents',
      'aria-rowcount': data.cases.length + 1,
    },
    h('thead', {}, drawHead(data)),
    bodies,
  )
  fitToWidth(table, data.agents.length)
  let current: HTMLElement | null = null
  let marked: HTMLElement | null = null

  function cellAt(agent: number, index: number): HTMLElement | null {
    return rows[index]?.querySelector<HTMLElement>(`[data-agent="${agent}"]`) ?? null
  }
  function roveTo(cell: HTMLElement | null): void {
    if (cell === null) return
    if (current !== null) current.tabIndex = -1
    current = cell
    cell.tabIndex = 0
  }
  function move(agent: number, index: number): void {
    const cell = cellAt(agent, index)
    roveTo(cell)
    cell?.focus({ preventScroll: true })
    cell?.scrollIntoView({ block: 'nearest' })
  }
  const shown = () => rows.flatMap((row, index) => (row.hidden || row.parentElement?.hidden ? [] : index))

  table.addEventListener('click', (event) => {
    const selection = selectionOf(event.target)
    if (selection !== null) open(selection)
  })
  table.addEventListener('focusin', (event) => {
    if (event.target instanceof HTMLElement && event.target.dataset.agent !== undefined) roveTo(event.target)
  })
  table.addEventListener('keydown', (event) => {
    const from = selectionOf(event.target)
    const to = from === null ? null : nextCell(event, from, shown(), data.agents.length)
    if (to === null) return
    event.preventDefault()
    move(to.agent, to.case)
  })
  roveTo(cellAt(0, 0))
  return {
    element: h('div', { class: 'matrix-frame', id: 'matrix', tabindex: '-1' }, table),
    show: (matches) => {
      let count = 0
      for (const [index, row] of rows.entries()) {
        row.hidden = !matches(index)
        if (!row.hidden) count++
      }
      for (const [position, { first, count: size }] of data.categories.entries()) {
        const body = bodies[position]
        if (body) body.hidden = rows.slice(first, first + size).every((row) => row.hidden)
      }
      if (current?.closest('tr')?.hidden) roveTo(cellAt(0, shown()[0] ?? 0))
      return count
    },
    mark: (selection) => {
      marked?.removeAttribute('aria-selected')
      marked?.closest('tr')?.classList.remove('marked')
      marked = selection === null ? null : cellAt(selection.agent, selection.case)
      marked?.setAttribute('aria-selected', 'true')
      marked?.closest('tr')?.classList.add('marked')
      if (marked !== null) roveTo(marked)
      marked?.scrollIntoView({ block: isInView(marked) ? 'nearest' : 'center' })
    },
    focus: ({ agent, case: index }) => move(agent, index),
    neighbour: (index, step) => {
      const list = shown()
      const next = step === 1 ? list.find((other) => other > index) : list.findLast((other) => other < index)
      return next ?? null
    },
  }
}

/** Room of an agent's column, by which words become signs and names stand upright. */
const COLUMN = { smallest: 32, upright: 80, crowded: 92, largest: 180, share: 0.6 }
const NARROW = 620

function fitToWidth(table: HTMLElement, agents: number): void {
  const observer = new ResizeObserver(([entry]) => {
    const width = entry?.contentRect.width ?? 0
    const column = Math.max(COLUMN.smallest, Math.min(COLUMN.largest, (COLUMN.share * width) / agents))
    table.style.setProperty('--column', `${Math.floor(column)}px`)
    table.classList.toggle('crowded', column < COLUMN.crowded)
    table.classList.toggle('upright', column < COLUMN.upright)
    table.classList.toggle('narrow', width < NARROW)
  })
  observer.observe(table)
}

function isInView(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect()
  return bottom > 0 && top < innerHeight
}

function drawHead(data: PageData): HTMLElement {
  return h(
    'tr',
    {},
    h('th', { scope: 'col', class: 'case-head' }, 'Case'),
    data.agents.map(({ name }) =>
      h('th', { scope: 'col', class: 'agent-column' }, h('span', { dir: 'auto', title: name }, name)),
    ),
  )
}

function drawCategory(
  data: PageData,
  { key, title, autobahn, first, count }: PageCategory,
  rows: readonly HTMLElement[],
): HTMLElement {
  const tallies = data.agents.map(({ cells }) => {
    const run = cells
      .slice(first, first + count)
      .filter((cell) => cell !== null && cell[0] !== 'NOT APPLICABLE')
    const ok = run.filter((cell) => cell?.[0] === 'OK' && cell?.[1] === 'OK').length
    const tone = run.length === 0 ? 'missing' : ok === run.length ? 'ok' : 'not-ok'
    return h(
      'td',
      { class: `tally ${tone}`, 'aria-label': `${ok} of ${run.length} OK` },
      h('span', { class: 'tally-full' }, run.length === 0 ? '–' : `${ok}/${run.length}`),
      h(
        'span',
        { class: 'tally-short' },
        run.length === 0 ? '–' : ok === run.length ? '✓' : `−${run.length - ok}`,
      ),
    )
  })
  return h(
    'tbody',
    { id: `category-${key}` },
    h(
      'tr',
      { class: 'category' },
      h(
        'th',
        { scope: 'rowgroup' },
        h('span', { class: 'category-key' }, key),
        h('span', { class: 'category-title' }, title),
        !autobahn && h('span', { class: 'tag' }, 'own'),
      ),
      tallies,
    ),
    rows.slice(first, first + count),
  )
}

function drawRow(data: PageData, index: number): HTMLTableRowElement {
  const entry = data.cases[index]
  return h(
    'tr',
    { class: 'case', 'aria-rowindex': index + 2 },
    h(
      'th',
      { scope: 'row' },
      h(
        'div',
        { class: 'case-name' },
        h('span', { class: 'case-id' }, entry?.id),
        h('span', { class: 'case-title' }, entry?.title),
        entry && !entry.autobahn && h('span', { class: 'severity' }, entry.severity),
      ),
    ),
    data.agents.map((agent, position) =>
      drawCell(agent.name, entry?.id ?? '', agent.cells[index] ?? null, position, index),
    ),
  )
}

function drawCell(agent: string, id: string, cell: PageCell, position: number, index: number): HTMLElement {
  const place = { role: 'gridcell', tabindex: '-1', 'data-agent': position, 'data-case': index }
  if (cell === null)
    return h('td', { ...place, class: 'cell missing', 'aria-label': `${id}, ${agent}: not run` }, '·')
  const [behavior, behaviorClose, duration, fails, attempts, failures] = cell
  const words = verdictsOf(cell)
  const flaky = attempts > 1 && failures > 0 && failures < attempts
  const label = `${id}, ${agent}: ${behavior}${behaviorClose === 'OK' ? '' : `, closing ${behaviorClose}`}${fails ? ', failing' : ''}${flaky ? `, failed ${failures} of ${attempts} times` : ''}`
  return h(
    'td',
    { ...place, class: 'cell', 'aria-label': label },
    words.map((word) => {
      const { sign, tone, short } = signOf(word)
      return h(
        'span',
        { class: `verdict ${tone}` },
        h('span', { class: 'sign' }, sign),
        h('span', { class: 'word' }, word === 'OK' ? formatDuration(duration) : short),
      )
    }),
    flaky && h('span', { class: 'flaky' }, `${failures}/${attempts}`),
  )
}

function selectionOf(target: EventTarget | null): Selection | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-agent]') : null
  const row = target instanceof Element ? target.closest<HTMLElement>('tr.case') : null
  const chosen = cell ?? row?.querySelector<HTMLElement>('[data-agent]') ?? null
  if (chosen === null) return null
  return { agent: Number(chosen.dataset.agent), case: Number(chosen.dataset.case) }
}

function nextCell(
  event: KeyboardEvent,
  from: Selection,
  shown: readonly number[],
  agents: number,
): Selection | null {
  const row = shown.indexOf(from.case)
  const clampRow = (position: number) => shown[Math.max(0, Math.min(shown.length - 1, position))] ?? from.case
  const clampAgent = (agent: number) => Math.max(0, Math.min(agents - 1, agent))
  switch (event.key) {
    case 'ArrowDown':
      return { agent: from.agent, case: clampRow(row + 1) }
    case 'ArrowUp':
      return { agent: from.agent, case: clampRow(row - 1) }
    case 'ArrowRight':
      return { agent: clampAgent(from.agent + 1), case: from.case }
    case 'ArrowLeft':
      return { agent: clampAgent(from.agent - 1), case: from.case }
    case 'PageDown':
      return { agent: from.agent, case: clampRow(row + PAGE) }
    case 'PageUp':
      return { agent: from.agent, case: clampRow(row - PAGE) }
    case 'Home':
      return event.ctrlKey ? { agent: 0, case: clampRow(0) } : { agent: 0, case: from.case }
    case 'End':
      return event.ctrlKey
        ? { agent: agents - 1, case: clampRow(shown.length) }
        : { agent: agents - 1, case: from.case }
    default:
      return null
  }
}
