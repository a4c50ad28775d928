/** How many cases of a run came out as expected, from what the runner says of it. Pure. */

export interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The line of a category begins with a mark. */
const SUMMARY = /^(?![✓✗ ]).*: (\d+) cases?, (?:.*; )?(?:none|\d+) failing/m
const DEVIATION = /^ {2}(regression|unexpected pass|changed): /gm
/** Autobahn's cases that an endpoint without permessage-deflate does not run. */
const SKIPPED = /^.*: \d+ cases?, \d+ OK.* (\d+) UNIMPLEMENTED\b/gm
/** Own cases that there is nothing to run of: on TLS over ws, on compression that was not agreed on. */
const MEANINGLESS = /^.*: \d+ cases?, \d+ OK.* (\d+) not applicable\b/gm

const INCOMPLETE = 2

export function countOf(output: string, exitCode: number): Count {
  const [, total = '0'] = SUMMARY.exec(output) ?? []
  const deviations = [...output.matchAll(DEVIATION)].length
  const sumOf = (pattern: RegExp): number =>
    [...output.matchAll(pattern)].reduce((all, [, count]) => all + Number(count), 0)
  const skipped = sumOf(SKIPPED)
  const isBroken = exitCode >= INCOMPLETE || Number(total) === 0 || (exitCode !== 0 && deviations === 0)
  const failed = isBroken ? deviations + 1 : deviations
  const passed = Math.max(0, Number(total) - deviations - skipped - sumOf(MEANINGLESS))
  return { passed, failed, skipped }
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
