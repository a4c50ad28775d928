/** The wire log: a row for everything that happened, with its time; frames and octets open to their fields. */
import type { FrameEntry, LogEntry, OctetsEntry } from '../record.ts'
import type { PageDetails } from '../report/page-data.ts'
import { h } from './dom.ts'
import { decodeHeader, decodePayload, type Field } from './frame-fields.ts'
import {
  formatAt,
  formatCloseCode,
  formatDuration,
  formatOctets,
  opcodeOf,
  showControls,
  spaceHex,
} from './words.ts'

/** The log of a case as a list. */
export function drawWireLog(details: PageDetails): HTMLElement {
  if (details.log.length === 0) return h('p', { class: 'empty' }, 'Nothing was logged.')
  const rows = details.log.flatMap((entry, index) => {
    const row = h('li', {}, drawEntry(entry))
    if (details.logCut === 0 || index !== details.logHead) return [row]
    return [h('li', { class: 'log-gap' }, `… ${details.logCut} rows left out …`), row]
  })
  return h('ol', { class: 'log' }, rows)
}

function drawEntry(entry: LogEntry): HTMLElement {
  switch (entry.kind) {
    case 'frame':
      return drawFrame(entry)
    case 'octets':
      return drawOctets(entry)
    case 'timer':
      return drawLine(entry, '', 'timer', 'Timer', describeTimer(entry))
    case 'logging':
      return drawLine(
        entry,
        '',
        'note',
        'Log',
        entry.on ? 'rows are written again' : 'from here on counted only',
      )
    case 'transport':
      return drawLine(
        entry,
        entry.direction,
        'transport',
        'Transport',
        `${entry.event} ${entry.text ?? ''}`.trim(),
      )
    case 'note':
      return drawLine(entry, '', 'note', 'Note', entry.text)
  }
}

function describeTimer({ timer, event, delayMs, tag }: LogEntry & { kind: 'timer' }): string {
  const names = { wait: 'wait', kill: 'fail the connection', close: 'close the connection' }
  const name = tag === undefined ? '' : ` (${tag})`
  return event === 'armed'
    ? `${names[timer]}${name} after ${formatDuration(delayMs ?? 0)}`
    : `${names[timer]}${name}: time is up`
}

const arrows = { sent: '→', received: '←', '': '' } as const
const arrowNames = { sent: 'sent', received: 'received', '': '' } as const

function drawLine(
  entry: LogEntry,
  direction: 'sent' | 'received' | '',
  tone: string,
  kind: string,
  text: string,
): HTMLElement {
  return h('div', { class: `log-line ${tone}` }, drawCells(entry.at, direction, kind, text))
}

function drawCells(
  at: number | null,
  direction: 'sent' | 'received' | '',
  kind: string,
  text: string,
): HTMLElement[] {
  return [
    h('time', { class: 'log-at' }, formatAt(at)),
    h('span', { class: `log-arrow ${direction}`, title: arrowNames[direction] }, arrows[direction]),
    h('span', { class: 'log-kind' }, kind),
    h('span', { class: 'log-text' }, showControls(text)),
  ]
}

function drawOctets(entry: OctetsEntry): HTMLElement {
  const more = entry.hex.length < 2 * entry.length ? ' …' : ''
  return h(
    'details',
    { class: 'log-entry octets' },
    h(
      'summary',
      { class: 'log-line' },
      drawCells(
        entry.at,
        entry.direction,
        'Octets',
        `${formatOctets(entry.length)}  ${spaceHex(entry.hex)}${more}`,
      ),
    ),
    h('div', { class: 'log-open' }, drawDump(entry.hex, entry.length)),
  )
}

function drawFrame(entry: FrameEntry): HTMLElement {
  const { name, tone } = opcodeOf(entry.opcode)
  return h(
    'details',
    { class: `log-entry frame ${tone}` },
    h('summary', { class: 'log-line' }, drawCells(entry.at, entry.direction, name, describeFrame(entry))),
    h(
      'div',
      { class: 'log-open' },
      h('div', { class: 'fields' }, decodeHeader(entry).map(drawField)),
      h('div', { class: 'fields payload-fields' }, decodePayload(entry).map(drawField)),
      describeSending(entry),
      entry.payloadHex.length > 2 * PER_LINE && drawDump(entry.payloadHex, entry.length),
    ),
  )
}

function describeFrame(entry: FrameEntry): string {
  const flags = [
    entry.fin ? 'FIN' : 'no FIN',
    entry.rsv === 0 ? '' : `RSV ${entry.rsv.toString(2).padStart(3, '0')}`,
    entry.masked ? 'masked' : '',
    entry.complete ? '' : 'incomplete',
  ]
  const more = entry.payloadHex.length < 2 * entry.length && entry.length > 0 ? '…' : ''
  const body = entry.close
    ? `${formatCloseCode(entry.close.code)} ${entry.close.reason === '' ? '' : `“${entry.close.reason}”`}`
    : quotePayload(entry.payload, more)
  return [...flags.filter((flag) => flag !== ''), formatOctets(entry.length), body].join('  ')
}

/** Text in quotes, hex as it is; a frame that is sent in parts has none here. */
function quotePayload(payload: string, more: string): string {
  if (payload === '') return ''
  return payload.startsWith('0x') ? `${payload}${more}` : `“${payload}${more}”`
}

function describeSending(entry: FrameEntry): HTMLElement | null {
  const parts = [
    entry.repeated ? `the payload is a pattern repeated up to ${formatOctets(entry.length)}` : '',
    entry.chop === undefined ? '' : `written ${formatOctets(entry.chop)} at a time`,
    entry.flushed ? 'the runner waited until it had left' : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? null : h('p', { class: 'log-remark' }, `${parts.join('; ')}.`)
}

function drawField({ name, value, meaning, kind }: Field): HTMLElement {
  const isBits =
    /^[01]+$/.test(value) &&
    kind !== 'payload' &&
    kind !== 'mask' &&
    name !== 'extended length' &&
    name !== 'status code'
  return h(
    'div',
    { class: `field ${kind}` },
    h('span', { class: 'field-name' }, name),
    h('code', { class: 'field-value' }, isBits ? value : spaceHex(value)),
    h('span', { class: 'field-meaning', dir: 'auto' }, showControls(meaning)),
  )
}

const PER_LINE = 16

/** Offset, hex and characters, sixteen octets a line. */
function drawDump(hex: string, length: number): HTMLElement {
  const octets = hex.match(/../g) ?? []
  const lines: string[] = []
  for (let offset = 0; offset < octets.length; offset += PER_LINE) {
    const part = octets.slice(offset, offset + PER_LINE)
    const characters = part.map((octet) => {
      const code = Number.parseInt(octet, 16)
      return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·'
    })
    lines.push(
      `${offset.toString(16).padStart(4, '0')}  ${part.join(' ').padEnd(PER_LINE * 3 - 1)}  ${characters.join('')}`,
    )
  }
  if (octets.length < length) lines.push(`…     ${formatOctets(length - octets.length)} more`)
  return h('pre', { class: 'dump' }, lines.join('\n'))
}
