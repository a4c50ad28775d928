/** The verdict on one case: a pure function of its plan and of what was seen. */
import type { Plan, ScriptPlan } from '../cases/case.ts'
import type { Observation } from '../observation.ts'
import type { Behavior, CheckedRequirement, CloseBehavior } from '../record.ts'
import { judgeClosing } from './closing.ts'
import { findOutcome } from './events.ts'
import { judgeProbe } from './probe.ts'

export interface Verdict {
  readonly behavior: Behavior
  readonly behaviorClose: CloseBehavior
  readonly result: string
  readonly resultClose: string
  readonly requirements: readonly CheckedRequirement[]
}

export function judge(plan: Plan, seen: Observation): Verdict {
  if (plan.kind === 'probe') return judgeProbe(plan, seen)
  const closing = judgeClosing(plan.close, seen)
  const behaved = judgeBehavior(plan, seen)
  const verdict: Verdict = { ...behaved, ...closing, requirements: [] }
  return plan.kind === 'script' ? withScriptRules(plan, seen, verdict) : verdict
}

interface Behaved {
  readonly behavior: Behavior
  readonly result: string
}

function judgeBehavior(plan: Exclude<Plan, { kind: 'probe' }>, seen: Observation): Behaved {
  if (!seen.opening.completed)
    return { behavior: 'FAILED', result: `The opening handshake was not done: ${seen.opening.failure}` }
  if (seen.unimplemented !== null) return { behavior: 'UNIMPLEMENTED', result: seen.unimplemented }
  if (seen.illegal !== null)
    return { behavior: 'FAILED', result: `The endpoint broke a rule itself: ${seen.illegal}` }
  if (plan.kind === 'script') return judgeScript(plan, seen)
  return judgeSeries(seen)
}

function judgeScript(plan: ScriptPlan, seen: Observation): Behaved {
  const outcome = findOutcome(plan.outcomes, seen.events)
  if (outcome === undefined) return { behavior: 'FAILED', result: 'The events match no expected course.' }
  return outcome.verdict === 'OK'
    ? { behavior: 'OK', result: 'The events are the expected ones.' }
    : { behavior: 'NON-STRICT', result: 'The events are acceptable, but a strict endpoint does better.' }
}

function judgeSeries({ series }: Observation): Behaved {
  if (series === null) return { behavior: 'FAILED', result: 'No message was sent.' }
  if (series.failure !== '') return { behavior: 'FAILED', result: series.failure }
  if (series.matched < series.of)
    return { behavior: 'FAILED', result: `${series.matched} of ${series.of} messages came back in time.` }
  return {
    behavior: 'OK',
    result: series.of === 1 ? 'The message came back.' : `All ${series.of} messages came back.`,
  }
}

/** What a script says of verdicts on the close that count for the behavior, and of cases that only inform. */
function withScriptRules(plan: ScriptPlan, seen: Observation, verdict: Verdict): Verdict {
  const { behaviorClose, resultClose } = verdict
  if (!seen.opening.completed) return verdict
  if (plan.informational)
    return {
      ...verdict,
      behavior: 'INFORMATIONAL',
      result: 'Nothing is required here; what came is in the record.',
      ...(behaviorClose === 'OK' ? { behaviorClose: 'INFORMATIONAL' } : {}),
    }
  const wrongEndpoint =
    plan.close.closedByWrongEndpointIsFatal === true && seen.closedByMe !== plan.close.closedByMe
  const wrongCode = plan.wrongCodeIsFatal && behaviorClose === 'WRONG CODE'
  return wrongEndpoint || wrongCode ? { ...verdict, behavior: 'FAILED', result: resultClose } : verdict
}
