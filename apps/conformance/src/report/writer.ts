/**
 * Writes a report directory while cases finish.
 *
 * The journal and the case's own JSON are written with each record. What is made of all records together (index, own
 * cases, JUnit, summary, page) is written again from time to time, the dearer the rarer, and at the end. Every file but
 * the journal is replaced whole, so a killed run leaves a report that can be read.
 */
import { copyFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CaseRecord } from '../record.ts'
import type { CaseDefinition } from '../suite.ts'
import { caseFileName, formatAgentForFile, type Index, toAutobahnCase, toIndexEntry } from './autobahn.ts'
import { toExtra } from './extra.ts'
import { prepareDirectory, ReportError, writeFileWhole } from './files.ts'
import { PageWriter } from './html.ts'
import { appendJournal, cutEvents, formatJournal, JOURNAL, toJournal } from './journal.ts'
import { formatJunit } from './junit.ts'
import { loadReport, readCaseFiles } from './load.ts'
import { type AgentRun, addRecord, type Report, type RunEnd, type RunHeader, sortedResults } from './model.ts'
import { formatSummary } from './summary.ts'

export interface ReportWriterOptions {
  /** Whether NON-STRICT and its like count as failures in JUnit and the summary. */
  readonly strict?: boolean
  /** Milliseconds between two writings of the index while cases finish. Default 250. */
  readonly indexIntervalMs?: number
  /** Milliseconds between two writings of the own cases. Default 1000. */
  readonly extraIntervalMs?: number
  /** Milliseconds between two writings of the page. Default 5000. */
  readonly pageIntervalMs?: number
}

/** A name of more characters could be longer than a file's may be. */
const LONGEST_PREFIX = 200

/** A writing costs at most this part of the time that passes between two. */
const SHARE_OF_TIME = 1 / 20

export class ReportWriter {
  readonly directory: string
  readonly report: Report
  readonly #strict: boolean
  readonly #page = new PageWriter()
  readonly #index: Pace
  readonly #extra: Pace
  readonly #pages: Pace
  /** Prefix of the files of each agent: two agents may have the same one in Autobahn's form. */
  readonly #prefixes = new Map<string, string>()
  #queue: Promise<unknown> = Promise.resolve()
  /** What went wrong between two calls; the next call throws it. */
  #failure: unknown = null

