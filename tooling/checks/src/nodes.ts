/** `npm run test:nodes`: every package's tests on each Node that is supported, one after the other. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { runTurbo } from '../../scripts/turbo.mjs'
import { makeFolder } from './pack.ts'
import { type CheckResult, countCases, describeRun, type TestReport } from './summary.ts'
import { root, workspacePackages } from './workspace.ts'

const supported = ['20', '22', '24', '26']

const usage = `Usage: npm run test:nodes [-- MAJOR...]

Runs the tests on Node ${supported.join(', ')} (or on those that are named), which npm brings.
`

/** Where npm has put the newest Node of a major version: the `node` package brings its binary. */
function fetchNode(major: string): string {
  const args = ['exec', '--yes', `--package=node@${major}`, '--', 'node', '--print', 'process.execPath']
  return execFileSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  }).trim()
}

/** Runs the tests of the package in `folder` with the Node at `node`, without measuring coverage. */
function testOn(node: string, version: string, folder: string, name: string): CheckResult {
  const reports = makeFolder('nodes')
  const file = join(reports, 'report.json')
  const startedAt = performance.now()
  const { status } = spawnSync(
    node,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    {
      cwd: join(root, folder),
      stdio: ['ignore', process.stderr, process.stderr],
      env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
    },
  )
  const report: TestReport | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
  rmSync(reports, { recursive: true })
  const title = `Node ${version}: ${name}`
  const seconds = (performance.now() - startedAt) / 1000
  return { name: title, ...countCases(title, status === 0, report), seconds, cached: false }
}

function main(args: readonly string[]): number {
  if (args.includes('--help')) {
    process.stdout.write(usage)
    return 0
  }
  const unknown = args.find((major) => !supported.includes(major))
  if (unknown !== undefined) {
    process.stderr.write(`test:nodes: ${unknown} is none of ${supported.join(', ')}\n${usage}`)
    return 2
  }
  if (runTurbo(['build', '--output-logs=errors-only']).status !== 0) return 1
  const tested = workspacePackages.filter(({ manifest }) => manifest.scripts?.test !== undefined)
  const results = (args.length > 0 ? args : supported).flatMap((major) => {
    const node = fetchNode(major)
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
    return tested.map(({ folder, manifest }) => testOn(node, version, folder, manifest.name))
  })
  process.stdout.write(`\n${describeRun(results)}`)
  return results.every(({ failed }) => failed.length === 0) ? 0 : 1
}

process.exitCode = main(process.argv.slice(2))
