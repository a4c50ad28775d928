/** Category 3: reserved bits that no extension has claimed (RFC 6455 5.2). */
import { Opcode } from '@hybi/frame'
import type { CaseDraft } from './case.ts'
import { ECHO_THEN_FAILURE, FAILURE, mustEchoThenFail, mustFail } from './failing.ts'
import { binary, type FrameOptions, frame, hex, ping, text } from './step.ts'

const HELLO = 'Hello, world!'

/** A good text, the same with `rsv`, and a ping, in one of three manners of writing. */
const goodBadPing = (rsv: number, options: FrameOptions = {}) =>
  mustEchoThenFail(HELLO, text(HELLO, options), text(HELLO, { ...options, rsv }), ping('', options))

export const reservedBits: readonly CaseDraft[] = [
  {
    id: '3.1',
    section: '',
    title: 'RSV3 on a text frame',
    description: 'A small text with only RSV3 set.',
    expectation: FAILURE,
    plan: mustFail(text(HELLO, { rsv: 1 })),
  },
  {
    id: '3.2',
    section: '',
    title: 'RSV2 after a good message',
    description: 'A small text, another with RSV2 set, then a ping.',
    expectation: ECHO_THEN_FAILURE,
    plan: goodBadPing(2),
  },
  {
    id: '3.3',
    section: '',
    title: 'RSV2 and RSV3 after a good message, frame by frame',
    description:
      'A small text, another with RSV2 and RSV3 set, then a ping; each frame leaves before the next.',
    expectation: ECHO_THEN_FAILURE,
    plan: goodBadPing(3, { flush: true }),
  },
  {
    id: '3.4',
    section: '',
    title: 'RSV1 after a good message, octet by octet',
    description: 'A small text, another with RSV1 set, then a ping; every octet is written by itself.',
    expectation: ECHO_THEN_FAILURE,
    plan: goodBadPing(4, { chop: 1 }),
  },
  {
    id: '3.5',
    section: '',
    title: 'RSV1 and RSV3 on a binary frame',
    description: 'A small binary message with RSV1 and RSV3 set.',
    expectation: FAILURE,
    plan: mustFail(binary(hex('00fffefdfcfb00ff'), { rsv: 5 })),
  },
  {
    id: '3.6',
    section: '',
    title: 'RSV1 and RSV2 on a binary frame',
    description: 'A small binary message with RSV1 and RSV2 set.',
    expectation: FAILURE,
    plan: mustFail(binary(HELLO, { rsv: 6 })),
  },
  {
    id: '3.7',
    section: '',
    title: 'all reserved bits on a Close frame',
    description: 'A Close frame without body with RSV1, RSV2 and RSV3 set.',
    expectation: FAILURE,
    plan: mustFail(frame(Opcode.CLOSE, '', { rsv: 7 })),
  },
]
