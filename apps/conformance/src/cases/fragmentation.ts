/** Category 5: fragmented messages, legal and not, and control frames between fragments (RFC 6455 5.4). */
import type { CaseDraft, Plan, ReceivedEvent } from './case.ts'
import { ECHO_THEN_FAILURE, FAILURE, mustEchoThenFail, mustFail } from './failing.ts'
import { ok, pongEvent, script, textEvent } from './outcomes.ts'
import {
  closeAfter,
  continuation,
  type FrameOptions,
  ping,
  pong,
  type Step,
  text,
  waitUnless,
} from './step.ts'

const HELLO = 'Hello, world!'
const ORPHAN = 'non-continuation payload'
const MORE: FrameOptions = { fin: false }

/** Three manners of writing the same frames, in Autobahn's order. */
const MANNERS: readonly { readonly options: FrameOptions; readonly words: string }[] = [
  { options: {}, words: '' },
  { options: { flush: true }, words: ', each frame leaving before the next' },
  { options: { chop: 1 }, words: ', octet by octet' },
]

const echoed = (steps: readonly Step[], ...events: readonly ReceivedEvent[]): Plan =>
  script([...steps, closeAfter(1000)], { outcomes: [ok(...events)] })

const draft = (
  id: number,
  title: string,
  description: string,
  expectation: string,
  plan: Plan,
): CaseDraft => ({ id: `5.${id}`, section: '', title, description, expectation, plan })

const fragmentedControl = [
  draft(
    1,
    'fragmented ping',
    'A ping without FIN, then a continuation with FIN.',
    FAILURE,
    mustFail(ping('fragment1', MORE), continuation('fragment2')),
  ),
  draft(
    2,
    'fragmented pong',
    'A pong without FIN, then a continuation with FIN.',
    FAILURE,
    mustFail(pong('fragment1', MORE), continuation('fragment2')),
  ),
]

const twoFragments = MANNERS.map(({ options, words }, index) =>
  draft(
    3 + index,
    `text in two fragments${words}`,
    `A text message in two frames${words}.`,
    'The whole message comes back.',
    echoed(
      [text('fragment1', { ...options, fin: false }), continuation('fragment2', options)],
      textEvent('fragment1fragment2'),
    ),
  ),
)

const pingBetween = MANNERS.map(({ options, words }, index) =>
  draft(
    6 + index,
    `ping between two fragments${words}`,
    `A text message in two frames with a ping between them${words}.`,
    'The pong comes first, then the whole message.',
    echoed(
      [
        text('fragment1', { ...options, fin: false }),
        ping('ping payload', options),
        continuation('fragment2', options),
      ],
      pongEvent('ping payload'),
      textEvent('fragment1fragment2'),
    ),
  ),
)

const orphans = [true, false].flatMap((fin, group) =>
  MANNERS.map(({ options, words }, index) =>
    draft(
      9 + 3 * group + index,
      `continuation ${fin ? 'with' : 'without'} FIN of nothing${words}`,
      `A continuation ${fin ? 'with' : 'without'} FIN while no message is open, then a whole text${words}.`,
      FAILURE,
      mustFail(continuation(ORPHAN, { ...options, fin }), text(HELLO, options)),
    ),
  ),
)

const wrongOrders = [
  draft(
    15,
    'continuation of nothing after a fragmented message',
    'A text in two frames, a continuation without FIN while no message is open, then a whole text.',
    ECHO_THEN_FAILURE,
    mustEchoThenFail(
      'fragment1fragment2',
      text('fragment1', MORE),
      continuation('fragment2'),
      continuation('fragment3', MORE),
      text('fragment4'),
    ),
  ),
  ...[false, true].map((fin, index) => {
    const round = [
      continuation('fragment1', { fin }),
      text('fragment2', MORE),
      continuation('fragment3'),
    ] as const
    return draft(
      16 + index,
      `continuation ${fin ? 'with' : 'without'} FIN before its message, twice`,
      `Twice: a continuation ${fin ? 'with' : 'without'} FIN while no message is open, then a text in two frames.`,
      FAILURE,
      mustFail(...round, ...round),
    )
  }),
  draft(
    18,
    'text inside a fragmented text',
    'A text without FIN, then another text with FIN instead of a continuation.',
    FAILURE,
    mustFail(text('fragment1', MORE), text('fragment2')),
  ),
]

const MANNERS_WITH_WAIT = MANNERS.slice(0, 2)
const pongsBeforeTheEnd = MANNERS_WITH_WAIT.map(({ options, words }, index) =>
  draft(
    19 + index,
    `pings between five fragments with a pause${words}`,
    `A text in five frames; a ping after the second, a second of silence, a ping after the fourth${words}.`,
    'The first pong comes during the pause, the second before the whole message.',
    echoed(
      [
        text('fragment1', { ...options, fin: false }),
        continuation('fragment2', { ...options, fin: false }),
        ping('pongme 1!', options),
        // The pong must not depend on the end of the message: once it is there the pause has done its work.
        waitUnless({ seen: 'pong', count: 1 }, 1000),
        continuation('fragment3', { ...options, fin: false }),
        continuation('fragment4', { ...options, fin: false }),
        ping('pongme 2!', options),
        continuation('fragment5', options),
      ],
      pongEvent('pongme 1!'),
      pongEvent('pongme 2!'),
      textEvent('fragment1fragment2fragment3fragment4fragment5'),
    ),
  ),
)

export const fragmentation: readonly CaseDraft[] = [
  ...fragmentedControl,
  ...twoFragments,
  ...pingBetween,
  ...orphans,
  ...wrongOrders,
  ...pongsBeforeTheEnd,
]
