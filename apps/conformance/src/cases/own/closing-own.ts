/** K: closing begun by the endpoint, who ends TCP and how, octets after Close, codes nobody tested (RFC 6455 5.5.1, 7). */
import { Opcode } from '@hybi/frame'
import type { PeerRole } from '../../record.ts'
import type { Requirement } from '../probe.ts'
import {
  binary,
  close,
  closeBody,
  continuation,
  frame,
  hex,
  ping,
  repeat,
  type Step,
  text,
  until,
  wait,
} from '../step.ts'
import type { OwnCase } from './own.ts'
import {
  answersClose,
  echoesNothing,
  echoesText,
  endsTcp,
  endsTcpFirst,
  endsWithFin,
  failsConnection,
  letsServerEndFirst,
  pongs,
  sendsClose,
  sendsNothingAfterClose,
  sendsOneClose,
} from './requirements.ts'

const UNTIL_CLOSE = until({ seen: 'close' }, 1000)
const SAID =
  'Dropping TCP tells the other side nothing: with the status code its developer knows what is wrong.'
const LOST = 'A RST overtakes what was sent before it: the other side may never read the Close frame.'

interface Failure {
  readonly title: string
  readonly code: number
  readonly steps: readonly Step[]
  readonly roles?: readonly PeerRole[]
}

const FAILURES: readonly Failure[] = [
  { title: 'reserved bits', code: 1002, steps: [text('x', { rsv: 2 })] },
  { title: 'a reserved opcode', code: 1002, steps: [frame(3, 'x')] },
  { title: 'a continuation of nothing', code: 1002, steps: [continuation('x')] },
  { title: 'a fragmented ping', code: 1002, steps: [ping('x', { fin: false })] },
  { title: 'a ping of 126 octets', code: 1002, steps: [ping(repeat('x', 126))] },
  { title: 'a text inside a fragmented text', code: 1002, steps: [text('x', { fin: false }), text('y')] },
  { title: 'text that is not UTF-8', code: 1007, steps: [text(hex('c0af'))] },
  { title: 'a Close body of one octet', code: 1002, steps: [frame(Opcode.CLOSE, 'x')] },
  { title: 'a Close with 1005', code: 1002, steps: [frame(Opcode.CLOSE, closeBody(1005))] },
  { title: 'an unmasked frame', code: 1002, steps: [text('x', { masked: false })], roles: ['server'] },
  { title: 'a masked frame', code: 1002, steps: [text('x', { masked: true })], roles: ['client'] },
  { title: 'a length that is not minimal', code: 1002, steps: [text('x', { lengthBytes: 2 })] },
]

const closesWith: readonly OwnCase[] = FAILURES.map(({ title, code, steps, roles }, index) => ({
  id: `1.${index + 1}`,
  section: 'The Close frame of an endpoint that fails the connection',
  title: `${code} for ${title}`,
  description: `The connection has to be failed because of ${title}.`,
  severity: 'SHOULD',
  rule: 'RFC 6455 7.1.7',
  reason: SAID,
  steps: [...steps, UNTIL_CLOSE],
  requires: [sendsClose(code), sendsOneClose, endsWithFin],
  closesAtEnd: false,
  ...(roles === undefined ? {} : { roles }),
}))

const FLOOD = 256 * 1024

