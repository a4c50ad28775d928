/** A report in memory: the runs of one or more agents and what each case came to. */
import type { CaseRecord, PeerRole } from '../record.ts'
import type { Profile, RunEnding } from '../runner.ts'
import { compareVerdicts, isFailing } from './verdict.ts'

/** What is known about the run of one agent before its first case. */
export interface RunHeader {
  readonly agent: string
  readonly role: PeerRole
  /** Where the endpoint was reached, or where clients came to; null when it is not known. */
  readonly target: string | null
  readonly profile: Profile | null
  /** Cases selected for this run; null when it is not known. */
  readonly selected: number | null
  /** ISO 8601, UTC. */
  readonly started: string
  /** Version of the runner. */
  readonly version: string | null
}

/** How the run of one agent ended. */
export interface RunEnd {
  readonly ending: RunEnding
  /** A sentence; empty when completed. */
  readonly reason: string
  /** ISO 8601, UTC. */
  readonly ended: string
}

/** One case of one agent: its worst record, and how often it ran and failed (`--repeat`). */
export interface CaseResult {
  readonly record: CaseRecord
  readonly attempts: number
  readonly failures: number
}

export interface AgentRun {
  readonly header: RunHeader
  /** Null: still running, or killed. */
  end: RunEnd | null
  /** By case id, in the order in which they finished. */
  readonly results: Map<string, CaseResult>
}

/** Runs by agent name, in the order they were begun. */
export type Report = Map<string, AgentRun>

/** Takes a record into a run: the first attempt replaces what was there, a later one stays only if it is worse. */
export function addRecord(run: AgentRun, record: CaseRecord, attempt: number): void {
  const failures = isFailing(record, false) ? 1 : 0
  const earlier = attempt > 1 ? run.results.get(record.id) : undefined
  if (earlier === undefined) {
    run.results.set(record.id, { record, attempts: 1, failures })
    return
  }
  run.results.set(record.id, {
    record: compareVerdicts(record, earlier.record) < 0 ? record : earlier.record,
    attempts: earlier.attempts + 1,
    failures: earlier.failures + failures,
  })
}

/** One report of several: what one agent ran in parts (shards) becomes one run; of a case in two of them the later counts. */
export function mergeReports(reports: readonly Report[]): Report {
  const merged: Report = new Map()
  for (const report of reports) {
    for (const run of report.values()) {
      const earlier = merged.get(run.header.agent)
      merged.set(run.header.agent, earlier === undefined ? run : mergeRuns(earlier, run))
    }
  }
  return merged
}

function mergeRuns(first: AgentRun, second: AgentRun): AgentRun {
  const [a, b] = [first.header.selected, second.header.selected]
  const isComplete = first.end?.ending === 'completed'
  return {
    header: { ...first.header, selected: a === null || b === null ? null : a + b },
    end: isComplete ? second.end : first.end,
    results: new Map([...first.results, ...second.results]),
  }
}

/** Records of a run in the order of the suite: Autobahn's cases by number, own cases after them by id. */
export function sortedResults(run: AgentRun): CaseResult[] {
  return [...run.results.values()].sort((a, b) => compareIds(a.record.id, b.record.id))
}

/** Orders case ids part by part: numbers by value (2.2 before 2.10), numbers before letters. */
export function compareIds(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = comparePart(left[i] ?? '', right[i] ?? '')
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

function comparePart(a: string, b: string): number {
  const numeric = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (numeric[0] && numeric[1]) return Number(a) - Number(b)
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1
  return a < b ? -1 : Number(a > b)
}
