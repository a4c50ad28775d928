/** Differences that are understood and stand in a table with their reason: counted, so that a run can say how often they came up. */

/** How often each reason was given, in this thread. */
export const explained = new Map<string, number>()

/** Notes that a difference was met which is not a fault. The answer of a check: nothing is wrong. */
export function explain(reason: string): null {
  explained.set(reason, (explained.get(reason) ?? 0) + 1)
  return null
}
