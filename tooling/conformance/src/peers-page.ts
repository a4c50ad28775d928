/** The outcome of a run with peers as a page in Markdown: counts, and each verdict that is not OK with its reason. Pure. */

/** What of `index.json` is used. */
export type Index = Readonly<
  Record<string, Readonly<Record<string, { readonly behavior: string; readonly behaviorClose: string }>>>
>

/** What of an agent in `extra.json` is used. */
export interface ExtraAgent {
  readonly role: string
  readonly profile: string | null
  readonly cases: Readonly<
    Record<
      string,
      {
        readonly behavior: string
        readonly severity: string
        readonly title: string
        readonly rule: string
        readonly requirements: readonly { readonly holds: boolean; readonly observed: string }[]
      }
    >
  >
}

/** Why an agent's verdicts on Autobahn's cases are not OK: pattern of cases -> sentence. Own cases say it themselves. */
export type Reasons = Readonly<Record<string, string>>

export interface PageSource {
  readonly index: Index
  readonly extra: Readonly<Record<string, ExtraAgent>>
  readonly reasons: Readonly<Record<string, Reasons>>
  /** Sentences on date, machine and versions. */
  readonly circumstances: readonly string[]
}

interface Row {
  readonly cases: string[]
  readonly verdict: string
  readonly rule: string
  readonly reasons: Set<string>
}

const INFORMATIONAL = 'INFORMATIONAL'

/** Throws a TypeError when one of Autobahn's verdicts has no reason. */
export function formatPeersPage(source: PageSource): string {
  const agents = Object.keys(source.index)
  return `${[
    '# Other implementations beside ours',
    'What the runner says of widely used packages, each as it comes but for the options that its name tells. Of every verdict that is not\nOK the table below the counts gives the reason. Written by `npm run conformance -- --peers --page docs/conformance-peers.md`.',
    source.circumstances.map((line) => `- ${line}`).join('\n'),
    "## Autobahn's 517 cases",
    toTable(
      ['agent', 'role', 'OK', 'NON-STRICT', 'INFORMATIONAL', 'UNIMPLEMENTED', 'failing'],
      agents.map((agent) => countAutobahn(source, agent)),
    ),
    'INFORMATIONAL are 7.1.6, 7.13.1 and 7.13.2, which can be nothing else.',
    '## Own cases',
    toTable(
      ['agent', 'OK', 'failed, MUST', 'failed, SHOULD', 'failed, quality', 'not applicable'],
      agents.map((agent) => countOwn(source, agent)),
    ),
    '## What is not OK, and why',
    'An own case is named with what was seen instead of what its rule requires; `hybi-conformance explain ID` says more. Not applicable are\ncases on permessage-deflate where it was not agreed, and on TLS where there is none. Of an endpoint that gives up TCP\nbehind its Close frame, a run sees the frame or RST, whichever is quicker.',
    ...agents.map((agent) => formatAgent(source, agent)),
  ].join('\n\n')}\n`
}

const count = <T>(items: readonly T[], matches: (item: T) => boolean): string =>
  String(items.filter(matches).length)

function countAutobahn({ index, extra }: PageSource, agent: string): readonly string[] {
  const verdicts = Object.values(index[agent] ?? {})
  const is =
    (word: string) =>
    ({ behavior, behaviorClose }: { behavior: string; behaviorClose: string }): boolean =>
      behavior === word && (behaviorClose === 'OK' || behaviorClose === word)
  const words = ['OK', 'NON-STRICT', INFORMATIONAL, 'UNIMPLEMENTED']
  return [
    agent,
    extra[agent]?.role ?? '',
    ...words.map((word) => count(verdicts, is(word))),
    count(verdicts, (verdict) => !words.some((word) => is(word)(verdict))),
  ]
}

function countOwn({ extra }: PageSource, agent: string): readonly string[] {
  const cases = Object.values(extra[agent]?.cases ?? {})
  return [
    agent,
    count(cases, ({ behavior }) => behavior === 'OK'),
    ...['MUST', 'SHOULD', 'QUALITY'].map((word) =>
      count(cases, ({ behavior, severity }) => behavior === 'FAILED' && severity === word),
    ),
    count(cases, ({ behavior }) => behavior === 'UNIMPLEMENTED'),
  ]
}

function formatAgent(source: PageSource, agent: string): string {
  const rows = [...findAutobahn(source, agent), ...findOwn(source, agent)]
  if (rows.length === 0) return `### ${agent}\n\nNothing: all is OK.`
  const table = toTable(
    ['cases', 'verdict', 'rule', 'why'],
    rows.map(({ cases, verdict, rule, reasons }) => [
      cases.join(', '),
      verdict,
      rule,
      [...reasons].join('; '),
    ]),
  )
  return `### ${agent}\n\n${table}`
}

function findAutobahn({ index, reasons }: PageSource, agent: string): readonly Row[] {
  const rows = new Map<string, Row>()
  for (const [id, { behavior, behaviorClose }] of Object.entries(index[agent] ?? {})) {
    if (behavior === INFORMATIONAL || (behavior === 'OK' && behaviorClose === 'OK')) continue
    const why = findReason(reasons[agent] ?? {}, id)
    if (why === undefined) throw new TypeError(`nothing says why ${agent} is not OK in ${id}`)
    const verdict =
      behaviorClose === 'OK' || behaviorClose === behavior
        ? behavior
        : `${behavior}, closing ${behaviorClose}`
    take(rows, `${verdict} ${why}`, id, { verdict, rule: '', reason: why })
  }
  return [...rows.values()].map((row) => ({ ...row, cases: shorten(row.cases) }))
}

function findOwn({ extra }: PageSource, agent: string): readonly Row[] {
  const rows = new Map<string, Row>()
  for (const [id, one] of Object.entries(extra[agent]?.cases ?? {})) {
    const { behavior, severity, title, rule, requirements } = one
    if (behavior !== 'FAILED') continue
    const observed = requirements.find(({ holds }) => !holds)?.observed.replace(/\.$/, '') ?? ''
    const reason = `${title}: ${observed}`
    take(rows, `${severity} ${rule}`, id, { verdict: `FAILED, ${severity}`, rule, reason })
  }
  return [...rows.values()]
}

function take(
  rows: Map<string, Row>,
  key: string,
  id: string,
  { verdict, rule, reason }: { readonly verdict: string; readonly rule: string; readonly reason: string },
): void {
  const row = rows.get(key) ?? { cases: [], verdict, rule, reasons: new Set<string>() }
  row.cases.push(id)
  row.reasons.add(reason)
  rows.set(key, row)
}

/** The first pattern that matches holds. */
function findReason(reasons: Reasons, id: string): string | undefined {
  return Object.entries(reasons).find(
    ([pattern]) => pattern === id || (pattern.endsWith('*') && id.startsWith(pattern.slice(0, -1))),
  )?.[1]
}

const MOST_IDS = 12

/** Many ids as their number and categories. */
function shorten(ids: readonly string[]): string[] {
  if (ids.length <= MOST_IDS) return [...ids]
  const categories = new Set(ids.map((id) => `${id.split('.')[0]}.*`))
  return [`${ids.length} of ${[...categories].join(' and ')}`]
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
