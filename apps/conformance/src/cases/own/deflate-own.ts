/** D.1 to D.3: messages of permessage-deflate, legal in every way RFC 7692 names and illegal in some. */
import { Opcode } from '@hybi/frame'
import {
  binary,
  closeBody,
  continuation,
  frame,
  hex,
  octets,
  ping,
  pong,
  type Step,
  text,
  until,
} from '../step.ts'
import { deflated, REFERENCE_TO_NOTHING, storedBlock } from './deflated.ts'
import type { OwnCase } from './own.ts'
import { comesBefore, echoes, echoesNothing, echoesText, failsConnection, pongs } from './requirements.ts'

const RSV1 = { rsv: 4 }
const OFFER = 'permessage-deflate; client_max_window_bits'
const ANSWER = 'permessage-deflate'
const untilEchoes = (count = 1, ms = 2000): Step => until({ seen: 'message', count }, ms)
const UNTIL_CLOSE = until({ seen: 'close' }, 1500)

const legal = (
  row: Pick<OwnCase, 'id' | 'title' | 'description' | 'rule' | 'reason' | 'steps' | 'requires'> &
    Partial<OwnCase>,
): OwnCase => ({
  section: 'Legal messages',
  severity: 'MUST',
  needsDeflate: true,
  offer: OFFER,
  answer: ANSWER,
  ...row,
})

const illegal = (
  row: Pick<OwnCase, 'id' | 'title' | 'description' | 'rule' | 'reason' | 'steps'> & Partial<OwnCase>,
): OwnCase => ({
  section: 'Illegal messages',
  severity: 'MUST',
  needsDeflate: true,
  offer: OFFER,
  answer: ANSWER,
  requires: [failsConnection(), echoesNothing],
  closesAtEnd: false,
  patienceMs: 1200,
  ...row,
})

const PROSE = octets('The same words again and again, and again the same words. '.repeat(20))
const THIRD = Math.ceil(deflated(PROSE).length / 3)
const EURO = octets('€'.repeat(200))

