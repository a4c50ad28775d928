/** The page of a report: overview, filters, matrix, and the details of one case beside it. */
import './style/index.css'
import { drawAgents } from './agents.ts'
import { readData } from './data.ts'
import { drawDetails } from './details.ts'
import { find, h } from './dom.ts'
import { drawMatrix } from './matrix.ts'
import { formatFragment, matchesFilters, noFilters, parseFragment, type Selection } from './state.ts'
import { drawThemeButton } from './theme.ts'
import { drawToolbar } from './toolbar.ts'

const data = readData()
let selection: Selection | null = null

const open = (next: Selection) => {
  const fragment = formatFragment(data, next)
  if (location.hash === fragment) void showDetails(next)
  else location.hash = fragment
}
const close = () => {
  const last = selection
  history.pushState(null, '', location.pathname + location.search)
  void showDetails(null)
  if (last !== null) matrix.focus(last)
}
const step = (by: -1 | 1) => {
  if (selection === null) return
  const next = matrix.neighbour(selection.case, by)
  if (next !== null) open({ agent: selection.agent, case: next })
}

const matrix = drawMatrix(data, open)
const toolbar = drawToolbar(data, (filters) => {
  toolbar.showCount(matrix.show((index) => matchesFilters(data, index, filters)))
})
const agents = drawAgents(data, {
  open: (agent, index) => open({ agent, case: index }),
  filter: (verdict) => {
    toolbar.set({ ...noFilters, verdicts: new Set([verdict]) })
    toolbar.element.scrollIntoView({ block: 'start' })
  },
})
const panel = h('aside', {
  class: 'details',
  id: 'details',
  hidden: true,
  'aria-labelledby': 'details-title',
})

find('#app')?.append(
  h('a', { class: 'skip', href: '#matrix', onclick: skipToMatrix }, 'Skip to the cases'),
  drawHeader(),
  h('main', {}, agents, toolbar.element, matrix.element, drawFooter()),
  panel,
)
toolbar.showCount(matrix.show(() => true))
addEventListener('hashchange', readFragment)
addEventListener('keydown', handleKey)
readFragment()

function drawHeader(): HTMLElement {
  return h(
    'header',
    { class: 'top' },
    h('p', { class: 'brand' }, h('span', { class: 'mark', 'aria-hidden': 'true' }), h('span', {}, 'hybi')),
    h('h1', {}, 'WebSocket conformance'),
    h('span', { class: 'top-space' }),
    drawThemeButton(),
  )
}

function drawFooter(): HTMLElement {
  const key = (name: string) => h('kbd', {}, name)
  const cut =
    data.cutLevel > 0
      ? ' Details were cut so that this page stays small; the JSON files beside it have more.'
      : ''
  return h(
    'footer',
    { class: 'bottom' },
    h(
      'p',
      {},
      `Written ${new Date(data.written).toLocaleString()} by @hybi/conformance ${data.version ?? ''}.${cut}`,
    ),
    h(
      'p',
      { class: 'keys' },
      key('/'),
      ' search ',
      key('↑'),
      key('↓'),
      key('←'),
      key('→'),
      ' move ',
      key('Enter'),
      ' open ',
      key('j'),
      key('k'),
      ' next, previous ',
      key('Esc'),
      ' close',
    ),
  )
}

function skipToMatrix(event: Event): void {
  event.preventDefault()
  find<HTMLElement>('.matrix [tabindex="0"]')?.focus()
}

function readFragment(): void {
  void showDetails(parseFragment(data, location.hash))
}

async function showDetails(next: Selection | null): Promise<void> {
  const isMove = selection !== null
  selection = next
  matrix.mark(next)
  document.body.classList.toggle('has-details', next !== null)
  if (next === null) {
    panel.hidden = true
    panel.replaceChildren()
    document.title = 'WebSocket conformance'
    return
  }
  const content = await drawDetails(data, next, { close, step })
  // The reader may have gone on while the piece was opened.
  if (selection?.agent !== next.agent || selection.case !== next.case) return
  panel.replaceChildren(content)
  panel.hidden = false
  panel.scrollTop = 0
  document.title = `${data.cases[next.case]?.id} ${data.agents[next.agent]?.name} – WebSocket conformance`
  matrix.mark(next)
  if (!isMove || panel.contains(document.activeElement) || document.activeElement === document.body) {
    find<HTMLElement>('#details-title')?.focus({ preventScroll: true })
  }
}

function handleKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const target = event.target
  const isTyping = target instanceof HTMLInputElement || target instanceof HTMLSelectElement
  if (event.key === 'Escape') {
    if (isTyping && target.value !== '') return
    if (selection !== null) close()
    else if (isTyping) target.blur()
    return
  }
  if (isTyping) {
    if (event.key === 'ArrowDown' && target === toolbar.search)
      find<HTMLElement>('.matrix [tabindex="0"]')?.focus()
    return
  }
  if (event.key === '/') {
    event.preventDefault()
    toolbar.search.focus()
  } else if (event.key === 'Enter' && target instanceof HTMLElement && target.dataset.agent !== undefined) {
    open({ agent: Number(target.dataset.agent), case: Number(target.dataset.case) })
  } else if (event.key === 'j') step(1)
  else if (event.key === 'k') step(-1)
}
