/** Everything about one case of one agent. */
import type { PageCase, PageData, PageDetails } from '../report/page-data.ts'
import { readDetails } from './data.ts'
import { h } from './dom.ts'
import { drawEvents } from './events.ts'
import { drawSequence } from './sequence.ts'
import { formatFragment, type Selection, verdictsOf } from './state.ts'
import { drawClosing, drawStatistics, drawTraffic } from './tables.ts'
import { drawWireLog } from './wire-log.ts'
import { formatDuration, showControls, signOf } from './words.ts'

export interface DetailsActions {
  readonly close: () => void
  readonly step: (step: -1 | 1) => void
}

/** The panel's content; the parts that lie in a compressed piece are filled in when it is open. */
export async function drawDetails(
  data: PageData,
  selection: Selection,
  actions: DetailsActions,
): Promise<HTMLElement> {
  const agent = data.agents[selection.agent]
  const entry = data.cases[selection.case]
  const category = data.categories.findIndex(
    ({ first, count }) => selection.case >= first && selection.case < first + count,
  )
  const details = await readDetails(selection.agent, category, entry?.id ?? '')
  if (agent === undefined || entry === undefined) return h('div')
  return h(
    'div',
    { class: 'details-body' },
    drawBar(entry, actions),
    drawHeading(data, selection, entry, agent.name),
    drawOthers(data, selection),
    drawPurpose(entry),
    details === null
      ? h('p', { class: 'empty' }, 'This case was not run with this agent.')
      : drawRecord(details, agent.name, agent.target, entry),
  )
}

function drawBar(entry: PageCase, actions: DetailsActions): HTMLElement {
  return h(
    'div',
    { class: 'details-bar' },
    h(
      'button',
      { type: 'button', class: 'button', onclick: actions.close, 'aria-keyshortcuts': 'Escape' },
      '✕ Close',
    ),
    h('span', { class: 'details-place' }, entry.id),
    h(
      'span',
      { class: 'details-steps' },
      h(
        'button',
        {
          type: 'button',
          class: 'button',
          onclick: () => actions.step(-1),
          'aria-keyshortcuts': 'k',
          'aria-label': 'Previous case',
        },
        '↑',
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'button',
          onclick: () => actions.step(1),
          'aria-keyshortcuts': 'j',
          'aria-label': 'Next case',
        },
        '↓',
      ),
    ),
  )
}

function drawHeading(data: PageData, selection: Selection, entry: PageCase, agent: string): HTMLElement {
  const cell = data.agents[selection.agent]?.cells[selection.case] ?? null
  const [behavior, behaviorClose, duration, , attempts, failures] = cell ?? ['NOT RUN', 'OK', 0, 0, 1, 0]
  return h(
    'header',
    { class: 'details-head' },
    h('p', { class: 'details-section' }, entry.section),
    h(
      'h2',
      { id: 'details-title', tabindex: '-1' },
      h('span', { class: 'case-id' }, entry.id),
      ' ',
      entry.title,
    ),
    h(
      'p',
      { class: 'details-verdicts' },
      drawVerdict('behavior', behavior),
      entry.autobahn && cell !== null && drawVerdict('closing', behaviorClose),
      !entry.autobahn && h('span', { class: 'severity' }, entry.severity),
      h('span', { class: 'details-agent', dir: 'auto' }, agent),
      cell !== null && h('span', { class: 'details-duration' }, formatDuration(duration)),
      attempts > 1 && h('span', { class: 'flaky' }, `failed ${failures} of ${attempts} times`),
    ),
  )
}

function drawVerdict(label: string, verdict: string): HTMLElement {
  const { sign, tone } = signOf(verdict)
  return h(
    'span',
    { class: `pill ${tone}` },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    h('span', { class: 'pill-label' }, `${label} `),
    h('strong', {}, verdict),
  )
}

/** The same case with the other agents. */
function drawOthers(data: PageData, selection: Selection): HTMLElement | null {
  if (data.agents.length < 2) return null
  const links = data.agents.flatMap(({ name, cells }, agent) => {
    if (agent === selection.agent) return []
    const words = verdictsOf(cells[selection.case] ?? null)
    const { sign, tone } = signOf(words[0] ?? '')
    return h(
      'a',
      { class: `other ${tone}`, href: formatFragment(data, { agent, case: selection.case }) },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
      h('span', { dir: 'auto' }, name),
      h('span', { class: 'other-word' }, words.join(', ').toLowerCase()),
    )
  })
  return h('nav', { class: 'others', 'aria-label': 'The same case with other agents' }, links)
}

