/** Category 7: the closing handshake, begun by the runner (RFC 6455 5.5.1, 7.1, 7.4). */
import { Opcode } from '@hybi/frame'
import type { CaseDraft, ScriptPlan } from './case.ts'
import { nonStrict, ok, script, textEvent } from './outcomes.ts'
import { close, continuation, frame, hex, killAfter, ping, repeat, type Step, text } from './step.ts'

const HELLO = 'Hello World!'
const BASIC = 'Basics'
const LENGTHS = 'Close frames of every length'
const REASON = 'Close reasons that are not text'
const LEGAL = 'Status codes that may be sent'
const ILLEGAL = 'Status codes that must not be sent'
const BEYOND = 'Status codes beyond all ranges'
const CLEAN = 'A clean close with status 1000.'

const expecting = (codes: readonly number[], requireClean: boolean) => ({
  closedByMe: true,
  closeCode: codes,
  requireClean,
})

/** The runner closes in the script itself; a wrong status code fails the case. */
const closing = (steps: readonly Step[], rest: Partial<ScriptPlan> = {}): ScriptPlan =>
  script([...steps, killAfter(1000)], { suppressClose: true, wrongCodeIsFatal: true, ...rest })

const BIG = 262_144
const basics: readonly CaseDraft[] = [
  {
    id: '7.1.1',
    section: BASIC,
    title: 'close after an echo',
    description: 'A text message; the close follows its echo.',
    expectation: `The message comes back. ${CLEAN}`,
    plan: script([text(HELLO), killAfter(1000)], {
      outcomes: [ok(textEvent(HELLO))],
      wrongCodeIsFatal: true,
    }),
  },
  {
    id: '7.1.2',
    section: BASIC,
    title: 'two Close frames',
    description: 'A Close frame with 1000 and at once another, empty one.',
    expectation: `${CLEAN} The second Close frame is ignored.`,
    plan: closing([close(1000), frame(Opcode.CLOSE)]),
  },
  {
    id: '7.1.3',
    section: BASIC,
    title: 'ping after Close',
    description: 'A Close frame and at once a ping.',
    expectation: `${CLEAN} The ping is not answered.`,
    plan: closing([close(1000), ping()]),
  },
  {
    id: '7.1.4',
    section: BASIC,
    title: 'text after Close',
    description: 'A Close frame and at once a text message.',
    expectation: `${CLEAN} The message does not come back.`,
    plan: closing([close(1000), text(HELLO)]),
  },
  {
    id: '7.1.5',
    section: BASIC,
    title: 'end of a message after Close',
    description: 'The first fragment of a text, a Close frame, the last fragment.',
    expectation: `${CLEAN} The message does not come back.`,
    plan: closing([text('fragment1', { fin: false }), close(1000), continuation('fragment2')]),
  },
  {
    id: '7.1.6',
    section: BASIC,
    title: 'close behind a large message',
    description: 'A text of 256 KiB, a small text, a Close frame and a ping, all at once.',
    expectation: 'For information: which of the echoes still come depends on the endpoint.',
    plan: closing([text('BAsd7&jh23', { repeatTo: BIG }), text(HELLO), close(1000), ping()], {
      outcomes: [nonStrict(), ok(textEvent(HELLO))],
      informational: true,
    }),
  },
]

const lengths: readonly CaseDraft[] = [
  {
    id: '7.3.1',
    section: LENGTHS,
    title: 'empty body',
    description: 'A Close frame without body.',
    expectation: 'A clean close; no status code or 1000.',
    plan: closing([close()]),
  },
  {
    id: '7.3.2',
    section: LENGTHS,
    title: 'one octet',
    description: 'A Close frame whose body is one octet: half a status code.',
    expectation: 'A protocol error: 1002, or TCP is dropped.',
    plan: closing([close(undefined, 'a')], { close: expecting([1002], false) }),
  },
  {
    id: '7.3.3',
    section: LENGTHS,
    title: 'status code alone',
    description: 'A Close frame with 1000 and no reason.',
    expectation: CLEAN,
    plan: closing([close(1000)]),
  },
  {
    id: '7.3.4',
    section: LENGTHS,
    title: 'status code and reason',
    description: 'A Close frame with 1000 and a short reason.',
    expectation: CLEAN,
    plan: closing([close(1000, 'Hello World!')]),
  },
  {
    id: '7.3.5',
    section: LENGTHS,
    title: 'longest reason',
    description: 'A Close frame with 1000 and a reason of 123 octets: 125 in all.',
    expectation: CLEAN,
    plan: closing([close(1000, repeat('*', 123))]),
  },
  {
    id: '7.3.6',
    section: LENGTHS,
    title: 'reason an octet too long',
    description: 'A Close frame with 1000 and a reason of 124 octets: 126 in all.',
    expectation: 'A protocol error: 1002, or TCP is dropped.',
    plan: closing([close(1000, repeat('*', 124))], { close: expecting([1002], false) }),
  },
  {
    id: '7.5.1',
    section: REASON,
    title: 'reason with an encoded surrogate',
    description: 'A Close frame with 1000 and a reason that is not UTF-8.',
    expectation: 'The reason is refused: 1007 or 1002, or TCP is dropped.',
    plan: closing([close(1000, hex('ceba e1bdb9 cf83 cebc ceb5 eda080 656469746564'))], {
      close: expecting([1002, 1007], false),
    }),
  },
]

const LEGAL_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
const ILLEGAL_CODES = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]
const CODES_BEYOND = [5000, 65_535]

const codes: readonly CaseDraft[] = [
  ...LEGAL_CODES.map(
    (code, index): CaseDraft => ({
      id: `7.7.${index + 1}`,
      section: LEGAL,
      title: `status ${code}`,
      description: `A Close frame with the legal status ${code}.`,
      expectation: `A clean close with 1000 or ${code}.`,
      plan: closing([close(code)], { suppressClose: false, close: expecting([1000, code], true) }),
    }),
  ),
  ...ILLEGAL_CODES.map(
    (code, index): CaseDraft => ({
      id: `7.9.${index + 1}`,
      section: ILLEGAL,
      title: `status ${code}`,
      description: `A Close frame with the status ${code}, which must not be sent.`,
      expectation: 'A protocol error: 1002, or TCP is dropped.',
      plan: closing([close(code)], { suppressClose: false, close: expecting([1002], false) }),
    }),
  ),
  ...CODES_BEYOND.map(
    (code, index): CaseDraft => ({
      id: `7.13.${index + 1}`,
      section: BEYOND,
      title: `status ${code}`,
      description: `A Close frame with the status ${code}, of which RFC 6455 says nothing.`,
      expectation: 'For information: what the endpoint makes of it.',
      plan: closing([close(code)], { close: expecting([1000, code, 1002], false), informational: true }),
    }),
  ),
]

export const closingCases: readonly CaseDraft[] = [...basics, ...lengths, ...codes]
