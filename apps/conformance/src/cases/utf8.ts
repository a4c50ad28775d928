/** Category 6: text that is and is not UTF-8 (RFC 6455 8.1, RFC 3629), in all ways of cutting it. */
import { isUtf8 } from '@hybi/utf8'
import type { CaseDraft, Plan, ScriptPlan } from './case.ts'
import { failedByPeer } from './case.ts'
import { nonStrict, ok, script, textEvent, timeoutEvent } from './outcomes.ts'
import { closeAfter, continuation, hex, killAfter, message, octets, type Step, text, wait } from './step.ts'
import { sequences } from './utf8-sequences.ts'

const INVALID = { ...failedByPeer(1007), closedByWrongEndpointIsFatal: true }
const COMES_BACK = 'The same message comes back.'
const REFUSED = 'The connection is failed at once (1007): the text is not UTF-8.'

const MORE = { fin: false }
const MIXED = 'Hello-µ@ßöäüàá-UTF-8!!'
// The accent as U+1F79, three octets, not as its two-octet equivalent.
const KOSME = 'κ\u1f79σμε'
const SURROGATE = hex('ceba e1bdb9 cf83 cebc ceb5 eda080 656469746564')

const echoes = (payload: Uint8Array | string, ...steps: readonly Step[]): Plan =>
  script([...steps, closeAfter(1000)], { outcomes: [ok(textEvent(payload))] })
const refused = (steps: readonly Step[], patienceMs: number): ScriptPlan =>
  script([...steps, killAfter(patienceMs)], { close: INVALID })

const EMPTY = 'Valid text with empty fragments'
const CUT = 'Valid text, whole and cut between and inside code points'
const CUT_INVALID = 'Invalid text, whole and cut'
const FAIL_FAST = 'Fail fast on invalid text'

const cut: readonly CaseDraft[] = [
  {
    id: '6.1.1',
    section: EMPTY,
    title: 'empty text',
    description: 'A text message without payload.',
    expectation: COMES_BACK,
    plan: echoes('', text('')),
  },
  {
    id: '6.1.2',
    section: EMPTY,
    title: 'empty text in three fragments',
    description: 'A text message in three frames, none with payload.',
    expectation: 'One message without payload comes back.',
    plan: echoes('', text('', MORE), continuation('', MORE), continuation('')),
  },
  {
    id: '6.1.3',
    section: EMPTY,
    title: 'text between two empty fragments',
    description: 'A text message in three frames of which only the middle one has payload.',
    expectation: 'One message with the payload of the middle frame comes back.',
    plan: echoes(
      'middle frame payload',
      text('', MORE),
      continuation('middle frame payload', MORE),
      continuation(''),
    ),
  },
  {
    id: '6.2.1',
    section: CUT,
    title: 'whole',
    description: 'Text with two-octet code points in one frame.',
    expectation: COMES_BACK,
    plan: echoes(MIXED, message(MIXED)),
  },
  {
    id: '6.2.2',
    section: CUT,
    title: 'cut between code points',
    description: 'The same text in two frames, cut between two code points.',
    expectation: COMES_BACK,
    plan: echoes(MIXED, text(octets(MIXED).subarray(0, 15), MORE), continuation(octets(MIXED).subarray(15))),
  },
  {
    id: '6.2.3',
    section: CUT,
    title: 'an octet a frame',
    description: 'The same text in frames of one octet and a last empty one: cut inside code points.',
    expectation: COMES_BACK,
    plan: echoes(MIXED, message(MIXED, { fragment: 1 })),
  },
  {
    id: '6.2.4',
    section: CUT,
    title: 'an octet a frame, Greek',
    description: 'A word of two- and three-octet code points in frames of one octet and a last empty one.',
    expectation: COMES_BACK,
    plan: echoes(KOSME, message(KOSME, { fragment: 1 })),
  },
  {
    id: '6.3.1',
    section: CUT_INVALID,
    title: 'whole',
    description: 'Text with an encoded surrogate (ED A0 80) in one frame.',
    expectation: REFUSED,
    plan: refused([message(SURROGATE)], 1000),
  },
  {
    id: '6.3.2',
    section: CUT_INVALID,
    title: 'an octet a frame',
    description: 'Text with an encoded surrogate (ED A0 80) in frames of one octet.',
    expectation: REFUSED,
    plan: refused([message(SURROGATE, { fragment: 1 })], 1000),
  },
]

