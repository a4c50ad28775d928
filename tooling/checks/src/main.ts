/** `npm test`: every check but the long ones, each by its name, and the sum of all test cases at the end. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { runTurbo } from '../../scripts/turbo.mjs'
import { describeRun, type RunSummary, summarize, type TestReport } from './summary.ts'
import { root, workspacePackages } from './workspace.ts'

const usage = `Usage: npm test [-- CHECK...]

Checks: lint unused typecheck test build published browser docs (all of them when none is named)
`

const all = ['lint', 'unused', 'typecheck', 'test', 'build', 'published', 'browser', 'docs']

/** The report that the tests of a task left behind, or null for a task that is no vitest run. */
function readReport(taskId: string): TestReport | null {
  const [owner, task] = taskId.split('#')
  const folder = workspacePackages.find(({ manifest }) => manifest.name === owner)?.folder
  if (!folder) return null
  const path = join(root, folder, 'coverage', `${task}.json`)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}

function main(args: readonly string[]): number {
  if (args.includes('--help')) {
    process.stdout.write(usage)
    return 0
  }
  const unknown = args.find((name) => !all.includes(name))
  if (unknown !== undefined) {
    process.stderr.write(`npm test: no check is called ${unknown}\n${usage}`)
    return 2
  }
  const startedAt = performance.now()
  const runs = join(root, '.turbo', 'runs')
  rmSync(runs, { recursive: true, force: true })
  const { status } = runTurbo([
    ...(args.length > 0 ? args : all),
    '--continue=dependencies-successful',
    '--output-logs=errors-only',
    '--log-order=grouped',
    `--concurrency=${availableParallelism()}`,
    '--summarize',
  ])
  const file = existsSync(runs) ? readdirSync(runs).find((name) => name.endsWith('.json')) : undefined
  if (file === undefined) {
    process.stderr.write('npm test: turbo could not run\n')
    return status || 1
  }
  const run: RunSummary = JSON.parse(readFileSync(join(runs, file), 'utf8'))
  const results = summarize(run, readReport)
  process.stdout.write(`\n${describeRun(results)}`)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  process.stderr.write(`(${seconds} s)\n`)
  return status === 0 && results.every(({ failed }) => failed.length === 0) ? 0 : 1
}

process.exitCode = main(process.argv.slice(2))