function drawPurpose(entry: PageCase): HTMLElement {
  return h(
    'div',
    { class: 'purpose' },
    h('section', {}, h('h3', {}, 'Description'), h('p', {}, entry.description)),
    h('section', {}, h('h3', {}, 'Expectation'), h('p', {}, entry.expectation)),
    entry.reason !== '' &&
      h(
        'section',
        { class: 'wide' },
        h('h3', {}, 'Why it is tested'),
        h('p', {}, entry.reason),
        entry.rule !== '' && h('p', { class: 'rule' }, entry.rule),
      ),
  )
}

function drawRecord(
  details: PageDetails,
  agent: string,
  target: string | null,
  entry: PageCase,
): readonly HTMLElement[] {
  const part = (title: string, ...content: (HTMLElement | null)[]) =>
    h('section', { class: 'part', 'aria-label': title }, h('h3', {}, title), ...content)
  return [
    part(
      'Outcome',
      drawOutcome(details, entry),
      entry.autobahn ? drawEvents(details) : drawRequirements(details),
    ),
    part('Sequence', drawSequence(details, agent)),
    part('Wire log', drawWireLog(details)),
    part('Closing behaviour', h('div', { class: 'scroll' }, drawClosing(details))),
    part('Opening handshake', drawHandshake(details)),
    part('Wire statistics', drawStatistics(details), drawTraffic(details)),
    drawRepeat(details, target, entry),
  ]
}

function drawOutcome(details: PageDetails, entry: PageCase): HTMLElement {
  return h(
    'div',
    { class: 'outcome' },
    // The list of requirements below says the same of own cases.
    details.result !== '' && details.requirements.length === 0 && h('p', {}, showControls(details.result)),
    entry.autobahn &&
      details.resultClose !== '' &&
      h('p', {}, h('span', { class: 'outcome-label' }, 'Closing: '), showControls(details.resultClose)),
    details.reducedTo &&
      h(
        'p',
        { class: 'remark' },
        `Profile quick: ${details.reducedTo.messages} of ${details.reducedTo.of} messages were sent.`,
      ),
  )
}

function drawRequirements(details: PageDetails): HTMLElement {
  return h(
    'ul',
    { class: 'requirements' },
    details.requirements.map(({ holds, requirement, observed }) =>
      h(
        'li',
        { class: holds ? 'holds' : 'broken' },
        h('span', { class: 'sign', 'aria-hidden': 'true' }, holds ? '✓' : '✕'),
        h(
          'span',
          {},
          requirement,
          !holds && h('span', { class: 'observed' }, ` Seen: ${showControls(observed)}`),
        ),
      ),
    ),
  )
}

function drawHandshake(details: PageDetails): HTMLElement {
  const head = (label: string, text: string) =>
    h(
      'figure',
      { class: 'http' },
      h('figcaption', {}, label),
      text === ''
        ? h('p', { class: 'empty' }, 'nothing')
        : h('pre', { tabindex: '0', 'aria-label': label }, text.split(/\r?\n/).map(showControls).join('\n')),
    )
  return h(
    'div',
    { class: 'handshake' },
    head(
      details.isServer ? 'Request of the endpoint under test' : 'Request of the runner',
      details.httpRequest,
    ),
    head(
      details.isServer ? 'Response of the runner' : 'Response of the endpoint under test',
      details.httpResponse,
    ),
  )
}

function drawRepeat(details: PageDetails, target: string | null, entry: PageCase): HTMLElement {
  const command = details.isServer
    ? `hybi-conformance serve --once --cases '${entry.id}'`
    : `hybi-conformance run --url ${target ?? 'ws://…'} --cases '${entry.id}'`
  const lag =
    details.loopLagMs > 50
      ? ` The runner's event loop lagged by up to ${formatDuration(details.loopLagMs)}; deadlines were stretched by it.`
      : ''
  return h(
    'footer',
    { class: 'part repeat' },
    h(
      'p',
      {},
      `Run ${new Date(details.started).toLocaleString()}${details.secure ? ' over TLS' : ''}.${lag} Again:`,
    ),
    h('pre', { tabindex: '0', 'aria-label': 'Command' }, command),
  )
}
