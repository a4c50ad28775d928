/** Who sent what when: two lifelines, an arrow for each frame, time from top to bottom. */
import type { FrameEntry, LogEntry } from '../record.ts'
import type { PageDetails } from '../report/page-data.ts'
import { h, s } from './dom.ts'
import { formatAt, formatCloseCode, formatDuration, formatOctets, opcodeOf, showControls } from './words.ts'

const ROW = 34
const TOP = 46
const SLOPE = 7
const CHARACTER = 6.7
const SHOWN_ROWS = 60
const TAIL_ROWS = 12
const SHOWN_HEX = 26
const TEXT = 1
const BINARY = 2
const RSV1 = 4

interface Arrow {
  readonly kind: 'arrow'
  readonly at: number | null
  readonly fromRunner: boolean
  readonly label: string
  readonly tone: string
  readonly dashed: boolean
}

interface Remark {
  readonly kind: 'remark'
  readonly at: number | null
  readonly label: string
}

type Row = Arrow | Remark

/** The picture with its description; redrawn when its width changes. */
export function drawSequence(details: PageDetails, agent: string): HTMLElement {
  const rows = limitRows(listRows(details))
  const frame = h('div', { class: 'sequence' })
  let drawn = 0
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.round(entry?.contentRect.width ?? 0)
    if (width === drawn || width === 0) return
    drawn = width
    frame.replaceChildren(drawPicture(rows, agent, width))
  })
  observer.observe(frame)
  return frame
}

/** All rows; the opening handshake stands where its octets are, or first when the log has none. */
function listRows(details: PageDetails): Row[] {
  const { isServer, httpRequest, httpResponse } = details
  const isCompressed = /permessage-deflate/i.test(httpResponse)
  const waiting = [
    { fromRunner: !isServer, label: firstLine(httpRequest) },
    { fromRunner: isServer, label: firstLine(httpResponse) },
  ].filter(({ label }) => label !== '')
  const rows: Row[] = []
  for (const [index, entry] of details.log.entries()) {
    if (details.logCut > 0 && index === details.logHead) {
      rows.push({ kind: 'remark', at: null, label: `… ${details.logCut} rows of the log left out …` })
    }
    const [next] = waiting
    if (entry.kind === 'octets' && next !== undefined && (entry.direction === 'sent') === next.fromRunner) {
      waiting.shift()
      rows.push({ kind: 'arrow', at: timeOf(entry), tone: 'http', dashed: false, ...next })
    }
    const row = toRow(entry, isCompressed)
    if (row !== null) rows.push(row)
  }
  const rest = waiting.map((head): Row => ({ kind: 'arrow', at: null, tone: 'http', dashed: false, ...head }))
  return [...rest, ...rows]
}

const firstLine = (head: string): string => head.split(/\r?\n/)[0] ?? ''

const timeOf = ({ at }: LogEntry): number | null => (Number.isFinite(at) ? at : null)

function toRow(entry: LogEntry, isCompressed: boolean): Row | null {
  const at = timeOf(entry)
  if (entry.kind === 'frame') {
    const { tone } = opcodeOf(entry.opcode)
    const compressed =
      isCompressed && entry.rsv === RSV1 && (entry.opcode === TEXT || entry.opcode === BINARY)
    const dashed = !entry.complete || (entry.rsv !== 0 && !compressed)
    return {
      kind: 'arrow',
      at,
      fromRunner: entry.direction === 'sent',
      label: labelFrame(entry, compressed),
      tone,
      dashed,
    }
  }
  if (entry.kind === 'transport') {
    const words = {
      connected: 'TCP connected',
      secured: 'TLS established',
      fin: 'FIN',
      'close-notify': 'TLS close_notify',
      reset: 'RST',
      destroyed: 'TCP dropped',
      refused: 'connection refused',
    }
    const label = words[entry.event]
    if (entry.event === 'connected' || entry.event === 'secured' || entry.event === 'refused')
      return { kind: 'remark', at, label }
    return {
      kind: 'arrow',
      at,
      fromRunner: entry.direction === 'sent',
      label,
      tone: 'transport',
      dashed: true,
    }
  }
  if (entry.kind === 'timer') return labelTimer(entry.timer, entry.event, entry.delayMs, entry.tag, at)
  if (entry.kind === 'note') return { kind: 'remark', at, label: entry.text }
  return null
}

