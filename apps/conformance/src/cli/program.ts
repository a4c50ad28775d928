/** The command line: its commands, what they take, and which code the program ends with. */
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { Command, CommanderError, Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { allCases } from '../catalogue.ts'
import type { PeerRole } from '../record.ts'
import { compareReports, formatDifferences } from '../report/compare.ts'
import { loadReport } from '../report/load.ts'
import { readConfiguration } from './configuration.ts'
import { EXIT_FAILING, EXIT_INCOMPLETE, EXIT_OK, toLine, UsageError } from './failure.ts'
import { formatCase, formatList, toJson } from './inspect.ts'
import {
  type Header,
  MAX_PORT,
  parseHeader,
  parsePatterns,
  parseShard,
  type SelectionOptions,
  wholeNumber,
} from './options.ts'
import type { Screen } from './progress.ts'
import { rewriteReport } from './rewrite.ts'
import { type RunOptions, runTargets } from './run.ts'
import { chooseCases, findCaseById } from './selection.ts'
import { serveClients } from './serve.ts'

/** What the program works with. */
export interface Surroundings {
  readonly screen: Screen
  readonly directory: string
  /** Aborted when the user wants the run to end. */
  readonly signal: AbortSignal
  /** Takes what goes to the standard error: one line. */
  readonly complain: (text: string) => void
}

/** Runs one command line, without the program's own name; answers the exit code. Never rejects. */
export async function execute(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let code = EXIT_OK
  const program = makeProgram(surroundings, (end) => {
    code = end
  })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    // Commander has said what is wrong, or has shown its help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_INCOMPLETE
    surroundings.complain(`hybi-conformance: ${toLine(error)}\n`)
    return EXIT_INCOMPLETE
  }
  return code
}

interface RunFlags extends RunOptions {
  readonly url?: string
  readonly agent?: string
  readonly config?: string
  readonly start?: string
}

interface ServeFlags extends SelectionOptions {
  readonly host: string
  readonly port: number
  readonly tlsPort?: number
  readonly cert?: string
  readonly key?: string
  readonly start?: string
  readonly once?: boolean
}

interface ListFlags {
  readonly cases?: readonly string[]
  readonly exclude?: readonly string[]
  readonly role?: PeerRole
  readonly json?: boolean
}

/** Options that choose cases and say where the report goes. */
const withSelection = (command: Command): Command =>
  command
    .option('--cases <patterns>', "only these, in Autobahn's form: 1.*,12.1.1", parsePatterns)
    .option('--exclude <patterns>', 'all but these', parsePatterns)
    .option('--shard <part>', 'one part of the cases: 1/4 to 4/4', parseShard)
    .addOption(
      new Option('--profile <profile>', 'quick sends fewer messages in 12 and 13')
        .choices(['full', 'quick'])
        .default('full'),
    )
    .option('--strict', 'NON-STRICT, UNIMPLEMENTED and own SHOULD cases fail, too')
    .option('--baseline <file>', 'exactly these verdicts are expected (JSON: pattern -> verdict)')
    .option('--out <dir>', 'where the report goes', 'reports/conformance')

const EXIT_CODES = `
Exit codes: 0 nothing failed, 1 at least one failing verdict, 2 could not run or was not complete.`

const RUN_EXAMPLES = `
The server has to echo: text as text, binary as binary. Certificates are not verified unless --verify-tls is given.

Examples:
  hybi-conformance run --url ws://127.0.0.1:9001 --agent my-server
  hybi-conformance run --url wss://127.0.0.1:9002 --start 'node server.js' --profile quick
  hybi-conformance run --url ws://127.0.0.1:9001 --cases '6.*,7.*' --exclude '6.4.*'
${EXIT_CODES}`

const SERVE_EXAMPLES = `
The client asks /getCaseCount how many cases there are, echoes on /runCase?case=N&agent=NAME for each, and ends with
/updateReports?agent=NAME.

Examples:
  hybi-conformance serve --port 9003
  hybi-conformance serve --start 'node my-client.js'
${EXIT_CODES}`

const EXAMPLES = `
Examples:
  hybi-conformance run --url ws://127.0.0.1:9001 --agent my-server      tests the server there
  hybi-conformance serve --port 9003                                    tests clients that come
  hybi-conformance explain 6.4.1                                        says what a case is about
${EXIT_CODES}`

