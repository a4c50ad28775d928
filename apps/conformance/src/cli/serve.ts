/** `hybi-conformance serve`: clients under test come, by Autobahn's driver protocol. */
import packageJson from '../../package.json' with { type: 'json' }
import type { Case } from '../cases/case.ts'
import { allCases } from '../catalogue.ts'
import { formatCases } from '../report/summary.ts'
import { toLogName } from '../report/text.ts'
import { ReportWriter } from '../report/writer.ts'
import type { FuzzingServer, RunOutcome } from '../runner.ts'
import { serveFuzzingServer } from '../serve.ts'
import { conclude } from './conclude.ts'
import { Endpoint } from './endpoint.ts'
import { EXIT_INCOMPLETE, EXIT_OK } from './failure.ts'
import type { SelectionOptions } from './options.ts'
import { Progress, type Screen } from './progress.ts'
import { chooseCases } from './selection.ts'
import { judgeRun, readExpectation, worstExitCode } from './verdict.ts'

export interface ServeOptions extends SelectionOptions {
  readonly host: string
  readonly port: number
  readonly tlsPort?: number
  /** PEM files' contents; without them a certificate is made. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Command of the client under test; the URL is in HYBI_CONFORMANCE_URL, and the wss one in HYBI_CONFORMANCE_TLS_URL. */
  readonly start?: string
  /** Ends after the report of one agent. */
  readonly once?: boolean
}

const HOW_TO_COME =
  'a client asks /getCaseCount, echoes on /runCase?case=1&agent=NAME and so on, and ends with /updateReports?agent=NAME\n'

/** A client that asks for its report with cases left has not run them all. */
function endOf(
  writer: ReportWriter,
  agent: string,
  cases: readonly Case[],
): Pick<RunOutcome, 'ending' | 'reason'> {
  const results = writer.report.get(agent)?.results
  const missing = cases.filter(({ id }) => results?.has(id) !== true)
  if (missing.length === 0) return { ending: 'completed', reason: '' }
  const reason = `the client asked for its report with ${missing.length} of ${cases.length} cases left, the first is ${missing[0]?.id}`
  return { ending: 'died', reason }
}

/** Serves until it is told to end; answers the exit code. */
export async function serveClients(
  options: ServeOptions,
  screen: Screen,
  signal: AbortSignal,
): Promise<number> {
  const strict = options.strict ?? false
  const cases = chooseCases(options, 'client')
  // Mistakes in the file are found before anybody comes.
  await readExpectation(options.baseline, '', allCases).catch((error: unknown) => {
    if (!/lists several agents/.test(String(error))) throw error
  })
  const writer = await ReportWriter.open(options.out, allCases, { strict })
  const progress = new Map<string, Progress>()
  /** Exit code of each agent whose run is over. */
  const codes = new Map<string, number>()
  let failure: unknown = null
  let finish = (): void => undefined
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  let server: FuzzingServer | null = null

  const begin = async (agent: string): Promise<void> => {
    if (progress.has(agent)) return
    progress.set(agent, new Progress(screen, cases, strict))
    screen.write(`${toLogName(agent)}: ${formatCases(cases.length)}\n`)
    await writer.begin({
      agent,
      role: 'client',
      target: server?.urls.join(' ') ?? null,
      profile: options.profile ?? 'full',
      selected: cases.length,
      started: new Date().toISOString(),
      version: packageJson.version,
    })
  }
  const judge = async (agent: string): Promise<void> => {
    const run = writer.report.get(agent)
    if (run === undefined) return
    const { exitCode, lines } = judgeRun(
      run,
      await readExpectation(options.baseline, agent, allCases),
      strict,
    )
    for (const line of lines) screen.write(`${line}\n`)
    codes.set(agent, exitCode)
  }
  /** A report that cannot be written ends the run. */
  const guard = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      failure ??= error
      finish()
    }
  }

  server = await serveFuzzingServer(
    {
      host: options.host,
      port: options.port,
      cases,
      ...(options.tlsPort === undefined ? {} : { tlsPort: options.tlsPort }),
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      ...(options.profile === undefined ? {} : { profile: options.profile }),
    },
    {
      onStart: (agent) => guard(() => begin(agent)),
      onRecord: (record) =>
        guard(async () => {
          progress.get(record.agent)?.record(record)
          await writer.add(record)
        }),
      onUpdateReports: (agent) =>
        guard(async () => {
          await begin(agent)
          progress.get(agent)?.end()
          progress.delete(agent)
          await writer.end(agent, { ...endOf(writer, agent, cases), ended: new Date().toISOString() })
          await judge(agent)
          if (options.once === true || options.start !== undefined) finish()
        }),
    },
  )
  for (const url of server.urls) screen.write(`listening ${url}\n`)
  if (options.start === undefined) screen.write(HOW_TO_COME)
  const [url = '', tlsUrl = ''] = server.urls
  const client =
    options.start === undefined
      ? null
      : new Endpoint(options.start, { HYBI_CONFORMANCE_URL: url, HYBI_CONFORMANCE_TLS_URL: tlsUrl })
  void client?.exited.then(finish)
  signal.addEventListener('abort', finish)
  if (signal.aborted) finish()
  await finished
  await server.close()
  await client?.stop()
  if (failure !== null) throw failure

  for (const agent of progress.keys()) {
    const reason = 'the client left without asking for its report'
    await writer.end(agent, { ending: 'died', reason, ended: new Date().toISOString() })
    await judge(agent)
  }
  if (codes.size > 0) {
    await conclude(writer, new Set(codes.keys()), strict, screen)
    return worstExitCode([...codes.values()])
  }
  screen.write(client === null ? 'no client came\n' : `no client came: ${client.describeEnd()}\n`)
  return options.once === true || options.start !== undefined ? EXIT_INCOMPLETE : EXIT_OK
}