const whole: readonly OwnCase[] = [
  legal({
    id: '1.1',
    title: 'the example of the RFC',
    description: '"Hello" compressed as in RFC 7692 7.2.3.1.',
    rule: 'RFC 7692 7.2.3.1',
    reason: 'The simplest compressed message there is.',
    steps: [text(hex('f2 48 cd c9 c9 07 00'), RSV1), untilEchoes()],
    requires: [echoesText('Hello')],
  }),
  legal({
    id: '1.2',
    title: 'two blocks',
    description: '"Hello" in two DEFLATE blocks with an empty stored one between.',
    rule: 'RFC 7692 7.2.3.5',
    reason: 'A message may hold any number of blocks.',
    steps: [text(hex('f2 48 05 00 00 00 ff ff ca c9 c9 07 00'), RSV1), untilEchoes()],
    requires: [echoesText('Hello')],
  }),
  legal({
    id: '1.3',
    title: 'stored block',
    description: '"Hello" in a block without compression.',
    rule: 'RFC 7692 7.2.3.3',
    reason: 'Data that does not compress is sent stored.',
    steps: [text(hex('00 05 00 fa ff 48 65 6c 6c 6f 00'), RSV1), untilEchoes()],
    requires: [echoesText('Hello')],
  }),
  legal({
    id: '1.4',
    title: 'BFINAL',
    description: '"Hello" in a block with BFINAL set, twice.',
    rule: 'RFC 7692 7.2.3.4',
    reason: 'A final block ends the stream for many inflaters: the next message finds it closed.',
    steps: [
      text(hex('f3 48 cd c9 c9 07 00 00'), RSV1),
      text(hex('f3 48 cd c9 c9 07 00 00'), RSV1),
      untilEchoes(2),
    ],
    requires: [echoesText('Hello', 'Hello')],
  }),
  legal({
    id: '1.5',
    title: 'empty message',
    description: 'A compressed text without content: one octet of payload.',
    rule: 'RFC 7692 7.2.3.6',
    reason: 'Nothing comes out of the inflater, and that is the message.',
    steps: [text(hex('00'), RSV1), text('next'), untilEchoes(2)],
    requires: [echoesText('', 'next')],
  }),
  legal({
    id: '1.6',
    title: 'uncompressed message',
    description: 'Messages without RSV1 on a connection with permessage-deflate.',
    rule: 'RFC 7692 6.1',
    reason: 'Each message may be compressed or not.',
    steps: [text('plain'), binary(PROSE), untilEchoes(2)],
    requires: [echoes({ payload: 'plain' }, { payload: PROSE, binary: true })],
  }),
  legal({
    id: '1.7',
    title: 'mixed messages',
    description: 'Compressed and uncompressed texts and binary messages in turn.',
    rule: 'RFC 7692 6.1',
    reason: 'RSV1 belongs to one message: it must not be remembered.',
    steps: [
      text(deflated('one'), RSV1),
      text('two'),
      binary(deflated(PROSE), RSV1),
      binary('three'),
      text(deflated('four'), RSV1),
      untilEchoes(5),
    ],
    requires: [
      echoes(
        { payload: 'one' },
        { payload: 'two' },
        { payload: PROSE, binary: true },
        { payload: 'three', binary: true },
        { payload: 'four' },
      ),
    ],
  }),
  legal({
    id: '1.8',
    title: 'in three fragments',
    description: 'A compressed text in three frames; RSV1 on the first alone.',
    rule: 'RFC 7692 6.1',
    reason: 'The compressed message is cut, not its content.',
    steps: [...inThree(PROSE), untilEchoes()],
    requires: [echoesText(PROSE)],
  }),
  legal({
    id: '1.9',
    title: 'in fragments of one octet and empty ones',
    description: 'A compressed text in frames of one octet with empty frames between.',
    rule: 'RFC 7692 6.1',
    reason: 'An inflater must be able to wait at every octet, and for nothing.',
    steps: [...octetByOctet(deflated('Hello, small fragments!')), untilEchoes()],
    requires: [echoesText('Hello, small fragments!')],
  }),
  legal({
    id: '1.10',
    title: 'control frames between compressed fragments',
    description: 'A compressed text in three frames with a ping and a pong between them.',
    rule: 'RFC 7692 6.1',
    reason: 'Control frames are never compressed, wherever they stand.',
    steps: [...inThree(PROSE, ping('between'), pong('nobody asked')), untilEchoes()],
    requires: [echoesText(PROSE), pongs('between'), comesBefore('pong', 'message')],
  }),
  legal({
    id: '1.11',
    title: 'code points cut by fragments',
    description: 'A compressed text of three-octet code points in three frames.',
    rule: 'RFC 6455 8.1',
    reason: 'What comes out of the inflater frame by frame ends inside code points.',
    steps: [...inThree(EURO), untilEchoes()],
    requires: [echoesText(EURO)],
  }),
  legal({
    id: '1.12',
    title: 'context of the message before',
    description: 'Two equal texts; the second refers back to the first.',
    rule: 'RFC 7692 7.2.2',
    reason: 'Unless no_context_takeover was agreed the window goes on from message to message.',
    roles: ['client'],
    exceptParameter: 'server_no_context_takeover',
    steps: [text(deflated(PROSE), RSV1), text(deflated(PROSE, PROSE), RSV1), untilEchoes(2)],
    requires: [echoesText(PROSE, PROSE)],
  }),
  legal({
    id: '1.13',
    title: 'context over an uncompressed message',
    description: 'A compressed text, a plain one, and a compressed one that refers back to the first.',
    rule: 'RFC 7692 7.2.2',
    reason: 'Messages that are not compressed do not touch the window.',
    roles: ['client'],
    exceptParameter: 'server_no_context_takeover',
    steps: [text(deflated(PROSE), RSV1), text('between'), text(deflated(PROSE, PROSE), RSV1), untilEchoes(3)],
    requires: [echoesText(PROSE, 'between', PROSE)],
  }),
  legal({
    id: '1.14',
    title: 'a long distance',
    description: 'A text that repeats itself after 30 000 octets.',
    rule: 'RFC 7692 7.1.2.1',
    reason: 'Without another agreement the window is 32 KiB.',
    steps: [text(deflated(farApart(30_000)), RSV1), untilEchoes()],
    requires: [echoesText(farApart(30_000))],
  }),
]

