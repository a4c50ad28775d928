/** What categories 3, 4 and 5 share: a frame that must end the connection, alone or after a message whose echo is still owed. */
import type { ScriptPlan } from './case.ts'
import { failedByPeer } from './case.ts'
import { nonStrict, ok, script, textEvent } from './outcomes.ts'
import { killAfter, type Step } from './step.ts'

/** Said of every case in which a valid message precedes the violation. */
export const ECHO_THEN_FAILURE =
  'The first message comes back, then the connection is failed. Failing it without the echo is not strict.'
export const FAILURE = 'The connection is failed at once (1002).'

/** The peer must fail the connection with 1002. */
export const mustFail = (...steps: readonly Step[]): ScriptPlan =>
  script([...steps, killAfter(1000)], { close: failedByPeer(1002) })

/** The peer must echo `first` and then fail the connection; losing the echo is not strict. */
export const mustEchoThenFail = (first: string, ...steps: readonly Step[]): ScriptPlan =>
  script([...steps, killAfter(1000)], {
    close: failedByPeer(1002),
    outcomes: [nonStrict(), ok(textEvent(first))],
  })
