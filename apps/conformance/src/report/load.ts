/** Reads a report directory back: our journal, or the JSON files that Autobahn itself wrote. */
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { CaseDefinition } from '../suite.ts'
import type { AutobahnCase, IndexEntry } from './autobahn.ts'
import { findWrongField, fromAutobahnCase } from './autobahn-import.ts'
import { ReportError } from './files.ts'
import { readJournal } from './journal.ts'
import { addRecord, type Report } from './model.ts'
import { verdicts } from './verdict.ts'

/**
 * The report in `path`, a directory or its `index.json`. Cases of `index.json` that the journal does not have are
 * read from their own files. Throws a `ReportError` when nothing can be read.
 */
export async function loadReport(path: string, definitions: readonly CaseDefinition[]): Promise<Report> {
  const directory = await findDirectory(path)
  const report: Report = new Map()
  const journal = await readJournal(directory, report)
  const index = await readIndex(join(directory, 'index.json'), !journal)
  const byId = new Map(definitions.map((definition) => [definition.id, definition]))
  for (const [agent, entries] of Object.entries(index)) {
    await importAgent(report, directory, agent, entries, byId)
  }
  return report
}

/** The files of cases that the index of `directory` names: agent -> id and file name. Empty when there is no index. */
export async function readCaseFiles(
  directory: string,
): Promise<Readonly<Record<string, readonly (readonly [id: string, name: string])[]>>> {
  const index = await readIndex(join(directory, 'index.json'), false)
  const agents = Object.entries(index).map(([agent, entries]) => {
    const files = Object.entries(entries).flatMap(([id, { reportfile }]) =>
      isPlainName(reportfile) ? [[id, reportfile] as const] : [],
    )
    return [agent, files] as const
  })
  return Object.fromEntries(agents)
}

// The index may come from anywhere: only a plain file name in its own directory is followed.
const isPlainName = (name: unknown): name is string => typeof name === 'string' && basename(name) === name

async function findDirectory(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory()) return path
  if (found?.isFile() && basename(path) === 'index.json') return dirname(path)
  throw new ReportError(`${path} is not a report: give its directory or its index.json`)
}

type LooseIndex = Record<string, Record<string, Partial<IndexEntry>>>

async function readIndex(path: string, required: boolean): Promise<LooseIndex> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) {
    if (required)
      throw new ReportError(`${dirname(path)} holds no report: neither records.jsonl nor index.json is there`)
    return {}
  }
  const value = parseJson(text, path)
  if (
    !isObject(value) ||
    !Object.values(value).every((entries) => isObject(entries) && Object.values(entries).every(isObject))
  ) {
    throw new ReportError(`${path} is not an index of agents and cases`)
  }
  for (const [agent, entries] of Object.entries(value)) {
    const wrong = Object.entries(entries as object).find(([, entry]) => !isEntry(entry))
    if (wrong !== undefined)
      throw new ReportError(`${path}: the entry ${wrong[0]} of "${agent}" is not one of a case`)
  }
  return value as LooseIndex
}

const isVerdict = (value: unknown): boolean => value === undefined || verdicts.some((word) => word === value)

const isEntry = ({ behavior, behaviorClose, duration }: Record<string, unknown>): boolean =>
  isVerdict(behavior) && isVerdict(behaviorClose) && ['number', 'undefined'].includes(typeof duration)

async function importAgent(
  report: Report,
  directory: string,
  agent: string,
  entries: Record<string, Partial<IndexEntry>>,
  definitions: ReadonlyMap<string, CaseDefinition>,
): Promise<void> {
  const known = report.get(agent)
  const run = known ?? {
    header: {
      agent,
      role: 'server',
      target: null,
      profile: null,
      selected: null,
      started: '',
      version: null,
    },
    end: { ending: 'completed', reason: '', ended: '' },
    results: new Map(),
  }
  for (const [id, entry] of Object.entries(entries)) {
    if (run.results.has(id)) continue
    const details = await readCase(directory, entry.reportfile)
    addRecord(run, fromAutobahnCase(agent, id, entry, details, definitions.get(id)), 1)
  }
  if (known !== undefined) return
  const records = [...run.results.values()].map(({ record }) => record)
  const isServer = records.some((record) => record.isServer)
  const started =
    records
      .map((record) => record.started)
      .filter((time) => time !== '')
      .sort()[0] ?? ''
  report.set(agent, { ...run, header: { ...run.header, role: isServer ? 'client' : 'server', started } })
}

async function readCase(directory: string, name: string | undefined): Promise<Partial<AutobahnCase>> {
  if (!isPlainName(name)) return {}
  const path = join(directory, name)
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return {}
  const value = parseJson(text, path)
  if (!isObject(value)) return {}
  const details = value as Partial<AutobahnCase>
  const wrong = findWrongField(details)
  if (wrong !== null) throw new ReportError(`${path} has a "${wrong}" of the wrong kind`)
  return details
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ReportError(`${path} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