/** Random-looking letters, so that the second half can only refer to the first. */
function farApart(distance: number): Uint8Array {
  let state = 1
  const unit = Uint8Array.from({ length: distance }, () => {
    state = (state * 48_271) % 0x7fff_ffff
    return 0x61 + (state % 26)
  })
  return new Uint8Array(Buffer.concat([unit, unit.subarray(0, 1000)]))
}

function inThree(payload: Uint8Array, ...between: readonly Step[]): readonly Step[] {
  const compressed = deflated(payload)
  const size = payload === PROSE ? THIRD : Math.ceil(compressed.length / 3)
  return [
    text(compressed.subarray(0, size), { ...RSV1, fin: false }),
    ...between.slice(0, 1),
    continuation(compressed.subarray(size, 2 * size), { fin: false }),
    ...between.slice(1),
    continuation(compressed.subarray(2 * size)),
  ]
}

function octetByOctet(compressed: Uint8Array): readonly Step[] {
  return [
    text('', { ...RSV1, fin: false }),
    ...Array.from(compressed, (_, index) =>
      continuation(compressed.subarray(index, index + 1), { fin: false }),
    ),
    continuation('', { fin: false }),
    continuation(''),
  ]
}

const BOMB = 192 * 1024 * 1024
const NOT_THERE =
  'RSV1 means "this message is compressed" and stands on its first frame; anywhere else it means nothing.'

