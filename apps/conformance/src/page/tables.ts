/** The tables of a case: closing behaviour, statistics of octets and frames, traffic. */
import type { PageDetails } from '../report/page-data.ts'
import { h } from './dom.ts'
import { formatAt, formatCloseCode, formatCount, opcodeOf, showControls } from './words.ts'

type Value = string | number | boolean | null

/** What each field of the closing behaviour means; "I" of Autobahn's names is the runner. */
const closingFields: readonly (readonly [field: keyof PageDetails, meaning: string])[] = [
  ['isServer', 'The runner played the server, a client was tested.'],
  ['closedByMe', 'The runner began the closing handshake.'],
  ['failedByMe', 'The runner failed the connection.'],
  ['droppedByMe', 'The runner dropped TCP.'],
  ['wasClean', 'Close frames went both ways, and the server let go of TCP first.'],
  ['wasNotCleanReason', 'What happened instead.'],
  ['wasServerConnectionDropTimeout', 'The server should have dropped TCP and did not in time.'],
  ['wasOpenHandshakeTimeout', 'The opening handshake was not finished in time.'],
  ['wasCloseHandshakeTimeout', 'The runner began to close and got no answer in time.'],
  ['localCloseCode', 'Code of the Close frame that the runner sent.'],
  ['localCloseReason', 'Reason of the Close frame that the runner sent.'],
  ['remoteCloseCode', 'Code of the Close frame that came from the endpoint under test.'],
  ['remoteCloseReason', 'Reason of that Close frame.'],
]

/** The closing behaviour, with how the transport ended. */
export function drawClosing(details: PageDetails): HTMLElement {
  const rows = closingFields.map(([field, meaning]) => {
    const value = details[field] as Value
    return drawRow(
      field,
      field.endsWith('Code') && typeof value === 'number' ? formatCloseCode(value) : value,
      meaning,
    )
  })
  const { ending, expectedClose } = details
  const wanted = [
    expectedClose.closedByMe ? 'the runner begins' : 'the endpoint begins',
    expectedClose.closeCode.length > 0 ? `code ${[...new Set(expectedClose.closeCode)].join(', ')}` : '',
    expectedClose.requireClean ? 'a clean end' : 'need not be clean',
  ]
  const ends = [
    drawRow('expected', wanted.filter((part) => part !== '').join('; '), 'What the case wants of the end.'),
    drawRow(
      'first to let go of TCP',
      ending.first === 'none' ? null : ending.first,
      'Who sent FIN or RST first.',
    ),
    drawRow(
      'Close received',
      at(ending.closeFrameReceivedAt),
      'When the Close frame came from the endpoint.',
    ),
    drawRow('Close sent', at(ending.closeFrameSentAt), 'When the runner sent its Close frame.'),
    drawRow('FIN received', at(ending.finReceivedAt), 'When the endpoint ended its side of TCP.'),
    drawRow('RST received', at(ending.resetAt), 'When the endpoint reset TCP.'),
    ending.closeNotify === null
      ? null
      : drawRow('close_notify', ending.closeNotify, 'The TLS alert came before the FIN.'),
    ending.octetsAfterClose === 0
      ? null
      : drawRow('octets after Close', ending.octetsAfterClose, 'Sent by the endpoint after its Close frame.'),
  ]
  return h(
    'table',
    { class: 'facts' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Key'),
        h('th', { scope: 'col' }, 'Value'),
        h('th', { scope: 'col' }, 'Description'),
      ),
    ),
    h('tbody', {}, rows, ends),
  )
}

const at = (time: number | null): string | null => (time === null ? null : formatAt(time))

function drawRow(key: string, value: Value, meaning: string): HTMLElement {
  const tone = value === true ? 'yes' : value === false || value === null ? 'no' : 'some'
  const words =
    value === null ? '—' : value === true ? 'true' : value === false ? 'false' : showControls(String(value))
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, key),
    h('td', { class: tone, dir: 'auto' }, words),
    h('td', { class: 'meaning' }, meaning),
  )
}

/** Octets by size of read and write, frames by opcode. */
export function drawStatistics(details: PageDetails): HTMLElement {
  const name = (opcode: string) =>
    /^\d+$/.test(opcode) ? `${opcode} ${opcodeOf(Number(opcode)).name}` : opcode
  return h(
    'div',
    { class: 'statistics' },
    drawOctets('Octets received by chop size', details.rxOctetStats),
    drawOctets('Octets sent by chop size', details.txOctetStats),
    drawFrames('Frames received by opcode', details.rxFrameStats, name),
    drawFrames('Frames sent by opcode', details.txFrameStats, name),
  )
}

