/** U: UTF-8 where Autobahn does not look: in Close reasons, at once in long frames, across everything that can come between (RFC 6455 8.1). */
import { Opcode } from '@hybi/frame'
import { binary, close, continuation, hex, octets, ping, repeat, text, until } from '../step.ts'
import type { OwnCase } from './own.ts'
import {
  answersClose,
  comesBefore,
  echoes,
  echoesNothing,
  echoesText,
  failsConnection,
  pongs,
  sendsClose,
  stillOpenWhen,
} from './requirements.ts'

const UNTIL_CLOSE = until({ seen: 'close' }, 1000)
const UNTIL_ECHO = until({ seen: 'message', count: 1 }, 1500)
const INVALID = 'RFC 6455 8.1'
const REASON_IS_TEXT =
  'The reason is text and goes to the application as text: it has to be checked like a message.'

const REASONS: readonly { readonly title: string; readonly digits: string }[] = [
  { title: 'an octet that never occurs', digits: '6f6b ff' },
  { title: 'an overlong slash', digits: '6f6b c0af' },
  { title: 'a surrogate', digits: '6f6b eda080' },
  { title: 'half a code point at its end', digits: '6f6b e282' },
  { title: 'a code point beyond U+10FFFF', digits: 'f4908080' },
]

const reasons: readonly OwnCase[] = [
  ...REASONS.map(
    ({ title, digits }, index): OwnCase => ({
      id: `1.${index + 1}`,
      section: 'Close reasons',
      title,
      description: `A Close frame with 1000 and a reason with ${title}.`,
      severity: 'MUST',
      rule: INVALID,
      reason: REASON_IS_TEXT,
      steps: [close(1000, hex(digits)), UNTIL_CLOSE],
      requires: [failsConnection()],
    }),
  ),
  {
    id: '1.6',
    section: 'Close reasons',
    title: 'code points of all lengths',
    description: 'A Close frame with 1000 and a reason of one-, two-, three- and four-octet code points.',
    severity: 'MUST',
    rule: 'RFC 6455 5.5.1',
    reason:
      'The reason begins behind the code: whoever takes the code for text finds invalid text everywhere.',
    steps: [close(1000, 'aµ€𐍈'), UNTIL_CLOSE],
    requires: [answersClose(1000)],
  },
  {
    id: '1.7',
    section: 'Close reasons',
    title: 'reason after a text message',
    description: 'A text, its echo, then a Close frame whose code is no UTF-8 when it is taken for text.',
    severity: 'MUST',
    rule: 'RFC 6455 5.5.1',
    reason:
      'A validator left over from the last message, put on the whole body, fails here (a published client does).',
    steps: [text('before'), UNTIL_ECHO, close(4999, 'bye'), UNTIL_CLOSE],
    requires: [echoesText('before'), answersClose(4999, 1000)],
  },
]

const LONG = 1024 * 1024

const fast: readonly OwnCase[] = [
  {
    id: '2.1',
    section: 'Fail fast',
    title: 'first octets of a long frame',
    description:
      'The header of a text of 1 MiB and its first 64 octets, of which the third never occurs in UTF-8.',
    severity: 'QUALITY',
    rule: INVALID,
    reason: 'What cannot become valid any more need not be waited for: 1 MiB less to read and to hold.',
    steps: [
      { do: 'begin-frame', opcode: Opcode.TEXT, length: LONG },
      { do: 'frame-data', payload: Buffer.concat([octets('ok'), hex('ff'), repeat('a', 61)]) },
      until({ seen: 'close' }, 1000),
    ],
    requires: [
      sendsClose(1007),
      stillOpenWhen('The Close comes before the rest of the frame.', ({ remoteClose }) =>
        remoteClose === null ? 'it does not come.' : null,
      ),
    ],
    closesAtEnd: false,
    patienceMs: 1200,
  },
  {
    id: '2.2',
    section: 'Fail fast',
    title: 'second octet of a sequence',
    description: 'An unfinished text of E0 80: the second octet makes the sequence overlong.',
    severity: 'QUALITY',
    rule: 'RFC 3629 4',
    reason: 'Which second octets may follow E0, ED, F0 and F4 is known: nothing else has to be waited for.',
    steps: [text(hex('e080'), { fin: false }), until({ seen: 'close' }, 1000)],
    requires: [sendsClose(1007)],
    closesAtEnd: false,
    patienceMs: 1200,
  },
  {
    id: '2.3',
    section: 'Fail fast',
    title: 'not too fast',
    description: 'An unfinished text that ends in F4, then a ping, then 8F BF BF: together U+10FFFF.',
    severity: 'MUST',
    rule: 'RFC 3629 4',
    reason: 'A sequence that can still become valid must be waited for.',
    steps: [
      text(hex('f4'), { fin: false }),
      ping('between'),
      until({ seen: 'pong', count: 1 }),
      continuation(hex('8f'), { fin: false }),
      continuation(hex('bfbf')),
      UNTIL_ECHO,
    ],
    requires: [echoesText(hex('f48fbfbf')), comesBefore('pong', 'message')],
  },
]

