/** D.4 to D.7: the negotiation of permessage-deflate, and what was agreed kept to the octet (RFC 7692 7.1). */
import { Rsv } from '@hybi/frame'
import { scanDeflate } from '../../deflate/scan.ts'
import type { Requirement } from '../probe.ts'
import { octets, text, until } from '../step.ts'
import type { OwnCase } from './own.ts'
import { abandons, agreesTo, echoesText, hasHeader, opens } from './requirements.ts'

const server = ['server'] as const
const client = ['client'] as const

const ILLEGAL_OFFERS: readonly { readonly title: string; readonly offer: string }[] = [
  { title: 'a window of 7 bits', offer: 'permessage-deflate; server_max_window_bits=7' },
  { title: 'a window of 16 bits', offer: 'permessage-deflate; server_max_window_bits=16' },
  { title: 'a leading zero', offer: 'permessage-deflate; server_max_window_bits=08' },
  { title: 'hexadecimal bits', offer: 'permessage-deflate; server_max_window_bits=0xf' },
  { title: 'no value where one is needed', offer: 'permessage-deflate; server_max_window_bits' },
  { title: 'a value where none belongs', offer: 'permessage-deflate; server_no_context_takeover=1' },
  { title: 'a client window of 16 bits', offer: 'permessage-deflate; client_max_window_bits=16' },
  { title: 'an unknown parameter', offer: 'permessage-deflate; x_unknown' },
  {
    title: 'a parameter twice',
    offer: 'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
  },
]

/** 7.1: "A server MUST decline an extension negotiation offer"; refusing the whole handshake is not forbidden. */
const declines = agreesTo('permessage-deflate is not agreed.', (extensions) =>
  extensions === null ? null : `agreed to ${extensions}.`,
)
const noExtensionHeader = hasHeader(
  'Sec-WebSocket-Extensions',
  'The answer has no Sec-WebSocket-Extensions header.',
  (values) => (values.length === 0 ? null : `agreed to ${values.join(', ')}.`),
)

const offers: readonly OwnCase[] = ILLEGAL_OFFERS.map(({ title, offer }, index) => ({
  id: `4.${index + 1}`,
  section: 'Illegal offers',
  title,
  description: `The only offer is ${offer}.`,
  severity: 'MUST',
  rule: 'RFC 7692 7.1',
  reason: 'An offer that breaks the rules has no meaning both sides can rely on: the server must decline it.',
  roles: server,
  offer,
  requires: [declines, noExtensionHeader],
}))

/** The parameters a server answers with. */
const answers = (
  row: Pick<OwnCase, 'id' | 'title' | 'rule' | 'reason'> & {
    readonly offer: string
    readonly severity?: OwnCase['severity']
  },
  sentence: string,
  test: (answer: string | null) => string | null,
): OwnCase => ({
  section: 'Answers',
  description: `The offer is ${row.offer}.`,
  severity: 'MUST',
  roles: server,
  requires: [opens, agreesTo(sentence, test)],
  ...row,
})

const bitsOf = (answer: string, name: string): number | null => {
  const match = new RegExp(`${name}="?(\\d+)`).exec(answer)
  return match === null ? null : Number(match[1])
}

