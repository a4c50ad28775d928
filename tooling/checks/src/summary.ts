/** What `npm test` says at the end, from what turbo and vitest have written down. */

/** As much of turbo's run summary (`--summarize`) as is read here. */
export interface RunSummary {
  readonly tasks: readonly {
    /** `@hybi/frame#test`, `//#lint`. */
    readonly taskId: string
    readonly cache: { readonly status: 'HIT' | 'MISS' }
    /** Absent for a task that did not run, because one that it needs has failed. */
    readonly execution?: {
      readonly startTime: number
      readonly endTime: number
      readonly exitCode: number | null
    }
  }[]
}

/** As much of vitest's JSON report as is read here. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string
    /** What went wrong outside of any test, such as an import that failed. */
    readonly message: string
    readonly status: 'passed' | 'failed'
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** One check: a task of turbo, with the test cases in it. A check without test cases is one case itself. */
export interface CheckResult {
  readonly name: string
  readonly passed: number
  /** Titles of what failed. */
  readonly failed: readonly string[]
  /** Titles of what was not run. */
  readonly skipped: readonly string[]
  readonly seconds: number
  readonly cached: boolean
}

const titles: Readonly<Record<string, string>> = {
  browser: 'core packages in Chromium',
  build: 'build',
  docs: 'documentation',
  lint: 'format and lint',
  published: 'packed tarballs',
  test: 'tests',
  typecheck: 'types',
  unused: 'unused code and dependencies',
}

/** `@hybi/frame#test` in words: `tests of @hybi/frame`. */
export function nameTask(taskId: string): string {
  const hash = taskId.lastIndexOf('#')
  const [owner, task] = [taskId.slice(0, hash), taskId.slice(hash + 1)]
  const title = titles[task] ?? task
  if (owner === '//' || task === 'published' || task === 'browser') return title
  return task === 'build' ? `${title} ${owner}` : `${title} of ${owner}`
}

/** Sums up a run. `readReport` gives the report of a task that wrote one, else null. */
export function summarize(
  run: RunSummary,
  readReport: (taskId: string) => TestReport | null,
): readonly CheckResult[] {
  return run.tasks
    .filter(({ taskId }) => !/#(topo|built)$/.test(taskId))
    .map(({ taskId, cache, execution }) => {
      const name = nameTask(taskId)
      if (!execution) {
        const skipped = [`${name} (what it needs has failed)`]
        return { name, passed: 0, failed: [], skipped, seconds: 0, cached: false }
      }
      return {
        name,
        ...countCases(name, execution.exitCode === 0, readReport(taskId)),
        seconds: (execution.endTime - execution.startTime) / 1000,
        cached: cache.status === 'HIT',
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Counts the cases of one command, from its report and from whether it succeeded. */
export function countCases(
  name: string,
  succeeded: boolean,
  report: TestReport | null,
): Pick<CheckResult, 'passed' | 'failed' | 'skipped'> {
  const cases = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? []
  const passed = cases.filter(({ status }) => status === 'passed').length
  const skipped = cases.filter(({ status }) => status !== 'passed' && status !== 'failed')
  const failed = [
    ...cases.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    ...(report?.testResults ?? [])
      .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
      .map((file) => `${file.name}: ${file.message}`),
  ]
  // The command failed although no case did: a lint rule, a type error, a coverage threshold, an unhandled rejection.
  if (!succeeded && failed.length === 0)
    failed.push(report ? `${name}: coverage or an error outside the tests` : name)
  // A command that has no cases is one.
  return {
    passed: report || !succeeded ? passed : 1,
    failed,
    skipped: skipped.map(({ fullName }) => fullName),
  }
}

const sum = (results: readonly CheckResult[], count: (result: CheckResult) => number): number =>
  results.reduce((total, result) => total + count(result), 0)

/** The last line: the sum of all test cases that ran. */
export function countLine(results: readonly CheckResult[]): string {
  const passed = sum(results, (result) => result.passed)
  const failed = sum(results, (result) => result.failed.length)
  const skipped = sum(results, (result) => result.skipped.length)
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** One line a check, then what was skipped and what failed by name, then the sum. */
export function describeRun(results: readonly CheckResult[]): string {
  const width = Math.max(0, ...results.map(({ name }) => name.length))
  const lines = results.map(({ name, passed, failed, skipped, seconds, cached }) => {
    const mark = failed.length > 0 ? 'FAIL' : passed > 0 ? ' ok ' : 'skip'
    const time = cached ? 'cached' : `${seconds.toFixed(1)} s`
    return `${mark}  ${name.padEnd(width)}  ${countLine([{ name, passed, failed, skipped, seconds, cached }])}  (${time})`
  })
  for (const { name, skipped } of results) {
    for (const title of skipped) lines.push(`skipped  ${name}: ${title}`)
  }
  for (const { name, failed } of results) {
    for (const title of failed) lines.push(`FAILED   ${name}: ${title}`)
  }
  return [...lines, '', countLine(results), ''].join('\n')
}