type Counts = Readonly<Record<string, number>>

function drawOctets(title: string, counts: Counts): HTMLElement {
  const rows = Object.entries(counts).map(([size, count]) => ({ size, count, octets: Number(size) * count }))
  const largest = Math.max(1, ...rows.map(({ count }) => count))
  const total = rows.reduce((sum, { count }) => sum + count, 0)
  const octets = rows.reduce((sum, row) => sum + (Number.isFinite(row.octets) ? row.octets : 0), 0)
  return drawCounts(
    title,
    ['Chop size', 'Count', 'Octets'],
    rows.map(({ size, count, octets: sum }) => [
      size,
      formatCount(count),
      Number.isFinite(sum) ? formatCount(sum) : '',
      count / largest,
    ]),
    ['Total', formatCount(total), formatCount(octets)],
  )
}

function drawFrames(title: string, counts: Counts, name: (opcode: string) => string): HTMLElement {
  const rows = Object.entries(counts)
  const largest = Math.max(1, ...rows.map(([, count]) => count))
  const total = rows.reduce((sum, [, count]) => sum + count, 0)
  return drawCounts(
    title,
    ['Opcode', 'Count'],
    rows.map(([opcode, count]) => [name(opcode), formatCount(count), count / largest]),
    ['Total', formatCount(total)],
  )
}

type CountRow = readonly [...string[], share: number]

function drawCounts(
  title: string,
  heads: readonly string[],
  rows: readonly CountRow[],
  totals: readonly string[],
): HTMLElement {
  return h(
    'table',
    { class: 'counts' },
    h('caption', {}, title),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        heads.map((head) => h('th', { scope: 'col' }, head)),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map((row) => {
        const share = Number(row.at(-1))
        const element = h(
          'tr',
          {},
          row
            .slice(0, -1)
            .map((cell, index) => h(index === 0 ? 'th' : 'td', index === 0 ? { scope: 'row' } : {}, cell)),
        )
        element.style.setProperty('--share', `${Math.round(share * 100)}%`)
        return element
      }),
    ),
    h(
      'tfoot',
      {},
      h(
        'tr',
        {},
        totals.map((cell, index) => h(index === 0 ? 'th' : 'td', index === 0 ? { scope: 'row' } : {}, cell)),
      ),
    ),
  )
}

/** Numbers of the compression cases. */
export function drawTraffic(details: PageDetails): HTMLElement | null {
  const { trafficStats } = details
  if (trafficStats === null) return null
  const ratio = (value: number | null) => (value === null ? '—' : value.toFixed(3))
  const rows: readonly (readonly [label: string, received: string, sent: string])[] = [
    [
      'Messages',
      formatCount(trafficStats.incomingWebSocketMessages),
      formatCount(trafficStats.outgoingWebSocketMessages),
    ],
    [
      'Frames',
      formatCount(trafficStats.incomingWebSocketFrames),
      formatCount(trafficStats.outgoingWebSocketFrames),
    ],
    [
      'Octets of messages',
      formatCount(trafficStats.incomingOctetsAppLevel),
      formatCount(trafficStats.outgoingOctetsAppLevel),
    ],
    [
      'Octets in frames',
      formatCount(trafficStats.incomingOctetsWebSocketLevel),
      formatCount(trafficStats.outgoingOctetsWebSocketLevel),
    ],
    [
      'Octets on the wire',
      formatCount(trafficStats.incomingOctetsWireLevel),
      formatCount(trafficStats.outgoingOctetsWireLevel),
    ],
    [
      'Compressed to',
      ratio(trafficStats.incomingCompressionRatio),
      ratio(trafficStats.outgoingCompressionRatio),
    ],
    [
      'Overhead of frames',
      ratio(trafficStats.incomingWebSocketOverhead),
      ratio(trafficStats.outgoingWebSocketOverhead),
    ],
  ]
  return h(
    'table',
    { class: 'counts traffic' },
    h('caption', {}, 'Traffic'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ['', 'received', 'sent'].map((head) => h('th', { scope: 'col' }, head)),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map(([label, received, sent]) =>
        h('tr', {}, h('th', { scope: 'row' }, label), h('td', {}, received), h('td', {}, sent)),
      ),
    ),
  )
}
