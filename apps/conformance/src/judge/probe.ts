/** The verdict on an own case: each of its requirements, held or not. Pure. */
import type { ProbePlan } from '../cases/probe.ts'
import type { Observation } from '../observation.ts'
import type { Verdict } from './judge.ts'

export function judgeProbe(plan: ProbePlan, seen: Observation): Verdict {
  if (seen.unimplemented !== null)
    return {
      behavior: 'UNIMPLEMENTED',
      behaviorClose: 'OK',
      result: seen.unimplemented,
      resultClose: '',
      requirements: [],
    }
  const requirements = plan.requirements.map(({ requirement, check }) => {
    const observed = check(seen)
    return { holds: observed === null, requirement, observed: observed ?? '' }
  })
  const broken = requirements.filter(({ holds }) => !holds)
  return {
    behavior: broken.length === 0 ? 'OK' : 'FAILED',
    behaviorClose: 'OK',
    result:
      broken.length === 0
        ? 'Everything required was seen.'
        : broken.map(({ requirement, observed }) => `${requirement} Seen: ${observed}`).join(' '),
    resultClose: '',
    requirements,
  }
}
