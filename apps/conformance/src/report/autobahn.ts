/** Reports in the shape of the Autobahn Testsuite: `index.json`, one JSON file per case, the same names and fields. */
import type { CaseRecord, FrameEntry, LogEntry, OctetsEntry } from '../record.ts'
import { LOGGED_OCTETS } from '../record.ts'

/** One entry of `index.json`. */
export interface IndexEntry {
  readonly behavior: string
  readonly behaviorClose: string
  /** Whole milliseconds from the open connection to the end of TCP. */
  readonly duration: number
  readonly remoteCloseCode: number | null
  readonly reportfile: string
}

/** `index.json`: agent -> case id -> entry. */
export type Index = Readonly<Record<string, Readonly<Record<string, IndexEntry>>>>

/** A row of `wirelog`: a tag (TO, RO, TF, RF, CT, CTE, KL, KLE, TI, TIE, WLM) and its values. */
export type WireLogRow = readonly [tag: string, ...values: readonly unknown[]]

/** The fields of Autobahn's per-case report, in its words. */
const fields = [
  'id',
  'case',
  'agent',
  'description',
  'expectation',
  'started',
  'duration',
  'reportTime',
  'reportCompressionRatio',
  'behavior',
  'behaviorClose',
  'result',
  'resultClose',
  'expected',
  'received',
  'expectedClose',
  'closedByMe',
  'failedByMe',
  'droppedByMe',
  'wasClean',
  'wasNotCleanReason',
  'wasServerConnectionDropTimeout',
  'wasOpenHandshakeTimeout',
  'wasCloseHandshakeTimeout',
  'localCloseCode',
  'localCloseReason',
  'remoteCloseCode',
  'remoteCloseReason',
  'isServer',
  'createStats',
  'rxOctetStats',
  'txOctetStats',
  'rxFrameStats',
  'txFrameStats',
  'httpRequest',
  'httpResponse',
  'createWirelog',
  'trafficStats',
] as const satisfies readonly (keyof CaseRecord)[]

export type AutobahnCase = Pick<CaseRecord, (typeof fields)[number]> & {
  readonly wirelog: readonly WireLogRow[]
}

/** The agent's part of a file name: lower case, every character that is not a–z or 0–9 an underscore. */
export const formatAgentForFile = (agent: string): string => agent.toLowerCase().replace(/[^a-z0-9]/g, '_')

/** Name of the per-case file, `ws_8_case_6_1_2.json`; `prefix` is `formatAgentForFile` of the agent. */
export const caseFileName = (prefix: string, id: string): string =>
  `${prefix}_case_${id.replaceAll('.', '_')}.json`

/** The per-case JSON of Autobahn: its fields and nothing else. */
export function toAutobahnCase(record: CaseRecord): AutobahnCase {
  const entries = fields.map((field) => [field, record[field]] as const)
  return {
    ...(Object.fromEntries(entries) as Pick<CaseRecord, (typeof fields)[number]>),
    wirelog: toWireLog(record.log),
  }
}

/** The entry of `index.json` for a record kept in `reportfile`. */
export const toIndexEntry = (record: CaseRecord, reportfile: string): IndexEntry => ({
  behavior: record.behavior,
  behaviorClose: record.behaviorClose,
  duration: record.duration,
  remoteCloseCode: record.remoteCloseCode,
  reportfile,
})

/** Autobahn's wire log of a record: what it has no row for (times, TCP, remarks) is left out. */
export function toWireLog(log: readonly LogEntry[]): WireLogRow[] {
  const rows: WireLogRow[] = []
  for (const entry of log) {
    const row = toRow(entry)
    if (row !== null) rows.push(row)
  }
  return rows
}

function toRow(entry: LogEntry): WireLogRow | null {
  switch (entry.kind) {
    case 'octets':
      return entry.direction === 'sent'
        ? ['TO', cutOctets(entry), entry.flushed === true]
        : ['RO', cutOctets(entry)]
    case 'frame':
      return toFrameRow(entry)
    case 'timer':
      return toTimerRow(entry.timer, entry.event === 'armed', (entry.delayMs ?? 0) / 1000, entry.tag ?? null)
    case 'logging':
      return ['WLM', entry.on]
    default:
      return null
  }
}

function toFrameRow(entry: FrameEntry): WireLogRow {
  const payload = [entry.length, entry.length > LOGGED_OCTETS ? `${entry.payload} ...` : entry.payload]
  const { opcode, fin, rsv, maskingKey } = entry
  if (entry.direction === 'received') return ['RF', payload, opcode, fin, rsv, entry.masked, maskingKey]
  const repeatLength = entry.repeated === true ? entry.length : null
  return [
    'TF',
    payload,
    opcode,
    fin,
    rsv,
    maskingKey,
    repeatLength,
    entry.chop ?? null,
    entry.flushed === true,
  ]
}

function toTimerRow(timer: string, armed: boolean, seconds: number, tag: string | null): WireLogRow {
  if (timer === 'wait') return armed ? ['CT', seconds, tag] : ['CTE', tag]
  if (timer === 'kill') return armed ? ['KL', seconds] : ['KLE']
  return armed ? ['TI', seconds] : ['TIE']
}

const cutOctets = (entry: OctetsEntry): readonly [number, string] => [
  entry.length,
  entry.length > LOGGED_OCTETS ? `${entry.hex} ...` : entry.hex,
]
