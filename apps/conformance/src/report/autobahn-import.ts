/** Records out of the per-case JSON that the Autobahn Testsuite wrote: what it does not say stays empty. */
import type { CaseRecord, Direction, FrameEntry, LogEntry } from '../record.ts'
import { LOGGED_OCTETS, UNSEEN_ENDING } from '../record.ts'
import type { CaseDefinition } from '../suite.ts'
import type { AutobahnCase, IndexEntry, WireLogRow } from './autobahn.ts'

/** Time of a log entry whose time is not known. */
const UNKNOWN_TIME = Number.NaN

const emptyCase: Omit<AutobahnCase, 'id' | 'agent' | 'behavior' | 'behaviorClose'> = {
  case: 0,
  description: '',
  expectation: '',
  started: '',
  duration: 0,
  reportTime: false,
  reportCompressionRatio: false,
  result: '',
  resultClose: '',
  expected: {},
  received: [],
  expectedClose: { closedByMe: true, closeCode: [], requireClean: false },
  closedByMe: false,
  failedByMe: false,
  droppedByMe: false,
  wasClean: false,
  wasNotCleanReason: null,
  wasServerConnectionDropTimeout: false,
  wasOpenHandshakeTimeout: false,
  wasCloseHandshakeTimeout: false,
  localCloseCode: null,
  localCloseReason: null,
  remoteCloseCode: null,
  remoteCloseReason: null,
  isServer: false,
  createStats: false,
  rxOctetStats: {},
  txOctetStats: {},
  rxFrameStats: {},
  txFrameStats: {},
  httpRequest: '',
  httpResponse: '',
  createWirelog: false,
  trafficStats: null,
  wirelog: [],
}

/** The first field of a case's file whose kind is not that of Autobahn's; null when there is none. */
export function findWrongField(details: Partial<AutobahnCase>): string | null {
  const given = new Map<string, unknown>(Object.entries(details))
  const wrong = Object.entries(emptyCase).find(([name, usual]) => {
    const value = given.get(name) ?? null
    return value !== null && usual !== null && kindOf(value) !== kindOf(usual)
  })
  return wrong?.[0] ?? null
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value)

/** One record from an entry of `index.json` and, where it could be read, the case's own file. */
export function fromAutobahnCase(
  agent: string,
  id: string,
  entry: Partial<IndexEntry>,
  details: Partial<AutobahnCase>,
  definition: CaseDefinition | undefined,
): CaseRecord {
  const { wirelog, ...fields } = { ...emptyCase, ...withoutNull(details) }
  return {
    ...fields,
    id,
    agent,
    behavior: (entry.behavior ?? details.behavior ?? 'FAILED') as CaseRecord['behavior'],
    behaviorClose: (entry.behaviorClose ?? details.behaviorClose ?? 'FAILED') as CaseRecord['behaviorClose'],
    duration: entry.duration ?? fields.duration,
    remoteCloseCode: entry.remoteCloseCode ?? fields.remoteCloseCode,
    description: stripTags(fields.description),
    expectation: stripTags(fields.expectation),
    title: definition?.title ?? '',
    category: definition?.category ?? `Category ${id.split('.')[0]}`,
    section: definition?.section ?? '',
    autobahn: true,
    role: fields.isServer ? 'client' : 'server',
    secure: false,
    severity: 'MUST',
    reason: '',
    rule: '',
    requirements: [],
    log: wirelog.flatMap((row) => fromRow(row) ?? []),
    ending: UNSEEN_ENDING,
    loopLagMs: 0,
    reducedTo: null,
  }
}

function withoutNull(details: Partial<AutobahnCase>): Partial<AutobahnCase> {
  const nullable = new Set([
    'wasNotCleanReason',
    'localCloseCode',
    'localCloseReason',
    'remoteCloseCode',
    'remoteCloseReason',
    'trafficStats',
  ])
  return Object.fromEntries(
    Object.entries(details).filter(([name, value]) => value !== null || nullable.has(name)),
  )
}

const stripTags = (text: string): string => text.replace(/<br\s*\/?>/gi, ' ').replace(/<[^<>]*>/g, '')

function fromRow([tag, ...values]: WireLogRow): LogEntry | null {
  const at = UNKNOWN_TIME
  switch (tag) {
    case 'TO':
    case 'RO': {
      const [length, hex] = toCut(values[0])
      return {
        kind: 'octets',
        at,
        direction: tag === 'TO' ? 'sent' : 'received',
        length,
        hex,
        flushed: values[1] === true,
      }
    }
    case 'TF':
      return fromFrameRow('sent', values, values[4], typeof values[4] === 'string')
    case 'RF':
      return fromFrameRow('received', values, values[5], values[4] === true)
    case 'CT':
      return {
        kind: 'timer',
        at,
        timer: 'wait',
        event: 'armed',
        delayMs: Number(values[0]) * 1000,
        tag: String(values[1]),
      }
    case 'CTE':
      return { kind: 'timer', at, timer: 'wait', event: 'expired', tag: String(values[0]) }
    case 'KL':
    case 'TI':
      return {
        kind: 'timer',
        at,
        timer: tag === 'KL' ? 'kill' : 'close',
        event: 'armed',
        delayMs: Number(values[0]) * 1000,
      }
    case 'KLE':
    case 'TIE':
      return { kind: 'timer', at, timer: tag === 'KLE' ? 'kill' : 'close', event: 'expired' }
    case 'WLM':
      return { kind: 'logging', at, on: values[0] === true }
    default:
      return null
  }
}

function fromFrameRow(
  direction: Direction,
  values: readonly unknown[],
  mask: unknown,
  masked: boolean,
): FrameEntry {
  const [length, text] = toCut(values[0])
  return {
    kind: 'frame',
    at: UNKNOWN_TIME,
    direction,
    opcode: Number(values[1]),
    fin: values[2] === true,
    rsv: Number(values[3]),
    masked,
    maskingKey: typeof mask === 'string' ? mask : null,
    length,
    lengthBytes: 0,
    headerHex: '',
    payload: text,
    payloadHex: text.startsWith('0x')
      ? text.slice(2)
      : Buffer.from(text, 'utf8')
          .toString('hex')
          .slice(0, 2 * LOGGED_OCTETS),
    complete: true,
  }
}

function toCut(value: unknown): [number, string] {
  if (!Array.isArray(value)) return [0, '']
  return [Number(value[0]), String(value[1] ?? '').replace(/ \.\.\.$/, '')]
}