const tcp: readonly OwnCase[] = [
  {
    id: '2.1',
    section: 'The end of TCP',
    title: 'the server ends TCP',
    description: 'The runner closes and waits: the server has to send the first FIN.',
    severity: 'SHOULD',
    rule: 'RFC 6455 7.1.1',
    reason:
      'The side that ends TCP first keeps it in TIME_WAIT; that shall be the server, which can reopen at once.',
    roles: ['server'],
    steps: [close(1000), until({ seen: 'end' }, 1000)],
    requires: [sendsClose(1000), endsWithFin, endsTcpFirst],
  },
  {
    id: '2.2',
    section: 'The end of TCP',
    title: 'the client waits for the server',
    description: 'The runner, a server, closes and sends its FIN 300 ms after the answer.',
    severity: 'SHOULD',
    rule: 'RFC 6455 7.1.1',
    reason:
      'A client that ends TCP itself keeps the port in TIME_WAIT and may cut off what the server still sends.',
    roles: ['client'],
    habits: { endsTcp: false },
    steps: [close(1000), UNTIL_CLOSE, wait(300), { do: 'half-close' }, until({ seen: 'end' }, 1000)],
    requires: [sendsClose(1000), letsServerEndFirst, endsWithFin],
  },
  {
    id: '2.3',
    section: 'The end of TCP',
    title: 'nothing after Close',
    description: 'A Close frame and behind it, in the same write, pings and texts.',
    severity: 'MUST',
    rule: 'RFC 6455 5.5.1',
    reason:
      'After its Close frame an endpoint has nothing more to say; what follows is lost or taken for an attack.',
    steps: [
      close(1000),
      ping('late'),
      text('late'),
      ping('later'),
      text('later'),
      until({ seen: 'end' }, 1000),
    ],
    requires: [sendsNothingAfterClose, echoesNothing, pongs(), sendsOneClose],
  },
  {
    id: '2.4',
    section: 'The end of TCP',
    title: 'FIN, not RST, while data is still arriving',
    description: 'A frame with a reserved opcode, and 256 KiB behind it that nobody needs to read.',
    severity: 'QUALITY',
    rule: 'RFC 6455 7.1.1',
    reason: `${LOST} It is sent when a socket is closed with unread data, so that data has to be read and thrown away.`,
    steps: [
      frame(3, 'x'),
      binary(repeat('z', FLOOD)),
      binary(repeat('z', FLOOD)),
      until({ seen: 'end' }, 1500),
    ],
    requires: [sendsClose(1002), endsWithFin],
    closesAtEnd: false,
    heavy: true,
  },
  {
    id: '2.5',
    section: 'The end of TCP',
    title: 'echo before the answer to Close',
    description: 'A text of 64 KiB and a Close frame in one write.',
    severity: 'QUALITY',
    rule: 'RFC 6455 5.5.1',
    reason:
      'What came before the Close was sent in good faith: its answer goes out before the answer to the Close.',
    steps: [text(repeat('e', 65_536)), close(1000), until({ seen: 'end' }, 1500)],
    requires: [echoesText(repeat('e', 65_536)), sendsClose(1000), endsWithFin],
  },
  {
    id: '2.6',
    section: 'The end of TCP',
    title: 'echo before the Close of a failed connection',
    description: 'A good text and a frame with a reserved opcode in one write.',
    severity: 'QUALITY',
    rule: 'RFC 6455 7.1.7',
    reason:
      'The echo and the Close leave in one write: what was done before the failure is not undone by it.',
    steps: [text('before'), frame(3, 'x'), UNTIL_CLOSE],
    requires: [echoesText('before'), sendsClose(1002), endsWithFin],
    closesAtEnd: false,
  },
  {
    id: '2.7',
    section: 'The end of TCP',
    title: 'a Close that is not answered',
    description: 'A frame with a reserved opcode; the Close of the endpoint gets no answer.',
    severity: 'QUALITY',
    rule: 'RFC 6455 7.1.7',
    reason:
      'Whoever fails a connection ends it: a peer that has broken the protocol cannot be counted on to close well.',
    habits: { answersClose: false, endsTcp: false },
    steps: [frame(3, 'x'), until({ seen: 'end' }, 2000)],
    requires: [sendsClose(1002), endsTcp],
    closesAtEnd: false,
    patienceMs: 100,
  },
]

