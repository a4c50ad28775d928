/** The table of findings as Markdown: each run for a report, each behaviour for the documents. Pure. */
import { type Finding, overOf } from './finding.ts'

const MIB = 1024 * 1024

const escapeCell = (text: string): string =>
  text
    .replace(
      /[\u0000-\u001f\u007f-\uffff]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll('|', '\\|')
    .slice(0, 120)

const wait = (ms: number): string => (Number.isFinite(ms) ? `${ms.toFixed(0)} ms` : '–')

/** What is right in one of these runs; what is so only where the server is attached says so. */
function acceptable(runs: readonly Pick<Finding, 'behaviour' | 'way'>[]): string {
  const [{ behaviour }] = runs
  const also = runs.some(({ way }) => way === 'attached') ? behaviour.alsoAttached : []
  return [...behaviour.accepts, ...also.map((outcome) => `${outcome} (attached)`)].join(' or ')
}

const rowOf = ({ behaviour, outcome, growth, bystanderMs, faults, ...over }: Finding): string =>
  `| ${[
    behaviour.id,
    overOf(over),
    escapeCell(behaviour.title),
    behaviour.section,
    escapeCell(acceptable([{ behaviour, ...over }])),
    escapeCell(outcome),
    `${(growth / MIB).toFixed(1)} MiB`,
    wait(bystanderMs),
    faults.length === 0 ? 'passed' : `**failed**: ${escapeCell(faults.join('; '))}`,
  ].join(' | ')} |`

/** One table a role. */
export function toMarkdown(findings: readonly Finding[]): string {
  return (['server', 'client'] as const)
    .filter((role) => findings.some((finding) => finding.role === role))
    .map((role) => {
      const own = findings.filter((finding) => finding.role === role)
      const names = new Set(own.map(({ behaviour }) => behaviour.id)).size
      return [
        `## Against the ${role}: ${names} behaviours, ${own.length} runs`,
        '',
        '| behaviour | over | what is done | laid down in | acceptable | what happened | growth | longest wait of a bystander | |',
        '| --- | --- | --- | --- | --- | --- | ---: | ---: | --- |',
        ...own.map(rowOf),
        '',
      ].join('\n')
    })
    .join('\n')
}

/** What is said above the tables of the page. */
export interface About {
  /** `2026-11-22`. */
  readonly date: string
  /** `v20.20.2`. */
  readonly node: string
  readonly command: string
  /** `4 cores under a load of 2`: waits are longer on a busy machine. */
  readonly machine: string
}

const most = (values: readonly number[]): number => Math.max(...values)
const distinct = (values: readonly string[]): string => [...new Set(values)].join('; ')

/** The runs of one behaviour, over ws and wss, in one row: the most that any of them cost. */
function rowOfAll(runs: readonly Finding[]): string {
  const [{ behaviour, role }] = runs
  const cells = [
    behaviour.id,
    escapeCell(behaviour.title),
    behaviour.section.replace(/^RFC /, ''),
    escapeCell(acceptable(runs)),
    runs.map(overOf).join(', '),
    escapeCell(distinct(runs.map(({ outcome }) => outcome))),
    `${(most(runs.map(({ growth }) => growth)) / MIB).toFixed(1)}`,
    ...(role === 'server' ? [most(runs.map(({ bystanderMs }) => bystanderMs)).toFixed(0)] : []),
    runs.every(({ faults }) => faults.length === 0) ? 'passed' : '**failed**',
  ]
  return `| ${cells.join(' | ')} |`
}

/** The page of the documents: one table a role, one row a behaviour. */
export function toPage(findings: readonly Finding[], { date, node, command, machine }: About): string {
  const tables = (['server', 'client'] as const).flatMap((role) => {
    const own = findings.filter((finding) => finding.role === role)
    const ids = [...new Set(own.map(({ behaviour }) => behaviour.id))]
    const head = [
      'behaviour',
      'what is done',
      'RFC',
      'acceptable',
      'over',
      'what happened',
      'growth, MiB',
      ...(role === 'server' ? ['longest wait, ms'] : []),
      '',
    ]
    return [
      `## Against the ${role}: ${ids.length} behaviours, ${own.length} runs`,
      '',
      `| ${head.join(' | ')} |`,
      `|${' --- |'.repeat(head.length)}`,
      ...ids.map((id) => rowOfAll(own.filter(({ behaviour }) => behaviour.id === id))),
      '',
    ]
  })
  return [
    '# What was done to our server and our client, and what came of it',
    '',
    `Written by \`${command}\` on ${date}, Node ${node}, ${machine}. Limits and budgets are the defaults; so are the timeouts of behaviours whose names`,
    'end with `-default`, all others run with short ones. *Growth* is the most by which the resident memory of the process under attack grew',
    'meanwhile: up to 80 MiB are acceptable (64, and a message of the default limit), up to 336 where many connections use up the budget of',
    'compression. *Longest wait* is that of an honest client of the same server that sends small messages all the time. After each behaviour the',
    'server must have let go of every connection, and the client must have told its application how its connection ended. Over *ws attached* the',
    'server is attached to one of `node:http` with `hostOptions`, over *wss attached* to one of `node:https`: for heads, deadlines and crowds, to which',
    'the way in matters. That one must have let go of every socket. What is acceptable only there, as the host answers, is marked so.',
    '',
    ...tables,
  ].join('\n')
}

/** The page with the rows of these behaviours in place of those that it had for them. */
export function replaceRows(page: string, findings: readonly Finding[]): string {
  let role = ''
  const lines = page.split('\n').map((line) => {
    role = /^## Against the (server|client)/.exec(line)?.[1] ?? role
    const id = /^\| ([a-z]+\.[\w.-]+) \|/.exec(line)?.[1]
    const own = findings.filter((finding) => finding.role === role && finding.behaviour.id === id)
    return own.length === 0 ? line : rowOfAll(own)
  })
  return lines.join('\n')
}
