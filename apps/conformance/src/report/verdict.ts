/** What a verdict means: which ones fail a run, and which of two is worse. */
import type { Behavior, CaseRecord, CloseBehavior } from '../record.ts'

export type Verdict = Behavior | CloseBehavior

/** Every verdict, the worst first. */
export const verdicts = [
  'FAILED',
  'FAILED BY CLIENT',
  'UNCLEAN',
  'WRONG CODE',
  'UNIMPLEMENTED',
  'NON-STRICT',
  'INFORMATIONAL',
  'OK',
] as const satisfies readonly Verdict[]

/** What of a record decides whether it fails. */
export type Judged = Pick<CaseRecord, 'autobahn' | 'behavior' | 'behaviorClose' | 'severity'>

const failing: ReadonlySet<Verdict> = new Set<Verdict>([
  'FAILED',
  'FAILED BY CLIENT',
  'UNCLEAN',
  'WRONG CODE',
])
const failingStrictly: ReadonlySet<Verdict> = new Set<Verdict>([...failing, 'UNIMPLEMENTED', 'NON-STRICT'])

/**
 * Whether a record fails its run. Autobahn's cases by their two verdicts, own cases by their severity: a MUST always,
 * a SHOULD only when `strict`, what is only quality never. An own case that does not apply (UNIMPLEMENTED) never fails.
 */
export function isFailing(judged: Judged, strict: boolean): boolean {
  if (!judged.autobahn) {
    if (judged.behavior !== 'FAILED') return false
    return judged.severity === 'MUST' || (strict && judged.severity === 'SHOULD')
  }
  const words = strict ? failingStrictly : failing
  return words.has(judged.behavior) || words.has(judged.behaviorClose)
}

/** An own case that means nothing to this endpoint, such as TLS to one without it: its verdict is UNIMPLEMENTED. */
export const isNotApplicable = ({ autobahn, behavior }: Pick<Judged, 'autobahn' | 'behavior'>): boolean =>
  !autobahn && behavior === 'UNIMPLEMENTED'

/** Position of a verdict among `verdicts`: the smaller, the worse. */
const rankVerdict = (verdict: Verdict): number => verdicts.indexOf(verdict)

/** The worse one of a record's two verdicts. */
export const worstVerdict = ({
  behavior,
  behaviorClose,
}: Pick<Judged, 'behavior' | 'behaviorClose'>): Verdict =>
  rankVerdict(behavior) <= rankVerdict(behaviorClose) ? behavior : behaviorClose

/** Negative when `a` is worse than `b`: by the worse verdict first, then by behavior, then by closing. */
export function compareVerdicts(
  a: Pick<Judged, 'behavior' | 'behaviorClose'>,
  b: Pick<Judged, 'behavior' | 'behaviorClose'>,
): number {
  return (
    rankVerdict(worstVerdict(a)) - rankVerdict(worstVerdict(b)) ||
    rankVerdict(a.behavior) - rankVerdict(b.behavior) ||
    rankVerdict(a.behaviorClose) - rankVerdict(b.behaviorClose)
  )
}

/** `FAILED`, `OK, closing UNCLEAN`: both verdicts in words, the second only where it says something. */
export function formatVerdict({
  behavior,
  behaviorClose,
}: Pick<Judged, 'behavior' | 'behaviorClose'>): string {
  return behaviorClose === 'OK' || behaviorClose === behavior
    ? behavior
    : `${behavior}, closing ${behaviorClose}`
}