/** Good text, a second, the impossible octets, a second, the rest. The peer has the second wait to refuse. */
const failFast = (good: Step, bad: Step, ...rest: readonly Step[]): ScriptPlan =>
  script([good, wait(1000, 'A'), bad, wait(1000, 'B'), ...rest, killAfter(1000)], {
    close: INVALID,
    outcomes: [nonStrict(timeoutEvent('A'), timeoutEvent('B')), ok(timeoutEvent('A'))],
  })

/** U+110000 (F4 90 80 80) is beyond Unicode: its first octet alone is possible, its second is not. */
const PARTS = [
  {
    good: octets(KOSME),
    bad: hex('f4908080'),
    rest: octets('edited'),
    where: 'the whole sequence F4 90 80 80',
  },
  {
    good: hex('ceba e1bdb9 cf83 cebc ceb5 f4'),
    bad: hex('90'),
    rest: hex('8080 656469746564'),
    where: 'only its octet 90, which F4 does not allow',
  },
] as const
const FAST = 'Refused (1007) during the second wait. Refusing it only when the rest has come is not strict.'

const beginFrame = (length: number): Step => ({ do: 'begin-frame', opcode: 1, length })
const frameData = (payload: Uint8Array): Step => ({ do: 'frame-data', payload })

const failingFast: readonly CaseDraft[] = [
  ...PARTS.map(
    ({ good, bad, rest, where }, index): CaseDraft => ({
      id: `6.4.${1 + index}`,
      section: FAIL_FAST,
      title: `three fragments, ${where} in the second`,
      description: `A text in three frames with a wait between them; the second holds ${where}.`,
      expectation: FAST,
      plan: failFast(text(good, MORE), continuation(bad, MORE), continuation(rest)),
    }),
  ),
  ...PARTS.map(({ good, bad, rest, where }, index): CaseDraft => {
    const length = good.length + bad.length + rest.length
    // The one frame has no FIN; an empty continuation ends the message.
    return {
      id: `6.4.${3 + index}`,
      section: FAIL_FAST,
      title: `one frame in three parts, ${where} in the second`,
      description: `One text frame written in three parts with a wait between them; the second holds ${where}.`,
      expectation: FAST,
      plan: script(
        [
          beginFrame(length),
          frameData(good),
          wait(1000, 'A'),
          frameData(bad),
          wait(1000, 'B'),
          frameData(rest),
          continuation(''),
          killAfter(1000),
        ],
        {
          close: INVALID,
          outcomes: [nonStrict(timeoutEvent('A'), timeoutEvent('B')), ok(timeoutEvent('A'))],
        },
      ),
    }
  }),
]

const wholeSequences: readonly CaseDraft[] = sequences.flatMap(({ group, section, list }) =>
  list.map((digits, index): CaseDraft => {
    const payload = hex(digits)
    const valid = isUtf8(payload)
    return {
      id: `6.${group}.${index + 1}`,
      section,
      title: `${valid ? 'valid' : 'invalid'}: ${digits.length > 48 ? `${digits.slice(0, 48)}…` : digits}`,
      description: `A text message of the octets 0x${digits}.`,
      expectation: valid ? COMES_BACK : REFUSED,
      plan: valid
        ? script([message(payload), killAfter(500)], { outcomes: [ok(textEvent(payload))] })
        : refused([message(payload)], 500),
    }
  }),
)

export const utf8: readonly CaseDraft[] = [...cut, ...failingFast, ...wholeSequences]
