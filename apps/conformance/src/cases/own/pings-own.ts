/** P: pings and pongs under load and in odd places (RFC 6455 5.5.2, 5.5.3). */
import { binary, continuation, ping, pong, repeat, type Step, text, until } from '../step.ts'
import type { OwnCase } from './own.ts'
import {
  answersLatestPing,
  comesBefore,
  echoes,
  echoesText,
  pongs,
  sendsWholeControlFrames,
} from './requirements.ts'

const ANSWERED = 'RFC 6455 5.5.2'
const FORTY = Array.from({ length: 40 }, (_, index) => `ping ${index}`)
const MANY = Array.from({ length: 1000 }, (_, index) => `ping ${index}`)
const FRAGMENTS = Array.from({ length: 20 }, (_, index) => `fragment ${index};`)
const BIG = repeat('P', 1024 * 1024)

/** All octets; its first 125 and its last 125 fit into two pings. */
const ALL = Uint8Array.from({ length: 256 }, (_, octet) => octet)

const untilEcho = (ms = 2000): Step => until({ seen: 'message', count: 1 }, ms)

export const pingsOwn: readonly OwnCase[] = [
  {
    id: '1.1',
    section: 'Under load',
    title: 'forty pings at once',
    description: 'Forty pings with different payloads in one write, then a text.',
    severity: 'MUST',
    rule: 'RFC 6455 5.5.3',
    reason: 'An endpoint may answer the latest alone, but that one, and it must not invent pongs.',
    steps: [...FORTY.map((payload) => ping(payload)), text('after'), untilEcho(4000)],
    requires: [answersLatestPing(FORTY), echoesText('after')],
  },
  {
    id: '1.4',
    section: 'Under load',
    title: 'a thousand pings at once',
    description: 'A thousand pings with different payloads in as few writes as possible, then a text.',
    severity: 'QUALITY',
    rule: 'RFC 6455 5.5.3',
    reason: 'Pings are small: a burst of them is no reason to drop a peer without a word.',
    steps: [...MANY.map((payload) => ping(payload)), text('after'), untilEcho(4000)],
    requires: [answersLatestPing(MANY), echoesText('after')],
    heavy: true,
  },
  {
    id: '1.2',
    section: 'Under load',
    title: 'ping behind a large message',
    description: 'A binary message of 1 MiB and a ping.',
    severity: 'MUST',
    rule: ANSWERED,
    reason: 'The pong must come as soon as is practical: also when an echo of 1 MiB is on its way.',
    steps: [binary(BIG), ping('behind'), until({ seen: 'pong', count: 1 }, 4000), untilEcho(4000)],
    requires: [pongs('behind'), echoes({ payload: BIG, binary: true })],
    heavy: true,
  },
  {
    id: '1.3',
    section: 'Under load',
    title: 'a hundred pongs nobody asked for',
    description: 'A hundred pongs, then a text.',
    severity: 'MUST',
    rule: 'RFC 6455 5.5.3',
    reason: '"A response to an unsolicited Pong frame is not expected."',
    steps: [...Array.from({ length: 100 }, (_, index) => pong(`pong ${index}`)), text('after'), untilEcho()],
    requires: [pongs(), echoesText('after')],
  },
  {
    id: '2.1',
    section: 'Between fragments',
    title: 'a ping after each of twenty fragments',
    description: 'A text in twenty fragments with a ping after each; nothing is waited for.',
    severity: 'MUST',
    rule: 'RFC 6455 5.4',
    reason: 'Control frames may stand anywhere between fragments and are answered there.',
    steps: [
      ...FRAGMENTS.flatMap((payload, index) => {
        const fin = index === FRAGMENTS.length - 1
        const part = index === 0 ? text(payload, { fin }) : continuation(payload, { fin })
        return fin ? [part] : [part, ping(`after ${index}`)]
      }),
      untilEcho(),
    ],
    requires: [
      echoesText(FRAGMENTS.join('')),
      answersLatestPing(FRAGMENTS.slice(0, -1).map((_, index) => `after ${index}`)),
    ],
  },
  {
    id: '2.2',
    section: 'Between fragments',
    title: 'answered before the message is complete',
    description: 'The first fragment of a text and a ping; the last fragment waits for the pong.',
    severity: 'MUST',
    rule: ANSWERED,
    reason: 'A pong that waits for the end of a message cannot say that the endpoint is alive meanwhile.',
    steps: [
      text('first ', { fin: false }),
      ping('now'),
      until({ seen: 'pong', count: 1 }),
      continuation('last'),
      untilEcho(),
    ],
    requires: [pongs('now'), echoesText('first last'), comesBefore('pong', 'message')],
  },
  {
    id: '3.1',
    section: 'Payload',
    title: 'every octet comes back',
    description: 'Two pings of 125 octets with all values from 0 to 124 and from 131 to 255.',
    severity: 'MUST',
    rule: 'RFC 6455 5.5.3',
    reason: 'A pong has identical application data: it is no text, and its length does not change.',
    steps: [ping(ALL.subarray(0, 125)), ping(ALL.subarray(131)), until({ seen: 'pong', count: 2 })],
    requires: [pongs(ALL.subarray(0, 125), ALL.subarray(131)), sendsWholeControlFrames],
  },
]
