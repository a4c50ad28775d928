/** Cuts the details of a case to what a page can carry: eight agents must stay under 20 MB, whatever a peer sends. */
import type { CaseRecord, EventRow, LogEntry } from '../record.ts'
import type { PageDetails, PageEvent } from './page-data.ts'

/** How much of a record is kept. */
export interface Cut {
  /** Rows of the wire log, most of them from its beginning. */
  readonly rows: number
  /** Octets of each row. */
  readonly octets: number
  /** Characters of each event's payload. */
  readonly characters: number
  /** Events of each list. */
  readonly events: number
  /** Characters of each handshake head. */
  readonly head: number
  /** Rows of each table of statistics. */
  readonly statistics: number
}

/** From the usual to the smallest; the next one is taken when the page grows too large. */
export const cuts: readonly Cut[] = [
  { rows: 100, octets: 64, characters: 160, events: 40, head: 16_384, statistics: 40 },
  { rows: 60, octets: 32, characters: 96, events: 20, head: 2048, statistics: 20 },
  { rows: 24, octets: 16, characters: 48, events: 12, head: 768, statistics: 8 },
  { rows: 6, octets: 8, characters: 24, events: 4, head: 256, statistics: 4 },
]

/** The details of a record within a cut. */
export function toDetails(record: CaseRecord, cut: Cut): PageDetails {
  const log = cutLog(record.log, cut)
  return {
    started: record.started,
    result: record.result.slice(0, 2048),
    resultClose: record.resultClose.slice(0, 2048),
    expected: Object.fromEntries(
      Object.entries(record.expected).map(([outcome, rows]) => [outcome, cutEvents(rows, cut)]),
    ),
    received: cutEvents(record.received, cut),
    receivedMore: Math.max(0, record.received.length - cut.events),
    expectedClose: record.expectedClose,
    closedByMe: record.closedByMe,
    failedByMe: record.failedByMe,
    droppedByMe: record.droppedByMe,
    wasClean: record.wasClean,
    wasNotCleanReason: record.wasNotCleanReason,
    wasServerConnectionDropTimeout: record.wasServerConnectionDropTimeout,
    wasOpenHandshakeTimeout: record.wasOpenHandshakeTimeout,
    wasCloseHandshakeTimeout: record.wasCloseHandshakeTimeout,
    localCloseCode: record.localCloseCode,
    localCloseReason: record.localCloseReason,
    remoteCloseCode: record.remoteCloseCode,
    remoteCloseReason: record.remoteCloseReason,
    isServer: record.isServer,
    rxOctetStats: cutStatistics(record.rxOctetStats, cut),
    txOctetStats: cutStatistics(record.txOctetStats, cut),
    rxFrameStats: record.rxFrameStats,
    txFrameStats: record.txFrameStats,
    httpRequest: cutText(record.httpRequest, cut.head),
    httpResponse: cutText(record.httpResponse, cut.head),
    trafficStats: record.trafficStats,
    role: record.role,
    secure: record.secure,
    requirements: record.requirements.map(({ holds, requirement, observed }) => ({
      holds,
      requirement,
      observed: cutText(observed, 512),
    })),
    ...log,
    ending: record.ending,
    loopLagMs: record.loopLagMs,
    reducedTo: record.reducedTo,
  }
}

function cutEvents(rows: readonly EventRow[], cut: Cut): PageEvent[] {
  return rows.slice(0, cut.events).map(([type, payload, binary]) => {
    return [type, payload.slice(0, cut.characters), binary ?? null, payload.length]
  })
}

function cutLog(log: readonly LogEntry[], cut: Cut): Pick<PageDetails, 'log' | 'logCut' | 'logHead'> {
  const short = (entry: LogEntry) => cutEntry(entry, cut.octets)
  if (log.length <= cut.rows) return { log: log.map(short), logCut: 0, logHead: log.length }
  const tail = Math.floor(cut.rows / 4)
  const head = cut.rows - tail
  return {
    log: [...log.slice(0, head), ...log.slice(-tail)].map(short),
    logCut: log.length - cut.rows,
    logHead: head,
  }
}

function cutEntry(entry: LogEntry, octets: number): LogEntry {
  const at = Number.isFinite(entry.at) ? Math.round(entry.at * 1000) / 1000 : entry.at
  if (entry.kind === 'octets') return { ...entry, at, hex: entry.hex.slice(0, 2 * octets) }
  if (entry.kind === 'note') return { ...entry, at, text: cutText(entry.text, 256) }
  if (entry.kind !== 'frame') return { ...entry, at }
  return {
    ...entry,
    at,
    payload: entry.payload.slice(0, 2 + 2 * octets),
    payloadHex: entry.payloadHex.slice(0, 2 * octets),
  }
}

/** The most frequent rows; the others together, under a key that is no number. */
function cutStatistics(statistics: Readonly<Record<string, number>>, cut: Cut): Record<string, number> {
  const rows = Object.entries(statistics)
  if (rows.length <= cut.statistics) return { ...statistics }
  const sorted = rows.sort((a, b) => b[1] - a[1])
  const others = sorted.slice(cut.statistics).reduce((sum, [, count]) => sum + count, 0)
  return { ...Object.fromEntries(sorted.slice(0, cut.statistics)), other: others }
}

const cutText = (text: string, characters: number): string =>
  text.length > characters ? `${text.slice(0, characters)}…` : text