const fin: readonly OwnCase[] = [
  {
    id: '3.1',
    section: 'FIN where none is expected',
    title: 'FIN in an open connection',
    description: 'The runner ends its side without a Close frame.',
    severity: 'QUALITY',
    rule: 'RFC 6455 7.1.5',
    reason: 'A half-open connection holds a socket for good if nobody answers the FIN.',
    steps: [{ do: 'half-close' }, until({ seen: 'end' }, 1500)],
    requires: [endsTcp],
    closesAtEnd: false,
    patienceMs: 100,
  },
  {
    id: '3.2',
    section: 'FIN where none is expected',
    title: 'FIN inside a frame',
    description: 'The header of a text of 100 octets, ten of them, and FIN.',
    severity: 'QUALITY',
    rule: 'RFC 6455 7.1.5',
    reason: 'The rest of the frame will never come: waiting for it is waiting for ever.',
    steps: [
      { do: 'begin-frame', opcode: Opcode.TEXT, length: 100 },
      { do: 'frame-data', payload: repeat('x', 10) },
      { do: 'half-close' },
      until({ seen: 'end' }, 1500),
    ],
    requires: [echoesNothing, endsTcp],
    closesAtEnd: false,
    patienceMs: 100,
  },
  {
    id: '3.3',
    section: 'FIN where none is expected',
    title: 'FIN right behind Close',
    description: 'A Close frame and FIN at once.',
    severity: 'QUALITY',
    rule: 'RFC 6455 5.5.1',
    reason: 'The FIN ends one direction: the Close frame can be answered in the other.',
    steps: [close(1000), { do: 'half-close' }, until({ seen: 'end' }, 1500)],
    requires: [sendsClose(1000), endsWithFin],
  },
  {
    id: '3.4',
    section: 'FIN where none is expected',
    title: 'echo after FIN',
    description: 'A text, a Close frame and FIN at once.',
    severity: 'QUALITY',
    rule: 'RFC 6455 5.5.1',
    reason:
      'What was received before the FIN is still answered: half-close is no reason to drop the other half.',
    steps: [text('last words'), close(1000), { do: 'half-close' }, until({ seen: 'end' }, 1500)],
    requires: [echoesText('last words'), sendsClose(1000)],
  },
]

const clean = (code: number): Requirement => sendsClose(1000, code)

/** 7.4.1: each "is a reserved value and MUST NOT be set as a status code in a Close control frame". */
const NEVER_SENT = new Set([1005, 1006, 1015])

const codes: readonly OwnCase[] = [
  ...[1012, 1013, 1014].map(
    (code, index): OwnCase => ({
      id: `4.${index + 1}`,
      section: 'Status codes',
      title: `status ${code}`,
      description: `A Close frame with ${code}, which IANA has registered since.`,
      severity: 'QUALITY',
      rule: 'RFC 6455 7.4.2',
      reason: 'The registry has grown: a list of codes from 2011 refuses good peers.',
      steps: [close(code), UNTIL_CLOSE],
      requires: [clean(code)],
    }),
  ),
  ...[1015, 1500].map(
    (code, index): OwnCase => ({
      id: `4.${index + 4}`,
      section: 'Status codes',
      title: `status ${code}`,
      description: `A Close frame with ${code}, which must not be sent.`,
      severity: code === 1015 ? 'MUST' : 'SHOULD',
      rule: code === 1015 ? 'RFC 6455 7.4.1' : 'RFC 6455 7.4.2',
      reason:
        'The code stands for something that happens without a Close frame, or for nothing: whoever sends it is wrong.',
      steps: [close(code), UNTIL_CLOSE],
      requires: [failsConnection()],
    }),
  ),
  {
    id: '4.6',
    section: 'Status codes',
    title: 'the code comes back',
    description: 'A Close frame with 3333 and a reason.',
    severity: 'QUALITY',
    rule: 'RFC 6455 5.5.1',
    reason:
      '"When sending a Close frame in response, the endpoint typically echos the status code it received."',
    steps: [close(3333, 'going home'), UNTIL_CLOSE],
    requires: [sendsClose(3333), endsWithFin],
  },
  {
    id: '4.7',
    section: 'Status codes',
    title: 'no 1005 on the wire',
    description: 'A Close frame without body.',
    severity: 'MUST',
    rule: 'RFC 6455 7.4.1',
    reason:
      '1005 says that there was no code; written into a frame it is a contradiction that fails the connection.',
    steps: [close(), UNTIL_CLOSE],
    requires: [
      sendsOneClose,
      {
        requirement: 'The Close frame holds no code that must not be sent.',
        check: ({ frames }) => {
          const body = frames.find(({ opcode }) => opcode === Opcode.CLOSE)?.payload
          if (body === undefined || body === null || body.length === 0) return null
          const code = (body[0] << 8) | body[1]
          return NEVER_SENT.has(code) ? `the code ${code}.` : null
        },
      },
    ],
  },
]