function labelTimer(
  timer: string,
  event: string,
  delayMs: number | undefined,
  tag: string | undefined,
  at: number | null,
): Row | null {
  const name = tag === undefined ? '' : ` (${tag})`
  if (timer === 'wait') {
    return event === 'armed'
      ? { kind: 'remark', at, label: `waits ${formatDuration(delayMs ?? 0)}${name}` }
      : null
  }
  if (event === 'armed') return null
  return {
    kind: 'remark',
    at,
    label: timer === 'kill' ? 'out of patience: fails the connection' : 'time is up: begins to close',
  }
}

function labelFrame(entry: FrameEntry, compressed: boolean): string {
  const bits = `RSV ${entry.rsv.toString(2).padStart(3, '0')}`
  const parts = [
    opcodeOf(entry.opcode).name,
    entry.fin ? '' : 'no FIN',
    entry.rsv === 0 ? '' : compressed ? 'compressed' : bits,
    entry.complete ? '' : 'incomplete',
    entry.close ? formatCloseCode(entry.close.code) : formatOctets(entry.length),
  ]
  const payload = entry.close || compressed ? '' : quotePayload(entry.payload)
  return `${parts.filter((part) => part !== '').join(' · ')}${payload}`
}

/** Text in quotes; octets that are none as some hex. */
function quotePayload(payload: string): string {
  if (payload === '') return ''
  return payload.startsWith('0x') ? ` ${payload.slice(0, SHOWN_HEX)}` : ` “${showControls(payload)}”`
}

function limitRows(rows: readonly Row[]): Row[] {
  if (rows.length <= SHOWN_ROWS) return [...rows]
  const head = SHOWN_ROWS - TAIL_ROWS
  const left = rows.length - SHOWN_ROWS
  return [
    ...rows.slice(0, head),
    { kind: 'remark', at: null, label: `… ${left} more, all in the wire log …` },
    ...rows.slice(-TAIL_ROWS),
  ]
}

function drawPicture(rows: readonly Row[], agent: string, width: number): SVGSVGElement {
  const narrow = width < 460
  const left = narrow ? 14 : 84
  const right = width - 14
  const height = TOP + rows.length * ROW + 18
  const shown = cutLabel(agent, (right - left) / 2 - 16)
  return s(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': describeRows(rows) },
    s('line', { class: 'lifeline', x1: left, x2: left, y1: TOP - 16, y2: height - 8 }),
    s('line', { class: 'lifeline', x1: right, x2: right, y1: TOP - 16, y2: height - 8 }),
    s('text', { class: 'party', x: left - (narrow ? 10 : 20), y: 18 }, 'conformance runner'),
    s('text', { class: 'party', x: right + 10, y: 18, 'text-anchor': 'end' }, shown),
    rows.map((row, index) => drawRow(row, TOP + index * ROW, left, right, narrow)),
  )
}

function drawRow(row: Row, y: number, left: number, right: number, narrow: boolean): SVGElement {
  const time = narrow
    ? null
    : s('text', { class: 'time', x: left - 10, y: y + 5, 'text-anchor': 'end' }, formatAt(row.at))
  const middle = (left + right) / 2
  const room = right - left - 24
  if (row.kind === 'remark') {
    const label = s(
      'text',
      { class: 'remark', x: middle, y: y + 6, 'text-anchor': 'middle' },
      cutLabel(row.label, room),
    )
    return s('g', {}, time, label)
  }
  const [from, to] = row.fromRunner ? [left, right] : [right, left]
  const inwards = row.fromRunner ? -1 : 1
  const tip = y + SLOPE
  return s(
    'g',
    { class: `arrow ${row.tone}` },
    s('title', {}, row.label),
    time,
    s('circle', { cx: from, cy: y, r: 3 }),
    s('line', {
      x1: from,
      y1: y,
      x2: to + inwards * 6,
      y2: tip,
      'stroke-dasharray': row.dashed ? '5 4' : null,
    }),
    s('path', { d: `M${to} ${tip} l${inwards * 9} -5 l0 10 z` }),
    s('text', { class: 'label', x: middle, y: y - 4, 'text-anchor': 'middle' }, cutLabel(row.label, room)),
  )
}

const cutLabel = (text: string, room: number): string => {
  const characters = Math.max(4, Math.floor(room / CHARACTER))
  return text.length > characters ? `${text.slice(0, characters - 1)}…` : text
}

const describeRows = (rows: readonly Row[]): string =>
  rows
    .slice(0, SHOWN_ROWS)
    .map((row) =>
      row.kind === 'remark' ? row.label : `${row.fromRunner ? 'runner' : 'peer'} sends ${row.label}`,
    )
    .join('; ')
