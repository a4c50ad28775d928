/** Expected and observed events side by side; where they part is marked. */
import type { PageDetails, PageEvent } from '../report/page-data.ts'
import { h } from './dom.ts'
import { formatCount, showControls } from './words.ts'

/** All acceptable outcomes and what came instead. */
export function drawEvents(details: PageDetails): HTMLElement | null {
  const outcomes = Object.entries(details.expected).sort(
    ([a], [b]) => Number(b === 'OK') - Number(a === 'OK'),
  )
  // Long series are compared as they come: their verdict is in the outcome.
  if (outcomes.length === 0 && details.received.length === 0) return null
  const best = outcomes
    .map(([, rows]) => rows)
    .sort((a, b) => countSame(b, details.received) - countSame(a, details.received))[0]
  const parting = best === undefined ? details.received.length : countSame(best, details.received)
  const matching = outcomes.find(([, rows]) => isEqual(rows, details.received))?.[0]
  const isMatch = outcomes.length === 0 || matching !== undefined
  const title =
    outcomes.length === 0
      ? 'Observed'
      : `Observed: as ${matching === undefined ? 'none of them' : `for ${matching}`}`
  return h(
    'div',
    { class: 'events' },
    outcomes.map(([outcome, rows]) => drawList(`Expected for ${outcome}`, rows, rows.length, 0)),
    drawList(title, details.received, isMatch ? details.received.length : parting, details.receivedMore),
  )
}

const isEqual = (a: readonly PageEvent[], b: readonly PageEvent[]): boolean =>
  a.length === b.length && countSame(a, b) === a.length

function countSame(a: readonly PageEvent[], b: readonly PageEvent[]): number {
  const first = a.findIndex((event, index) => JSON.stringify(event) !== JSON.stringify(b[index]))
  return first === -1 ? a.length : first
}

function drawList(title: string, events: readonly PageEvent[], parting: number, more: number): HTMLElement {
  const items = events.map((event, index) => drawEvent(event, index >= parting))
  return h(
    'section',
    { class: 'event-list' },
    h('h4', {}, title),
    events.length === 0 ? h('p', { class: 'empty' }, 'nothing') : h('ol', {}, items),
    more > 0 && h('p', { class: 'empty' }, `and ${more} more`),
  )
}

function drawEvent([type, payload, binary, length]: PageEvent, differs: boolean): HTMLElement {
  const kind = type === 'message' ? (binary ? 'binary message' : 'text message') : type
  const cut = payload.length < length ? ` … (${formatCount(length)} characters)` : ''
  return h(
    'li',
    { class: differs ? 'differs' : null },
    h('span', { class: `event-kind ${type}` }, kind),
    ' ',
    payload === ''
      ? h('span', { class: 'empty' }, 'empty')
      : h('code', { dir: 'auto' }, `${showControls(payload)}${cut}`),
    differs && h('span', { class: 'differs-mark' }, ' differs'),
  )
}
