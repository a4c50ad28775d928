/**
 * `records.jsonl`: the journal of a report directory, from which all else can be made again.
 *
 * One JSON value a line, appended as things happen, so that a killed run leaves all that had finished:
 *
 *     {"kind":"run", agent, role, target, profile, selected, started, version}    a run of an agent begins
 *     {"kind":"case", attempt, record}                                            a case finished
 *     {"kind":"end", agent, ending, reason, ended}                                the run ended
 *
 * A `run` line makes the earlier lines of its agent void.
 */
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CaseRecord, EventRow } from '../record.ts'
import { toReportError } from './files.ts'
import { addRecord, type Report, type RunEnd, type RunHeader } from './model.ts'
import { verdicts } from './verdict.ts'

/** Name of the journal in a report directory. */
export const JOURNAL = 'records.jsonl'

/** Characters of an event's payload that the journal keeps. */
const KEPT_CHARACTERS = 2048

export type JournalLine =
  | ({ readonly kind: 'run' } & RunHeader)
  | { readonly kind: 'case'; readonly attempt: number; readonly record: CaseRecord }
  | ({ readonly kind: 'end'; readonly agent: string } & RunEnd)

/** Appends lines to the journal of `directory`. Throws a `ReportError`. */
export async function appendJournal(directory: string, lines: readonly JournalLine[]): Promise<void> {
  try {
    await appendFile(join(directory, JOURNAL), formatJournal(lines))
  } catch (error) {
    throw toReportError(error, directory)
  }
}

/** Lines as they stand in the file. */
export const formatJournal = (lines: readonly JournalLine[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('')

/** Reads the journal of `directory` into `report`; false when there is none. A last line cut off by a kill is left out. */
export async function readJournal(directory: string, report: Report): Promise<boolean> {
  const text = await readFile(join(directory, JOURNAL), 'utf8').catch(() => null)
  if (text === null) return false
  for (const line of text.split('\n')) {
    const value = parseLine(line)
    if (value !== null) takeLine(report, value)
  }
  return true
}

/** The lines that say what `report` says. */
export function* toJournal(report: Report): Generator<JournalLine> {
  for (const { header, end, results } of report.values()) {
    yield { kind: 'run', ...header }
    for (const { record, attempts } of results.values()) {
      for (let attempt = 1; attempt <= attempts; attempt++) yield { kind: 'case', attempt, record }
    }
    if (end !== null) yield { kind: 'end', agent: header.agent, ...end }
  }
}

/** A record with the payloads of its events cut to what a reader can use. */
export const cutEvents = (record: CaseRecord): CaseRecord => ({
  ...record,
  received: record.received.map(cutEvent),
  expected: Object.fromEntries(
    Object.entries(record.expected).map(([outcome, rows]) => [outcome, rows.map(cutEvent)]),
  ),
})

function cutEvent(row: EventRow): EventRow {
  const [type, payload] = row
  if (payload.length <= KEPT_CHARACTERS) return row
  const cut = `${payload.slice(0, KEPT_CHARACTERS)} … (${payload.length} characters)`
  return type === 'message' ? [type, cut, row[2]] : [type, cut]
}

function takeLine(report: Report, line: JournalLine): void {
  if (line.kind === 'run') {
    const { kind, ...header } = line
    report.set(header.agent, { header, end: null, results: new Map() })
  } else if (line.kind === 'case') {
    const run = report.get(line.record.agent)
    if (run !== undefined) addRecord(run, line.record, line.attempt)
  } else {
    const run = report.get(line.agent)
    const { ending, reason, ended } = line
    if (run !== undefined) run.end = { ending, reason, ended }
  }
}

function parseLine(line: string): JournalLine | null {
  if (line === '') return null
  try {
    const value: unknown = JSON.parse(line)
    return isJournalLine(value) ? value : null
  } catch {
    return null
  }
}

const TEXTS = [
  'id',
  'agent',
  'title',
  'category',
  'started',
  'description',
  'expectation',
  'result',
  'resultClose',
  'httpRequest',
  'httpResponse',
  'role',
  'severity',
  'reason',
  'rule',
] as const
const LISTS = ['received', 'requirements', 'log'] as const
const TABLES = [
  'expected',
  'expectedClose',
  'ending',
  'rxOctetStats',
  'txOctetStats',
  'rxFrameStats',
  'txFrameStats',
] as const

/** Whether a value has what the other files are made of. */
function isRecord(value: unknown): value is CaseRecord {
  if (typeof value !== 'object' || value === null) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  const isVerdict = (name: string): boolean => verdicts.some((word) => word === fields.get(name))
  return (
    TEXTS.every((name) => typeof fields.get(name) === 'string') &&
    LISTS.every((name) => Array.isArray(fields.get(name))) &&
    TABLES.every((name) => typeof fields.get(name) === 'object' && fields.get(name) !== null) &&
    isVerdict('behavior') &&
    isVerdict('behaviorClose') &&
    typeof fields.get('duration') === 'number'
  )
}

function isJournalLine(value: unknown): value is JournalLine {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (value.kind === 'case')
    return (
      'attempt' in value && typeof value.attempt === 'number' && 'record' in value && isRecord(value.record)
    )
  const texts = value.kind === 'run' ? ['agent', 'role', 'started'] : ['agent', 'ending', 'reason', 'ended']
  const fields = new Map<string, unknown>(Object.entries(value))
  return (
    (value.kind === 'run' || value.kind === 'end') &&
    texts.every((name) => typeof fields.get(name) === 'string')
  )
}
