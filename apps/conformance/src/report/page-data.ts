/** What the HTML page is given: the matrix at once, the details of cases in compressed pieces that it opens when asked. */
import type { CaseRecord, EventRow, LogEntry } from '../record.ts'
import type { Verdict } from './verdict.ts'

/** Title, prose and kind of a case: the same for every agent. */
export interface PageCase {
  readonly id: string
  readonly title: string
  readonly section: string
  readonly description: string
  readonly expectation: string
  readonly autobahn: boolean
  readonly severity: string
  readonly reason: string
  readonly rule: string
}

/** A category and the range of `PageData.cases` that belongs to it. */
export interface PageCategory {
  /** First part of the ids. */
  readonly key: string
  readonly title: string
  readonly autobahn: boolean
  readonly first: number
  readonly count: number
}

/** One cell of the matrix; null: the case was not run. */
export type PageCell =
  | readonly [
      /** NOT APPLICABLE: an own case that means nothing to this endpoint. */
      behavior: Verdict | 'NOT APPLICABLE',
      behaviorClose: Verdict,
      durationMs: number,
      fails: 0 | 1,
      attempts: number,
      failures: number,
    ]
  | null

export interface PageAgent {
  readonly name: string
  readonly role: string
  readonly target: string | null
  readonly profile: string | null
  readonly selected: number | null
  readonly started: string
  readonly ended: string | null
  /** Null: still running, or killed. */
  readonly ending: string | null
  readonly reason: string
  /** Parallel to `PageData.cases`. */
  readonly cells: readonly PageCell[]
}

/** The page's data: JSON in the script element `data`. */
export interface PageData {
  /** ISO 8601, UTC. */
  readonly written: string
  readonly version: string | null
  readonly cases: readonly PageCase[]
  readonly categories: readonly PageCategory[]
  readonly agents: readonly PageAgent[]
  /** How far details were cut so that the page stays small: 0 is not at all beyond the usual. */
  readonly cutLevel: number
}

/** An event whose payload may be cut; `length` is what it was in characters. */
export type PageEvent = readonly [type: EventRow[0], payload: string, binary: boolean | null, length: number]

/** What of a record goes into the details of a case. */
export type PageDetails = Omit<
  CaseRecord,
  | 'id'
  | 'case'
  | 'agent'
  | 'title'
  | 'category'
  | 'section'
  | 'description'
  | 'expectation'
  | 'autobahn'
  | 'severity'
  | 'reason'
  | 'rule'
  | 'behavior'
  | 'behaviorClose'
  | 'duration'
  | 'reportTime'
  | 'reportCompressionRatio'
  | 'createStats'
  | 'createWirelog'
  | 'expected'
  | 'received'
  | 'log'
> & {
  readonly expected: Readonly<Record<string, readonly PageEvent[]>>
  readonly received: readonly PageEvent[]
  /** Events beyond those kept. */
  readonly receivedMore: number
  readonly log: readonly LogEntry[]
  /** Rows left out of the middle of the log, after `logHead` rows. */
  readonly logCut: number
  readonly logHead: number
}

/**
 * One piece: the details of one agent in one category, by case id. Kept as gzip in base64 in the script element
 * `details-AGENT-CATEGORY` (indices into `agents` and `categories`).
 */
export type PagePiece = Readonly<Record<string, PageDetails>>