const serverAnswers: readonly OwnCase[] = [
  answers(
    {
      id: '5.1',
      title: 'the window is not larger than asked for',
      offer: 'permessage-deflate; server_max_window_bits=10',
      rule: 'RFC 7692 7.1.2.1',
      reason: 'The client makes room for what it asked for.',
    },
    'The answer names a window of at most 10 bits, or declines.',
    (answer) => {
      if (answer === null) return null
      const bits = bitsOf(answer, 'server_max_window_bits')
      return bits !== null && bits >= 8 && bits <= 10 ? null : `agreed to ${answer}.`
    },
  ),
  answers(
    {
      id: '5.2',
      title: 'no context takeover is confirmed',
      offer: 'permessage-deflate; server_no_context_takeover',
      rule: 'RFC 7692 7.1.1.1',
      reason: 'The client throws its window away: it has to know that the server does.',
    },
    'The answer repeats server_no_context_takeover, or declines.',
    (answer) =>
      answer === null || answer.includes('server_no_context_takeover') ? null : `agreed to ${answer}.`,
  ),
  answers(
    {
      id: '5.3',
      title: 'no client window that was not offered',
      offer: 'permessage-deflate',
      rule: 'RFC 7692 7.1.2.2',
      reason: 'A client that did not say that it can limit its window may not be able to.',
    },
    'The answer does not name client_max_window_bits.',
    (answer) =>
      answer === null || !answer.includes('client_max_window_bits') ? null : `agreed to ${answer}.`,
  ),
  answers(
    {
      id: '5.4',
      title: 'a value in quotes',
      severity: 'QUALITY',
      offer: 'permessage-deflate; server_max_window_bits="10"',
      rule: 'RFC 6455 9.1',
      reason: 'The grammar of extension parameters allows quotes.',
    },
    'The handshake succeeds, with a window of at most 10 bits or without the extension.',
    (answer) => {
      if (answer === null) return null
      const bits = bitsOf(answer, 'server_max_window_bits')
      return bits !== null && bits <= 10 ? null : `agreed to ${answer}.`
    },
  ),
  answers(
    {
      id: '5.5',
      title: 'the second offer',
      severity: 'QUALITY',
      offer: 'permessage-deflate; server_max_window_bits=7, permessage-deflate',
      rule: 'RFC 7692 5',
      reason: 'A client lists fallbacks so that a server which cannot take the first can take the next.',
    },
    'The second, good offer is taken.',
    (answer) => (answer === null ? 'none is taken.' : null),
  ),
]

const ILLEGAL_ANSWERS: readonly { readonly title: string; readonly answer: string }[] = [
  { title: 'a window of 7 bits', answer: 'permessage-deflate; server_max_window_bits=7' },
  { title: 'a window of 16 bits', answer: 'permessage-deflate; server_max_window_bits=16' },
  { title: 'client_max_window_bits without a value', answer: 'permessage-deflate; client_max_window_bits' },
  { title: 'an unknown parameter', answer: 'permessage-deflate; x_unknown' },
  {
    title: 'a parameter twice',
    answer: 'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
  },
  { title: 'a value where none belongs', answer: 'permessage-deflate; client_no_context_takeover=1' },
  { title: 'the extension twice', answer: 'permessage-deflate, permessage-deflate' },
]

const clientAnswers: readonly OwnCase[] = ILLEGAL_ANSWERS.map(({ title, answer }, index) => ({
  id: `6.${index + 1}`,
  section: 'Illegal answers',
  title,
  description: `The server agrees to ${answer}.`,
  severity: 'MUST',
  rule: 'RFC 7692 7.1',
  reason:
    'A client that goes on after an answer it cannot understand inflates with a window nobody has agreed to.',
  roles: client,
  answer,
  steps: [text('is anybody there?'), until({ seen: 'end' }, 1500)],
  requires: [abandons],
  closesAtEnd: false,
  patienceMs: 200,
}))

/** Letters that look random for `distance` octets and then come again: a compressor with room for them will refer back. */
function repeatingAfter(distance: number): Uint8Array {
  let state = 7
  const unit = Uint8Array.from({ length: distance }, () => {
    state = (state * 48_271) % 0x7fff_ffff
    return 0x61 + (state % 26)
  })
  return new Uint8Array(Buffer.concat([unit, unit, unit]))
}

/** Each compressed echo, scanned. Echoes that are not compressed keep every agreement. */
const keepsTo = (
  sentence: string,
  test: (scan: { readonly farthest: number; readonly needsContext: boolean }) => string | null,
): Requirement => ({
  requirement: sentence,
  check: ({ compressed }) => {
    for (const payload of compressed) {
      const scan = scanDeflate(payload)
      if (scan === null) return 'a message that is no DEFLATE stream.'
      const fault = test(scan)
      if (fault !== null) return `${fault}.`
    }
    return null
  },
})

const withinWindow = (bits: number): Requirement =>
  keepsTo(`No back-reference of the endpoint reaches farther than ${2 ** bits} octets.`, ({ farthest }) =>
    farthest <= 2 ** bits ? null : `a distance of ${farthest}`,
  )

const BITS = [8, 9, 10, 12, 15]

/** Just beyond the window, and well inside the next larger one: a compressor that ignores the agreement is caught. */
const beyond = (bits: number): Uint8Array => repeatingAfter(Math.min(2 ** bits + 100, 30_000))