const crossing: readonly OwnCase[] = [
  {
    id: '5.1',
    section: 'Close at awkward moments',
    title: 'both sides at once',
    description: 'A frame with a reserved opcode and a Close frame in one write: both sides want to close.',
    severity: 'SHOULD',
    rule: 'RFC 6455 7.1.7',
    reason: 'Each takes the Close of the other for the answer: one Close frame a side.',
    steps: [frame(3, 'x'), close(1000), until({ seen: 'end' }, 1500)],
    requires: [sendsOneClose, answersClose(1002, 1000)],
  },
  {
    id: '5.2',
    section: 'Close at awkward moments',
    title: 'inside a fragmented message',
    description: 'The first fragment of a text and a Close frame.',
    severity: 'MUST',
    rule: 'RFC 6455 5.4',
    reason: 'Control frames may stand between fragments: the message is given up, not waited for.',
    steps: [text('half', { fin: false }), close(1000), UNTIL_CLOSE],
    requires: [answersClose(1000), echoesNothing],
  },
  {
    id: '5.3',
    section: 'Close at awkward moments',
    title: 'octet by octet',
    description: 'A Close frame with a reason, every octet written by itself.',
    severity: 'MUST',
    rule: 'RFC 6455 5.5.1',
    reason: 'The code and the reason may be cut anywhere.',
    steps: [frame(Opcode.CLOSE, closeBody(1000, 'in pieces'), { chop: 1 }), UNTIL_CLOSE, close(1000)],
    requires: [answersClose(1000), sendsOneClose],
    closesAtEnd: false,
  },
  {
    id: '5.4',
    section: 'Close at awkward moments',
    title: 'second Close in another segment',
    description: 'A Close frame, its answer, and another Close frame.',
    severity: 'MUST',
    rule: 'RFC 6455 5.5.1',
    reason: 'After Close was sent and received there is nothing left to answer.',
    habits: { endsTcp: false },
    steps: [
      close(1000),
      UNTIL_CLOSE,
      frame(Opcode.CLOSE, closeBody(1000)),
      wait(100),
      { do: 'half-close' },
      until({ seen: 'end' }, 1000),
    ],
    requires: [sendsOneClose],
  },
  {
    id: '5.6',
    section: 'Close at awkward moments',
    title: 'two Close frames in one write',
    description: 'A Close frame with 1000 and another with 1001 behind it.',
    severity: 'MUST',
    rule: 'RFC 6455 5.5.1',
    reason: 'The second is data after a Close frame: it is not answered.',
    steps: [close(1000), frame(Opcode.CLOSE, closeBody(1001)), until({ seen: 'end' }, 1000)],
    requires: [answersClose(1000), sendsOneClose],
  },
  {
    id: '5.5',
    section: 'Close at awkward moments',
    title: 'illegal frame after Close',
    description: 'A Close frame and a frame with a reserved opcode in one write.',
    severity: 'QUALITY',
    rule: 'RFC 6455 5.5.1',
    reason: 'The connection is closing well: what comes after Close is thrown away, not judged.',
    steps: [close(1000), frame(3, 'x'), UNTIL_CLOSE],
    requires: [answersClose(1000), sendsOneClose],
  },
]

export const closingOwn: readonly OwnCase[] = [...closesWith, ...tcp, ...fin, ...codes, ...crossing]
