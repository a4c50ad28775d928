/** W: peers that are slow, that stall, and that send much at once. */
import { Opcode } from '@hybi/frame'
import { binary, octets, repeat, type Step, text, until, wait } from '../step.ts'
import type { OwnCase } from './own.ts'
import { echoes, echoesText, meetsEveryCondition, sendsNoReservedBits } from './requirements.ts'

const STREAM = 'RFC 6455 5.2'
const NO_MESSAGES =
  'TCP has no messages: what one write sends may come in any number of reads, and many writes in one.'

const PIPELINED = Array.from({ length: 64 }, (_, index) => `pipelined ${index}`)
const THOUSAND = Array.from({ length: 1000 }, (_, index) => `message ${index}`)
const LARGE = 256 * 1024
const EIGHT = Array.from({ length: 8 }, (_, index) => repeat(String(index), LARGE))

const untilEchoes = (count: number, ms: number): Step => until({ seen: 'message', count }, ms)

export const slow: readonly OwnCase[] = [
  {
    id: '1.1',
    section: 'Slow senders',
    title: 'a pause inside a payload',
    description: 'A text of 20 octets with a pause of 200 ms inside its payload.',
    severity: 'MUST',
    rule: STREAM,
    reason: 'A frame takes the time it takes.',
    steps: [
      { do: 'octets-of-frame', opcode: Opcode.TEXT, payload: repeat('s', 20), cutAt: [12] },
      untilEchoes(1, 1500),
    ],
    requires: [echoesText(repeat('s', 20))],
  },
  {
    id: '1.2',
    section: 'Slow senders',
    title: 'a pause inside the header',
    description:
      'A text of 300 octets: pauses of 200 ms behind each of its first octets, where the length stands.',
    severity: 'MUST',
    rule: STREAM,
    reason: 'A header may be cut anywhere.',
    steps: [
      { do: 'octets-of-frame', opcode: Opcode.TEXT, payload: repeat('s', 300), cutAt: [1, 3, 6] },
      untilEchoes(1, 1500),
    ],
    requires: [echoesText(repeat('s', 300))],
  },
  {
    id: '2.1',
    section: 'Much at once',
    title: '64 messages in one write',
    description: '64 texts in one write.',
    severity: 'MUST',
    rule: STREAM,
    reason: NO_MESSAGES,
    steps: [...PIPELINED.map((payload) => text(payload)), untilEchoes(64, 2000)],
    requires: [echoesText(...PIPELINED), sendsNoReservedBits],
  },
  {
    id: '2.2',
    section: 'Much at once',
    title: 'a thousand messages without waiting',
    description: 'A thousand texts, none waiting for an echo.',
    severity: 'MUST',
    rule: STREAM,
    reason: NO_MESSAGES,
    steps: [...THOUSAND.map((payload) => text(payload)), untilEchoes(1000, 4000)],
    requires: [echoesText(...THOUSAND)],
    heavy: true,
  },
  {
    id: '3.1',
    section: 'Slow readers',
    title: 'nobody reads for half a second',
    description: 'Eight messages of 256 KiB while the runner does not read; half a second later it does.',
    severity: 'MUST',
    rule: 'RFC 6455 5.4',
    reason: 'When the peer does not read, output has to wait, in order and whole.',
    steps: [
      { do: 'stop-reading' },
      ...EIGHT.map((payload) => binary(payload)),
      wait(500),
      { do: 'read-on' },
      untilEchoes(8, 5000),
    ],
    requires: [echoes(...EIGHT.map((payload) => ({ payload, binary: true }))), meetsEveryCondition],
    heavy: true,
  },
  {
    id: '3.2',
    section: 'Slow readers',
    title: 'small echo behind large ones',
    description: 'A message of 256 KiB and a small one while the runner does not read.',
    severity: 'MUST',
    rule: 'RFC 6455 5.4',
    reason: 'Messages must not overtake each other, whatever their size.',
    steps: [
      { do: 'stop-reading' },
      binary(EIGHT[0]),
      text('small'),
      wait(200),
      { do: 'read-on' },
      untilEchoes(2, 4000),
    ],
    requires: [echoes({ payload: EIGHT[0], binary: true }, { payload: octets('small') })],
    heavy: true,
  },
]