  /** For `ReportWriter.open`: the directory is there, `report` is what it holds. */
  constructor(directory: string, report: Report, options: ReportWriterOptions = {}) {
    this.directory = directory
    this.report = report
    this.#strict = options.strict ?? false
    const later = (write: () => Promise<void>) => async () => {
      let costMs = 0
      const timed = async (): Promise<void> => {
        const started = performance.now()
        await write()
        costMs = performance.now() - started
      }
      await this.#enqueue(timed).catch((error: unknown) => {
        this.#failure ??= error
      })
      return costMs
    }
    this.#index = new Pace(
      later(() => this.#writeIndex()),
      options.indexIntervalMs ?? 250,
    )
    this.#extra = new Pace(
      later(() => this.#writeExtra()),
      options.extraIntervalMs ?? 1000,
    )
    this.#pages = new Pace(
      later(() => this.#writePage()),
      options.pageIntervalMs ?? 5000,
    )
    for (const agent of report.keys()) this.#prefixOf(agent)
  }

  /** Opens a directory, makes it if need be and reads what is in it already. Throws a `ReportError`. */
  static async open(
    directory: string,
    definitions: readonly CaseDefinition[],
    options: ReportWriterOptions = {},
  ): Promise<ReportWriter> {
    await prepareDirectory(directory)
    const report = (await isReport(directory)) ? await loadReport(directory, definitions) : new Map()
    return new ReportWriter(directory, report, options)
  }

  /** Makes a directory for a report that is known already; nothing is read, nothing is written yet. */
  static async create(
    directory: string,
    report: Report,
    options: ReportWriterOptions = {},
  ): Promise<ReportWriter> {
    await prepareDirectory(directory)
    return new ReportWriter(directory, report, options)
  }

  /** Begins the run of an agent: what the directory held of it goes. */
  begin(header: RunHeader): Promise<void> {
    return this.#enqueue(async () => {
      const earlier = this.report.get(header.agent)
      if (earlier !== undefined) await this.#removeFiles(earlier)
      this.report.set(header.agent, { header, end: null, results: new Map() })
      if (earlier === undefined) await appendJournal(this.directory, [{ kind: 'run', ...header }])
      else await this.#rewriteJournal()
      await this.#writeIndex()
      await this.#writeExtra()
      await this.#writePage()
    })
  }

  /** Takes a record of a run that has begun. `attempt` counts from 1 (`--repeat`). */
  add(record: CaseRecord, attempt = 1): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#failure !== null) throw this.#failure
      const run = this.#runOf(record.agent)
      const kept = cutEvents(record)
      addRecord(run, kept, attempt)
      await appendJournal(this.directory, [{ kind: 'case', attempt, record: kept }])
      if (record.autobahn && run.results.get(record.id)?.record === kept) {
        const name = caseFileName(this.#prefixOf(record.agent), record.id)
        await writeFileWhole(this.directory, name, `${JSON.stringify(toAutobahnCase(record), null, 2)}\n`)
      }
      this.#index.request()
      this.#extra.request()
      this.#pages.request()
    })
  }

  /** Ends the run of an agent and writes everything. */
  end(agent: string, end: RunEnd): Promise<void> {
    return this.#enqueue(async () => {
      this.#index.cancel()
      this.#extra.cancel()
      this.#pages.cancel()
      this.#runOf(agent).end = end
      await appendJournal(this.directory, [{ kind: 'end', agent, ...end }])
      await this.#writeIndex()
      await this.#writeExtra()
      await this.#writePage()
    })
  }

  /** Copies the cases' own files of another report, whose runs this one holds: they have every payload whole. */
  adoptCases(directory: string): Promise<void> {
    return this.#enqueue(async () => {
      for (const [agent, entries] of Object.entries(await readCaseFiles(directory))) {
        for (const [id, name] of entries) {
          const own = join(this.directory, caseFileName(this.#prefixOf(agent), id))
          await copyFile(join(directory, name), own).catch(() => undefined)
        }
      }
    })
  }

  /** Writes every file anew out of the report in memory (`report DIR`). */
  rewrite(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#rewriteJournal()
      for (const run of this.report.values()) {
        for (const { record } of run.results.values()) await this.#writeMissingCase(record)
      }
      await this.#writeIndex()
      await this.#writeExtra()
      await this.#writePage()
    })
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work)
    this.#queue = done.catch(() => undefined)
    return done
  }

  #runOf(agent: string): AgentRun {
    const run = this.report.get(agent)
    if (run === undefined) throw new ReportError(`the run of "${agent}" was not begun`)
    return run
  }

  #prefixOf(agent: string): string {
    const known = this.#prefixes.get(agent)
    if (known !== undefined) return known
    const base = formatAgentForFile(agent).slice(0, LONGEST_PREFIX)
    const taken = new Set(this.#prefixes.values())
    let prefix = base
    for (let count = 2; taken.has(prefix); count++) prefix = `${base}_${count}`
    this.#prefixes.set(agent, prefix)
    return prefix
  }

  async #removeFiles(run: AgentRun): Promise<void> {
    const names = new RegExp(`^${this.#prefixOf(run.header.agent)}_case_[0-9_]+\\.json$`)
    for (const name of await readdir(this.directory)) {
      if (names.test(name)) await rm(join(this.directory, name), { force: true })
    }
  }

  async #rewriteJournal(): Promise<void> {
    await writeFileWhole(this.directory, JOURNAL, formatJournal([...toJournal(this.report)]))
  }

  async #writeMissingCase(record: CaseRecord): Promise<void> {
    if (!record.autobahn) return
    const name = caseFileName(this.#prefixOf(record.agent), record.id)
    const exists = await stat(join(this.directory, name)).catch(() => null)
    if (exists === null) {
      await writeFileWhole(this.directory, name, `${JSON.stringify(toAutobahnCase(record), null, 2)}\n`)
    }
  }

  async #writeIndex(): Promise<void> {
    await writeFileWhole(this.directory, 'index.json', `${JSON.stringify(this.#toIndex(), null, 2)}\n`)
  }

  async #writeExtra(): Promise<void> {
    await writeFileWhole(this.directory, 'extra.json', `${JSON.stringify(toExtra(this.report), null, 2)}\n`)
  }

  #toIndex(): Index {
    const agents = [...this.report.values()].map((run) => {
      const results = sortedResults(run).filter(({ record }) => record.autobahn)
      const prefix = this.#prefixOf(run.header.agent)
      const entries = results.map(({ record }) => [
        record.id,
        toIndexEntry(record, caseFileName(prefix, record.id)),
      ])
      return [run.header.agent, Object.fromEntries(entries)]
    })
    return Object.fromEntries(agents)
  }

  async #writePage(): Promise<void> {
    await writeFileWhole(this.directory, 'junit.xml', formatJunit(this.report, this.#strict))
    await writeFileWhole(this.directory, 'summary.md', formatSummary(this.report, this.#strict))
    await writeFileWhole(this.directory, 'index.html', await this.#page.format(this.report))
  }
}

async function isReport(directory: string): Promise<boolean> {
  const names = await readdir(directory)
  return names.includes(JOURNAL) || names.includes('index.json')
}

/** Lets work be done soon after it was asked for: at most once an interval, and rarer when the work itself takes long. */
class Pace {
  /** Answers what it cost, without the time it waited for its turn. */
  readonly #work: () => Promise<number>
  readonly #intervalMs: number
  #next = 0
  #timer: NodeJS.Timeout | null = null
  #isWorking = false
  #again = false

  constructor(work: () => Promise<number>, intervalMs: number) {
    this.#work = work
    this.#intervalMs = intervalMs
  }

  request(): void {
    if (this.#isWorking) this.#again = true
    else
      this.#timer ??= setTimeout(() => void this.#run(), Math.max(0, this.#next - performance.now())).unref()
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#again = false
  }

  async #run(): Promise<void> {
    this.#timer = null
    this.#isWorking = true
    const costMs = await this.#work()
    this.#isWorking = false
    this.#next = performance.now() + Math.max(this.#intervalMs, costMs / SHARE_OF_TIME)
    if (!this.#again) return
    this.#again = false
    this.request()
  }
}