const windows: readonly OwnCase[] = BITS.flatMap((bits, index): OwnCase[] => [
  {
    id: `7.${index + 1}`,
    section: 'Agreements kept',
    title: `a server window of ${bits} bits`,
    description: `The client asks for server_max_window_bits=${bits} and sends what repeats itself ${beyond(bits).length / 3} octets later.`,
    severity: 'MUST',
    rule: 'RFC 7692 7.1.2.1',
    reason: 'Inflaters with room to spare hide it: the distances themselves have to be looked at.',
    roles: server,
    needsDeflate: true,
    offer: `permessage-deflate; client_no_context_takeover; server_max_window_bits=${bits}`,
    steps: [text(beyond(bits)), text(beyond(bits)), until({ seen: 'message', count: 2 }, 3000)],
    requires: [echoesText(beyond(bits), beyond(bits)), withinWindow(bits)],
  },
  {
    id: `7.${index + 11}`,
    section: 'Agreements kept',
    title: `a client window of ${bits} bits`,
    description: `The server answers with client_max_window_bits=${bits} and sends what repeats itself ${beyond(bits).length / 3} octets later.`,
    severity: 'MUST',
    rule: 'RFC 7692 7.1.2.2',
    reason: 'Inflaters with room to spare hide it: the distances themselves have to be looked at.',
    roles: client,
    needsDeflate: true,
    answer: `permessage-deflate; client_max_window_bits=${bits}`,
    needsParameter: 'client_max_window_bits',
    steps: [text(beyond(bits)), text(beyond(bits)), until({ seen: 'message', count: 2 }, 3000)],
    requires: [echoesText(beyond(bits), beyond(bits)), withinWindow(bits)],
  },
])

const withoutContext = keepsTo('No message of the endpoint refers to an earlier one.', ({ needsContext }) =>
  needsContext ? 'a back-reference before the first octet' : null,
)
const SAME = octets('The same message, long enough to be worth compressing. '.repeat(40))

const contexts: readonly OwnCase[] = [
  {
    id: '7.21',
    section: 'Agreements kept',
    title: 'a server without context takeover',
    description: 'The client asks for server_no_context_takeover and sends the same text three times.',
    severity: 'MUST',
    rule: 'RFC 7692 7.1.1.1',
    reason: 'The client has thrown its window away; a reference into it yields garbage or an error.',
    roles: server,
    needsDeflate: true,
    offer: 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    steps: [text(SAME), text(SAME), text(SAME), until({ seen: 'message', count: 3 }, 3000)],
    requires: [echoesText(SAME, SAME, SAME), withoutContext],
  },
  {
    id: '7.22',
    section: 'Agreements kept',
    title: 'a client without context takeover',
    description: 'The server answers with client_no_context_takeover and sends the same text three times.',
    severity: 'MUST',
    rule: 'RFC 7692 7.1.1.2',
    reason: 'The server has thrown its window away; a reference into it yields garbage or an error.',
    roles: client,
    needsDeflate: true,
    answer: 'permessage-deflate; client_no_context_takeover; server_no_context_takeover',
    steps: [text(SAME), text(SAME), text(SAME), until({ seen: 'message', count: 3 }, 3000)],
    requires: [echoesText(SAME, SAME, SAME), withoutContext],
  },
  {
    id: '7.23',
    section: 'Agreements kept',
    title: 'the endpoint compresses at all',
    description: 'A text of 16 KiB that compresses well.',
    severity: 'QUALITY',
    rule: 'RFC 7692 4',
    reason: 'Whoever agrees to compress and never does passes every other case.',
    needsDeflate: true,
    offer: 'permessage-deflate; client_max_window_bits',
    answer: 'permessage-deflate',
    steps: [text(octets('compress me '.repeat(1365))), until({ seen: 'message', count: 1 }, 3000)],
    requires: [
      echoesText('compress me '.repeat(1365)),
      {
        requirement: 'The echo is compressed.',
        check: ({ frames }) => (frames.some(({ rsv }) => rsv === Rsv.RSV1) ? null : 'it is not.'),
      },
    ],
  },
]

export const negotiation: readonly OwnCase[] = [
  ...offers,
  ...serverAnswers,
  ...clientAnswers,
  ...windows,
  ...contexts,
]
