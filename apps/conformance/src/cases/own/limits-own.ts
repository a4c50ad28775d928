/** S: limits: what an endpoint says to sizes and numbers that no endpoint can serve (RFC 6455 7.4.1, 10.4). */
import { Opcode } from '@hybi/frame'
import { type Step, text, until } from '../step.ts'
import type { OwnCase } from './own.ts'
import { echoesNothing, failsConnection, sendsClose } from './requirements.ts'

const LIMITS = 'RFC 6455 10.4'
const PROMISED =
  'A header can promise what nobody has: an endpoint that believes it holds a connection and perhaps memory for ever.'
const TERA = 2 ** 40

const claim = (opcode: number, length: number | bigint): Step => ({
  do: 'frame',
  frame: {
    opcode,
    fin: true,
    rsv: 0,
    payload: new Uint8Array(0),
    lengthBytes: 8,
    declaredLength: length,
    headerOnly: true,
  },
})

const claimed = (id: string, title: string, steps: readonly Step[], codes: readonly number[]): OwnCase => ({
  id,
  section: 'Claims',
  title,
  description: `Only the header: ${title}.`,
  severity: 'QUALITY',
  rule: LIMITS,
  reason: PROMISED,
  steps: [...steps, until({ seen: 'close' }, 1000)],
  requires: [failsConnection(codes), echoesNothing],
  closesAtEnd: false,
  patienceMs: 1200,
})

const MANY = 400_000
const PER_STEP = 20_000

export const limitsOwn: readonly OwnCase[] = [
  claimed('1.1', 'a text of 2^62 octets', [claim(Opcode.TEXT, 2n ** 62n)], [1009, 1002, 1008]),
  claimed('1.2', 'a binary message of 2^40 octets', [claim(Opcode.BINARY, TERA)], [1009, 1008]),
  claimed(
    '1.3',
    'a continuation of 2^40 octets',
    [text('first', { fin: false }), claim(Opcode.CONTINUATION, TERA)],
    [1009, 1008],
  ),
  claimed('1.4', 'a binary message of 2^53 octets', [claim(Opcode.BINARY, 2n ** 53n)], [1009, 1002, 1008]),
  {
    id: '1.5',
    section: 'Claims',
    title: '1009 is really sent',
    description: 'Only the header: a binary message of 2^40 octets.',
    severity: 'SHOULD',
    rule: 'RFC 6455 7.4.1',
    reason:
      'A sender that learns that its message is too big can send less; one that is dropped tries again.',
    steps: [claim(Opcode.BINARY, TERA), until({ seen: 'close' }, 1000)],
    requires: [sendsClose(1009)],
    closesAtEnd: false,
    patienceMs: 1200,
  },
  {
    id: '2.1',
    section: 'Numbers',
    title: 'fragments without end',
    description: `A text of ${MANY} empty fragments that never ends.`,
    severity: 'QUALITY',
    rule: LIMITS,
    reason:
      'An empty fragment costs six octets to send and perhaps an object to keep: their number needs a limit.',
    steps: [
      text('', { fin: false }),
      ...Array.from({ length: MANY / PER_STEP }, (): Step => ({ do: 'empty-fragments', count: PER_STEP })),
      until({ seen: 'close' }, 5000),
    ],
    requires: [failsConnection([1009, 1008, 1002]), echoesNothing],
    closesAtEnd: false,
    heavy: true,
    patienceMs: 1500,
  },
]
