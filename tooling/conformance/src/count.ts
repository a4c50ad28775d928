/** How many cases of a run came out as expected, from what the runner says of it. Pure. */

export interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The line of a category begins with a mark. */
const SUMMARY = /^(?![✓✗ ]).*: (\d+) cases?, (?:.*; )?(?:none|\d+) failing/m
const DEVIATION = /^ {2}(regression|unexpected pass|changed): /gm
/** Not run to any end: Autobahn's without permessage-deflate, own ones that mean nothing to the endpoint. */
const SKIPPED = /^.*: \d+ cases?, \d+ OK.* (\d+) (?:UNIMPLEMENTED|not applicable)\b/gm

const INCOMPLETE = 2

export function countOf(output: string, exitCode: number): Count {
  const [, total = '0'] = SUMMARY.exec(output) ?? []
  const deviations = [...output.matchAll(DEVIATION)].length
  const skipped = [...output.matchAll(SKIPPED)].reduce((all, [, count]) => all + Number(count), 0)
  const isBroken = exitCode >= INCOMPLETE || Number(total) === 0 || (exitCode !== 0 && deviations === 0)
  const failed = isBroken ? deviations + 1 : deviations
  return { passed: Math.max(0, Number(total) - deviations - skipped), failed, skipped }
}

export const sum = (counts: readonly Count[]): Count =>
  counts.reduce(
    (all, { passed, failed, skipped }) => ({
      passed: all.passed + passed,
      failed: all.failed + failed,
      skipped: all.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
