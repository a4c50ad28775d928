/** Search and filters above the matrix. */
import type { PageData } from '../report/page-data.ts'
import { verdicts } from '../report/verdict.ts'
import { h } from './dom.ts'
import { type Filters, noFilters, verdictsOf } from './state.ts'
import { signOf } from './words.ts'

export interface Toolbar {
  readonly element: HTMLElement
  readonly search: HTMLInputElement
  /** Tells how many cases are shown. */
  showCount(shown: number): void
  /** Sets filters from elsewhere. */
  set(filters: Filters): void
}

/** The toolbar; `apply` is called with each change. */
export function drawToolbar(data: PageData, apply: (filters: Filters) => void): Toolbar {
  let filters = noFilters
  const change = (next: Partial<Filters>) => {
    filters = { ...filters, ...next }
    refresh()
    apply(filters)
  }
  const search = h('input', {
    type: 'search',
    class: 'search',
    placeholder: 'Search id, title, text…',
    'aria-label': 'Search cases',
    'aria-keyshortcuts': '/',
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: () => change({ text: search.value }),
  })
  const category = h(
    'select',
    { class: 'select', 'aria-label': 'Category', onchange: () => change({ category: category.value }) },
    h('option', { value: '' }, 'All categories'),
    data.categories.map(({ key, title }) => h('option', { value: key }, `${key} ${title}`)),
  )
  const chips = listVerdicts(data).map(({ verdict, count }) =>
    drawChip(verdict, count, () => toggle(verdict)),
  )
  const differing = h(
    'button',
    {
      type: 'button',
      class: 'chip plain',
      'aria-pressed': 'false',
      onclick: () => change({ differing: !filters.differing }),
    },
    'agents differ',
  )
  const count = h('span', { class: 'count', role: 'status', 'aria-live': 'polite' })
  const reset = h('button', { type: 'button', class: 'link', onclick: () => change(noFilters) }, 'show all')

  function toggle(verdict: string): void {
    const next = new Set(filters.verdicts)
    if (!next.delete(verdict)) next.add(verdict)
    change({ verdicts: next })
  }
  function refresh(): void {
    if (search.value !== filters.text) search.value = filters.text
    category.value = filters.category
    for (const chip of chips) {
      chip.setAttribute('aria-pressed', String(filters.verdicts.has(chip.dataset.verdict ?? '')))
    }
    differing.setAttribute('aria-pressed', String(filters.differing))
    reset.hidden =
      filters.text === '' && filters.category === '' && filters.verdicts.size === 0 && !filters.differing
  }
  refresh()
  const element = h(
    'search',
    { class: 'toolbar', 'aria-label': 'Filters' },
    h('div', { class: 'toolbar-fields' }, search, category),
    h('div', { class: 'toolbar-chips' }, chips, data.agents.length > 1 && differing),
    h('div', { class: 'toolbar-count' }, count, reset),
  )
  // The head of the matrix sticks below the toolbar, however many lines that takes.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty('--toolbar', `${element.offsetHeight}px`)
  }).observe(element)
  return {
    element,
    search,
    showCount: (shown) => {
      count.textContent =
        shown === data.cases.length ? `${shown} cases` : `${shown} of ${data.cases.length} cases`
    },
    set: (next) => change(next),
  }
}

function drawChip(verdict: string, count: number, toggle: () => void): HTMLButtonElement {
  const { sign, tone } = signOf(verdict)
  return h(
    'button',
    {
      type: 'button',
      class: `chip ${tone}`,
      'aria-pressed': 'false',
      'data-verdict': verdict,
      onclick: toggle,
    },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    `${verdict.toLowerCase()} `,
    h('span', { class: 'chip-count' }, count),
  )
}

function listVerdicts(data: PageData): { verdict: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { cells } of data.agents) {
    for (const verdict of cells.flatMap(verdictsOf)) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  }
  return [...verdicts, 'NOT APPLICABLE', 'NOT RUN'].flatMap((verdict) => {
    const count = counts.get(verdict)
    return count === undefined ? [] : { verdict, count }
  })
}