const ends: readonly OwnCase[] = [
  {
    id: '3.1',
    section: 'Borders of a message',
    title: 'half a code point at the end',
    description: 'A text whose last code point lacks its last octet.',
    severity: 'MUST',
    rule: INVALID,
    reason: 'Every octet is possible: only the end of the message shows that it is not UTF-8.',
    steps: [text(hex('6f6b e282')), UNTIL_CLOSE],
    requires: [failsConnection(), echoesNothing],
    closesAtEnd: false,
  },
  {
    id: '3.2',
    section: 'Borders of a message',
    title: 'the other half in the next message',
    description: 'A text that ends inside a code point, and another that begins with the rest of it.',
    severity: 'MUST',
    rule: INVALID,
    reason: 'Each message is text by itself: the validator must not be carried on.',
    steps: [text(hex('e282')), text(hex('ac')), UNTIL_CLOSE],
    requires: [failsConnection(), echoesNothing],
    closesAtEnd: false,
  },
  {
    id: '3.3',
    section: 'Borders of a message',
    title: 'binary between',
    description: 'A binary message that is no UTF-8, then a good text.',
    severity: 'MUST',
    rule: 'RFC 6455 5.6',
    reason:
      'Binary messages are not text: nothing of them may be checked, nor be left over for the next text.',
    steps: [binary(hex('ff00c0')), text('fine'), until({ seen: 'message', count: 2 })],
    requires: [echoes({ payload: hex('ff00c0'), binary: true }, { payload: 'fine' })],
  },
  {
    id: '3.4',
    section: 'Borders of a message',
    title: 'byte order mark',
    description: 'A text that begins with U+FEFF.',
    severity: 'MUST',
    rule: 'RFC 6455 5.6',
    reason: 'It is a code point like any other; decoders that drop it change the message.',
    steps: [text(hex('efbbbf 6f6b')), UNTIL_ECHO],
    requires: [echoesText(hex('efbbbf 6f6b'))],
  },
  {
    id: '3.5',
    section: 'Borders of a message',
    title: 'NUL and control characters',
    description: 'A text of U+0000 to U+001F.',
    severity: 'MUST',
    rule: 'RFC 6455 5.6',
    reason: 'They are valid UTF-8; strings that end at NUL are not what messages are.',
    steps: [text(Uint8Array.from({ length: 32 }, (_, code) => code)), UNTIL_ECHO],
    requires: [echoesText(Uint8Array.from({ length: 32 }, (_, code) => code))],
  },
  {
    id: '3.6',
    section: 'Borders of a message',
    title: 'pings that are not text inside a text',
    description: 'A text in three fragments cut inside code points, with pings between that are no UTF-8.',
    severity: 'MUST',
    rule: 'RFC 6455 5.4',
    reason: 'Control frames stand between the fragments and belong to none of them.',
    steps: [
      text(hex('e2'), { fin: false }),
      ping(hex('ff')),
      continuation(hex('82'), { fin: false }),
      ping(hex('c0')),
      continuation(hex('ac')),
      UNTIL_ECHO,
    ],
    requires: [echoesText('€'), pongs(hex('ff'), hex('c0'))],
  },
]

export const utf8Own: readonly OwnCase[] = [...reasons, ...fast, ...ends]