function makeProgram(
  { screen, directory, signal, complain }: Surroundings,
  exit: (code: number) => void,
): Command {
  const program = new Command('hybi-conformance')
    .description('Proves any WebSocket server or client right.')
    .version(packageJson.version)
    .addHelpText('after', EXAMPLES)
    .configureOutput({
      writeOut: (text) => screen.write(text),
      writeErr: complain,
      outputError: (text, write) => write(text.replace(/^error: /, 'hybi-conformance: ')),
    })
    .exitOverride()

  const run = program
    .command('run')
    .description('test a server, or the targets of a configuration file')
    .option('--url <url>', 'ws:// or wss:// URL of the server under test')
    .option('--agent <name>', 'its name in the report (default: the URL)')
    .option('--config <file>', 'configuration file (default: hybi-conformance.config.json, .ts, .mjs or .js)')
    .option('--start <command>', 'launches the server, waits until it accepts, stops it')
    .option(
      '--header <line>',
      'a line of every request, "Name: value"; may be given again',
      (text, earlier?: readonly Header[]) => parseHeader(text, earlier),
    )
    .option('--verify-tls', 'refuse certificates that cannot be verified')
    .option('--concurrency <n>', 'cases at a time', wholeNumber(1, 1000))
    .option('--repeat <n>', 'run every case so many times; the worst verdict counts', wholeNumber(1, 1000), 1)
    .option('--bail', 'end at the first failing case')
  withSelection(run)
    .addHelpText('after', RUN_EXAMPLES)
    .action(async ({ url, agent, config, start, ...options }: RunFlags, command: Command) => {
      if (url !== undefined) {
        if (config !== undefined) throw new UsageError('give --url or --config, not both')
        const target = {
          url,
          ...(agent === undefined ? {} : { agent }),
          ...(start === undefined ? {} : { start }),
        }
        exit(await runTargets([target], options, screen, signal))
        return
      }
      if (agent !== undefined || start !== undefined) {
        throw new UsageError('--agent and --start belong to --url; a configuration file names them itself')
      }
      const { targets, ...shared } = await readConfiguration(config, directory)
      // The command line overrules the file.
      const own = Object.entries(shared).filter(([name]) => command.getOptionValueSource(name) !== 'cli')
      exit(await runTargets(targets, { ...options, ...Object.fromEntries(own) }, screen, signal))
    })

  const serve = program
    .command('serve')
    .description("test clients, by Autobahn's driver protocol")
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port for ws://; 0 picks a free one', wholeNumber(0, MAX_PORT), 9003)
    .option('--tls-port <n>', 'port for wss://; 0 picks a free one', wholeNumber(0, MAX_PORT))
    .option('--cert <file>', 'certificate for wss://, PEM (without it one is made)')
    .option('--key <file>', 'its private key, PEM')
    .option('--start <command>', 'launches the client; the URL is in $HYBI_CONFORMANCE_URL')
    .option('--once', 'end after the report of one client')
  withSelection(serve)
    .addHelpText('after', SERVE_EXAMPLES)
    .action(async ({ cert, key, ...options }: ServeFlags) => {
      if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key go together')
      const tls = cert === undefined || key === undefined ? {} : { tls: await readPair(cert, key) }
      exit(await serveClients({ ...options, ...tls }, screen, signal))
    })

  program
    .command('list')
    .description('list the cases')
    .option('--cases <patterns>', 'only these', parsePatterns)
    .option('--exclude <patterns>', 'all but these', parsePatterns)
    .addOption(new Option('--role <role>', 'what is tested').choices(['server', 'client']))
    .option('--json', 'for machines')
    .action(({ role, json, ...options }: ListFlags) => {
      const chosen =
        role === undefined
          ? allCases.filter((one) =>
              ['server', 'client'].some((each) =>
                tests(options, each === 'server' ? 'server' : 'client').has(one.id),
              ),
            )
          : chooseCases(options, role)
      screen.write(json === true ? `${JSON.stringify(chosen.map(toJson), null, 2)}\n` : formatList(chosen))
      exit(EXIT_OK)
    })

  program
    .command('explain')
    .description('say what a case does and why')
    .argument('<id>', 'such as 6.4.1')
    .option('--json', 'for machines')
    .action((id: string, { json }: { json?: boolean }) => {
      const one = findCaseById(id)
      screen.write(json === true ? `${JSON.stringify(toJson(one), null, 2)}\n` : formatCase(one))
      exit(EXIT_OK)
    })

  program
    .command('report')
    .description('write the pages and tables of a report anew')
    .argument('<dirs...>', "a report's directory, Autobahn's own too; several are joined (shards, agents)")
    .option('--out <dir>', 'where the report goes (default: where it is; needed to join)')
    .option('--strict', 'count as --strict of run does')
    .action(async (dirs: readonly string[], { out, strict }: { out?: string; strict?: boolean }) => {
      const place = await rewriteReport(dirs, out, strict ?? false)
      screen.write(`report: ${place}/index.html\n`)
      exit(EXIT_OK)
    })

  program
    .command('compare')
    .description('compare two reports: exit code 1 when a case got worse')
    .argument('<before>', "a report's directory or its index.json")
    .argument('<after>', 'likewise')
    .action(async (before: string, after: string) => {
      const differences = compareReports(
        await loadReport(before, allCases),
        await loadReport(after, allCases),
      )
      const { text, regressions } = formatDifferences(differences)
      screen.write(text)
      exit(regressions > 0 ? EXIT_FAILING : EXIT_OK)
    })

  return program
}

const tests = (options: Omit<ListFlags, 'role' | 'json'>, role: PeerRole): ReadonlySet<string> => {
  try {
    return new Set(chooseCases(options, role).map(({ id }) => id))
  } catch (error) {
    // The choice may be about the other role alone; that it means nothing at all is found there.
    if (error instanceof UsageError && error.message.includes('is left')) return new Set()
    throw error
  }
}

async function readPair(cert: string, key: string): Promise<{ cert: string; key: string }> {
  try {
    const [certText, keyText] = await Promise.all([readFile(cert, 'utf8'), readFile(key, 'utf8')])
    createSecureContext({ cert: certText, key: keyText })
    return { cert: certText, key: keyText }
  } catch (error) {
    const reason = error instanceof Error && 'reason' in error ? String(error.reason) : toLine(error)
    throw new UsageError(`cannot use the certificate ${cert} with the key ${key}: ${reason}`)
  }
}