const broken: readonly OwnCase[] = [
  illegal({
    id: '2.1',
    title: 'RSV1 on a continuation',
    description: 'A compressed text in two frames, both with RSV1.',
    rule: 'RFC 7692 6.1',
    reason: NOT_THERE,
    steps: [
      text(deflated(PROSE).subarray(0, THIRD), { ...RSV1, fin: false }),
      continuation(deflated(PROSE).subarray(THIRD), RSV1),
      UNTIL_CLOSE,
    ],
  }),
  illegal({
    id: '2.2',
    title: 'RSV1 on the continuation of a plain message',
    description: 'A plain text in two frames, the second with RSV1.',
    rule: 'RFC 7692 6.1',
    reason: NOT_THERE,
    steps: [text('plain', { fin: false }), continuation(deflated('x'), RSV1), UNTIL_CLOSE],
  }),
  ...(
    [
      ['ping', ping(deflated('x'), RSV1)],
      ['pong', pong(deflated('x'), RSV1)],
      ['Close', frame(Opcode.CLOSE, closeBody(1000), RSV1)],
    ] as const
  ).map(([title, step], index) =>
    illegal({
      id: `2.${3 + index}`,
      title: `RSV1 on a ${title}`,
      description: `A ${title} frame with RSV1.`,
      rule: 'RFC 7692 6.1',
      reason: 'Control frames are never compressed.',
      steps: [step, UNTIL_CLOSE],
      requires: [failsConnection(), echoesNothing, pongs()],
    }),
  ),
  illegal({
    id: '2.6',
    title: 'RSV2 beside RSV1',
    description: 'A compressed text with RSV1 and RSV2.',
    rule: 'RFC 6455 5.2',
    reason: 'permessage-deflate claims RSV1 alone.',
    steps: [text(deflated('x'), { rsv: 6 }), UNTIL_CLOSE],
  }),
  illegal({
    id: '2.7',
    title: 'RSV3 on a plain message',
    description: 'A plain text with RSV3 on a connection with permessage-deflate.',
    rule: 'RFC 6455 5.2',
    reason: 'permessage-deflate claims RSV1 alone.',
    steps: [text('x', { rsv: 1 }), UNTIL_CLOSE],
  }),
  illegal({
    id: '2.8',
    title: 'RSV1 without an agreement',
    description: 'A compressed text on a connection without permessage-deflate.',
    rule: 'RFC 6455 5.2',
    reason: 'What was not agreed means nothing.',
    needsDeflate: false,
    offer: null,
    answer: null,
    steps: [text(deflated('Hello'), RSV1), UNTIL_CLOSE],
  }),
  illegal({
    id: '2.9',
    title: 'a block of the reserved type',
    description: 'A compressed text of 07 00: BTYPE 11, which does not exist.',
    rule: 'RFC 7692 7.2.2',
    reason:
      'Data that cannot be inflated must end the connection; a message with what came out so far would be wrong.',
    steps: [text(hex('07 00'), RSV1), UNTIL_CLOSE],
  }),
  illegal({
    id: '2.10',
    title: 'a stored block with a wrong complement',
    description: 'A stored block whose length and its complement do not match.',
    rule: 'RFC 7692 7.2.2',
    reason: 'The complement is there to be checked.',
    steps: [text(storedBlock('Hello', 0x1234), RSV1), UNTIL_CLOSE],
  }),
  illegal({
    id: '2.11',
    title: 'a reference before the beginning',
    description: 'A first message with a back-reference of distance 100 behind one octet.',
    rule: 'RFC 7692 7.2.2',
    reason: 'There is nothing there; what an inflater finds instead may be the message of somebody else.',
    steps: [text(REFERENCE_TO_NOTHING, RSV1), UNTIL_CLOSE],
  }),
  illegal({
    id: '2.12',
    title: 'bad data in a later fragment',
    description: 'A good first fragment and a second one of FF FF FF FF.',
    rule: 'RFC 7692 7.2.2',
    reason: 'The inflater may meet bad data at any frame.',
    steps: [
      text(deflated(PROSE).subarray(0, THIRD), { ...RSV1, fin: false }),
      continuation(hex('ffffffffffffffff')),
      UNTIL_CLOSE,
    ],
  }),
  illegal({
    id: '2.13',
    title: 'compressed text that is not UTF-8',
    description: 'A compressed text of C0 AF.',
    rule: 'RFC 6455 8.1',
    reason: 'It is the content that has to be text.',
    steps: [text(deflated(hex('c0af')), RSV1), UNTIL_CLOSE],
  }),
  illegal({
    id: '2.14',
    title: 'compressed text that ends inside a code point',
    description: 'A compressed text whose content ends with E2 82.',
    rule: 'RFC 6455 8.1',
    reason: 'Only the end of the message shows it.',
    steps: [text(deflated(hex('6f6b e282')), RSV1), UNTIL_CLOSE],
  }),
  illegal({
    id: '3.1',
    section: 'Bombs',
    title: '192 MiB in 190 KiB',
    description: 'A compressed binary message of zeros.',
    severity: 'QUALITY',
    rule: 'RFC 7692 8',
    reason: 'The limit has to hold for what comes out, while it comes out.',
    steps: [{ do: 'bomb', length: BOMB, fragment: 0 }, UNTIL_CLOSE],
    heavy: true,
    patienceMs: 8000,
  }),
  illegal({
    id: '3.2',
    section: 'Bombs',
    title: 'a bomb in fragments',
    description: 'The same zeros in frames of 4 KiB: each one is small, also when it is inflated.',
    severity: 'QUALITY',
    rule: 'RFC 7692 8',
    reason: 'A limit that is checked frame by frame, or at the end, is none.',
    steps: [{ do: 'bomb', length: BOMB, fragment: 4096 }, UNTIL_CLOSE],
    heavy: true,
    patienceMs: 8000,
  }),
]

export const deflateOwn: readonly OwnCase[] = [...whole, ...broken]
