/** `hybi-conformance run`: tests servers, one target after the other. */
import packageJson from '../../package.json' with { type: 'json' }
import type { Case } from '../cases/case.ts'
import { allCases } from '../catalogue.ts'
import { parseTarget } from '../connect.ts'
import { ReportError } from '../report/files.ts'
import { formatCases } from '../report/summary.ts'
import { toLogName } from '../report/text.ts'
import { isFailing } from '../report/verdict.ts'
import { ReportWriter } from '../report/writer.ts'
import { runClientRole } from '../run-client.ts'
import type { RunOutcome } from '../runner.ts'
import { conclude } from './conclude.ts'
import { checkFree, Endpoint } from './endpoint.ts'
import { EXIT_INCOMPLETE, toLine, UsageError } from './failure.ts'
import type { Header, SelectionOptions, TargetOptions } from './options.ts'
import { Progress, type Screen } from './progress.ts'
import { chooseCases } from './selection.ts'
import { type Expectation, judgeRun, readExpectation, worstExitCode } from './verdict.ts'

export interface RunOptions extends SelectionOptions {
  readonly concurrency?: number
  /** Every case so many times; the worst verdict counts. */
  readonly repeat: number
  /** Ends at the first failing case. */
  readonly bail?: boolean
  readonly header?: readonly Header[]
  readonly verifyTls?: boolean
}

interface Prepared {
  readonly target: TargetOptions
  readonly agent: string
  readonly cases: readonly Case[]
  readonly expectation: Expectation
}

/** Tests every target; answers the exit code. Throws a UsageError or a ReportError where nothing can be run. */
export async function runTargets(
  targets: readonly TargetOptions[],
  options: RunOptions,
  screen: Screen,
  signal: AbortSignal,
): Promise<number> {
  const prepared: Prepared[] = []
  for (const target of targets) {
    const one = await prepare(target, options)
    if (prepared.some(({ agent }) => agent === one.agent))
      throw new UsageError(`two targets are named "${one.agent}"`)
    prepared.push(one)
  }
  const writer = await ReportWriter.open(options.out, allCases, { strict: options.strict ?? false })
  const codes: number[] = []
  for (const one of prepared) codes.push(await runTarget(one, options, writer, screen, signal))
  const agents = new Set(prepared.map(({ agent }) => agent))
  await conclude(writer, agents, options.strict ?? false, screen)
  return worstExitCode(codes)
}

/** Finds every mistake of the user's before anything runs. */
async function prepare(target: TargetOptions, options: RunOptions): Promise<Prepared> {
  try {
    parseTarget(target.url)
  } catch (error) {
    throw new UsageError(toLine(error))
  }
  const agent = target.agent ?? target.url
  const own = {
    ...options,
    ...(target.cases === undefined ? {} : { cases: target.cases }),
    ...(target.exclude === undefined ? {} : { exclude: target.exclude }),
  }
  const cases = chooseCases(own, 'server')
  return {
    target,
    agent,
    cases,
    expectation: await readExpectation(target.baseline ?? options.baseline, agent, allCases),
  }
}

async function runTarget(
  { target, agent, cases, expectation }: Prepared,
  options: RunOptions,
  writer: ReportWriter,
  screen: Screen,
  signal: AbortSignal,
): Promise<number> {
  const { host, port } = parseTarget(target.url)
  if (target.start !== undefined) await checkFree(host, port)
  screen.write(`${toLogName(agent)}: ${formatCases(cases.length)} at ${target.url}\n`)
  const endpoint = target.start === undefined ? null : new Endpoint(target.start)
  try {
    await writer.begin({
      agent,
      role: 'server',
      target: target.url,
      profile: options.profile ?? 'full',
      selected: cases.length,
      started: new Date().toISOString(),
      version: packageJson.version,
    })
    await endpoint?.untilAccepting(host, port, signal)
    const { ending, reason } = await runAttempts(target, agent, cases, options, writer, screen, signal)
    const hasEnded = ending === 'died' && (await endpoint?.hasEnded())
    const end = hasEnded ? `${reason} (${endpoint?.describeEnd()})` : reason
    await writer.end(agent, { ending, reason: end, ended: new Date().toISOString() })
  } catch (error) {
    const ending = error instanceof ReportError ? 'aborted' : 'unreachable'
    const end = { ending, reason: toLine(error), ended: new Date().toISOString() } as const
    // Where even this cannot be written, the first error is the one to tell.
    await writer.end(agent, end).catch(() => undefined)
    tell(writer, agent, expectation, options, screen)
    throw error
  } finally {
    await endpoint?.stop()
  }
  return tell(writer, agent, expectation, options, screen)
}

/** Says what came of a run, as far as it came; answers its exit code. */
function tell(
  writer: ReportWriter,
  agent: string,
  expectation: Expectation,
  { strict = false }: RunOptions,
  screen: Screen,
): number {
  const run = writer.report.get(agent)
  if (run === undefined) return EXIT_INCOMPLETE
  const { exitCode, lines } = judgeRun(run, expectation, strict)
  for (const line of lines) screen.write(`${line}\n`)
  return exitCode
}

async function runAttempts(
  target: TargetOptions,
  agent: string,
  cases: readonly Case[],
  options: RunOptions,
  writer: ReportWriter,
  screen: Screen,
  signal: AbortSignal,
): Promise<Pick<RunOutcome, 'ending' | 'reason'>> {
  const { strict = false, concurrency, profile } = options
  const bail = new AbortController()
  for (let attempt = 1; attempt <= options.repeat; attempt++) {
    const progress = new Progress(screen, cases, strict)
    const outcome = await runClientRole(
      target.url,
      cases,
      {
        agent,
        headers: [...(options.header ?? []), ...(target.headers ?? [])],
        verifyTls: target.verifyTls ?? options.verifyTls ?? false,
        signal: AbortSignal.any([signal, bail.signal]),
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(profile === undefined ? {} : { profile }),
      },
      {
        onRecord: async (record) => {
          if (bail.signal.aborted) return
          progress.record(record)
          if (options.bail === true && isFailing(record, strict)) bail.abort()
          await writer.add(record, attempt)
        },
      },
    ).finally(() => progress.end())
    // What `--bail` leaves out was not to be run: the run is as complete as it was meant to be.
    if (bail.signal.aborted && !signal.aborted) return { ending: 'completed', reason: '' }
    if (outcome.ending !== 'completed') return outcome
  }
  return { ending: 'completed', reason: '' }
}
