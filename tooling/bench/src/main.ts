/** `npm run bench`: measures in turns, writes Markdown, JSON and a chart, and says what is reached of what was promised. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { generate } from 'selfsigned'
import { toSvg } from './chart.ts'
import { circumstancesOf } from './circumstances.ts'
import { type Contest, contestOf } from './contests.ts'
import { putBriefInto, putInto } from './docs.ts'
import { LoadGenerators } from './load-generators.ts'
import { prepareUws } from './peers.ts'
import { selfTimes } from './profile.ts'
import { type Report, toMarkdown } from './report.ts'
import { builtServers, type Certificate } from './rigs/server-process.ts'
import { ServerRig } from './rigs/server-rig.ts'
import { type Measurement, runAll } from './run.ts'
import { scenarios } from './scenarios.ts'
import { contestantOf, contestants, splitName } from './servers/table.ts'
import { summarize } from './summary.ts'
import { judgeAll } from './verdict.ts'

interface Flags {
  readonly server: readonly string[]
  readonly passes: number
  readonly rounds: number
  readonly seconds: number
  readonly patience: number
  readonly settle: number
  readonly warmUp: number
  readonly out: string
}

const root = resolve(import.meta.dirname, '../../..')
const serverNames = contestants.map(({ name }) => name)
const scenarioNames = scenarios.map(({ name }) => name)

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError(`${text} is not a positive number`)
  return value
}

function notNegative(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError(`${text} is no number from 0 up`)
  return value
}

function positiveInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError(`${text} is no whole number above 0`)
  return value
}

/** Ends the program for a name that nobody has. */
function requireKnown(kind: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    program.error(`no ${kind} is called ${unknown}; there are ${known.join(', ')}`, { exitCode: 2 })
}

/** Ends the program for a server of a checkout in which there is none. */
function requireCheckouts(servers: readonly string[]): void {
  for (const server of servers) {
    const checkout = contestantOf(server)?.checkout
    if (checkout !== undefined && !existsSync(join(checkout, builtServers)))
      program.error(`${server}: ${checkout} is no checkout in which the servers are built (npm run build)`, {
        exitCode: 2,
      })
  }
}

/** The contests that were asked for, without servers that do not run here. */
function chooseContests(names: readonly string[], servers: readonly string[]): Contest[] {
  requireKnown('scenario', names, scenarioNames)
  requireKnown(
    'server',
    servers.map((server) => splitName(server)[0]),
    serverNames,
  )
  requireCheckouts(servers)
  let wanted =
    servers.length === 0 ? contestants.filter(({ optional }) => !optional).map(({ name }) => name) : servers
  if (wanted.includes('uws') && !prepareUws()) {
    process.stderr.write('uws: its binary does not load here; left out\n')
    wanted = wanted.filter((name) => name !== 'uws')
  }
  const contests = scenarios
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .flatMap((scenario) => contestOf(scenario, wanted) ?? [])
  if (contests.length === 0) program.error('none of these servers takes part in that', { exitCode: 2 })
  return contests
}

async function makeCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
  })
  return { cert, key }
}

function describe({ round, scenario, entrant, sample, error }: Measurement): string {
  const place = `${round + 1} ${scenario} ${entrant}:`
  if (sample === null) return `${place} failed: ${error}\n`
  if (sample.bytesPerConnection !== null)
    return `${place} ${(sample.bytesPerConnection / 1024).toFixed(1)} KiB/connection\n`
  const cost = sample.cpuUsPerMessage === null ? '' : `${sample.cpuUsPerMessage.toFixed(2)} µs/message, `
  const alone = sample.quietShare === null ? '' : `, alone ${(sample.quietShare * 100).toFixed(0)} %`
  return `${place} ${cost}${sample.messagesPerSecond.toFixed(0)} messages/s, load ${(sample.loadShare * 100).toFixed(0)} %${alone}\n`
}

async function bench(names: readonly string[], flags: Flags): Promise<void> {
  const contests = chooseContests(names, flags.server)
  const { passes, rounds, seconds, patience, settle, warmUp, out } = flags
  const entrants = new Set(contests.flatMap((contest) => contest.entrants.map(({ name }) => name)))
  const circumstances = circumstancesOf(`median of ${passes} × ${rounds} rounds of ${seconds} s`, entrants)
  const startedAt = performance.now()
  const measurements = await runAll(contests, {
    passes,
    rounds,
    measureMs: seconds * 1000,
    patienceMs: patience * 1000,
    settleMs: settle * 1000,
    warmUpMs: warmUp * 1000,
    certificate: await makeCertificate(),
    onMeasurement: (measurement) => process.stderr.write(describe(measurement)),
  })
  const report: Report = {
    circumstances,
    results: contests.map((contest) => summarize(contest, measurements)),
  }
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'bench.json'), `${JSON.stringify({ ...report, measurements }, null, 2)}\n`)
  writeFileSync(join(out, 'bench.md'), `${toMarkdown(report)}\n`)
  writeFileSync(join(out, 'bench.svg'), toSvg(report))
  const judgement = judgeAll(report.results)
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1)
  process.stdout.write(
    `${toMarkdown(report)}\n\nwritten to ${out} after ${minutes} minutes\n${judgement.line}\n`,
  )
  if (!judgement.clean) process.exitCode = 1
}

/** A profile of each server that was asked for (ours if none was) in each scenario, and the functions that use most. */
async function profile(
  names: readonly string[],
  flags: Pick<Flags, 'server' | 'seconds' | 'out'>,
): Promise<void> {
  const contests = chooseContests(names, flags.server.length === 0 ? ['hybi'] : flags.server)
  const certificate = await makeCertificate()
  mkdirSync(flags.out, { recursive: true })
  for (const { scenario, entrants } of contests) {
    for (const { name, start } of entrants) {
      const load = new LoadGenerators()
      const rig = await start({ certificate, load })
      try {
        if (!(rig instanceof ServerRig)) {
          process.stderr.write(
            `${scenario.name}: not profiled, as more than one server under load is compared\n`,
          )
          continue
        }
        await rig.measure({ settleMs: 0, measureMs: 1000, patienceMs: 0 })
        const file = join(flags.out, `${scenario.name}-${name}.cpuprofile`)
        const sample = await rig.profile(
          { settleMs: 200, measureMs: flags.seconds * 1000, patienceMs: 0 },
          file,
        )
        process.stdout.write(
          `${scenario.name} ${name}: ${sample.cpuUsPerMessage?.toFixed(2)} µs/message, ${file}\n`,
        )
        for (const { name: self, share } of selfTimes(JSON.parse(readFileSync(file, 'utf8'))).slice(0, 20))
          process.stdout.write(`${(share * 100).toFixed(1).padStart(6)} %  ${self}\n`)
      } finally {
        await Promise.all([load.end(), rig.end()])
      }
    }
  }
}

/** As long as a message of 1 MiB needs on a slow machine. */
const SMOKE_MS = 300

/** Whether everything can be measured, not how fast it is: each scenario of not too many connections, ours and `ws`, once. */
async function smoke(): Promise<void> {
  const contests = scenarios
    .filter(({ kind }) => kind !== 'memory' && kind !== 'scale')
    .flatMap((scenario) => contestOf(scenario, ['ws', 'hybi']) ?? [])
  const measurements = await runAll(contests, {
    passes: 1,
    rounds: 1,
    warmUpMs: 0,
    settleMs: 0,
    measureMs: SMOKE_MS,
    patienceMs: 0,
    certificate: await makeCertificate(),
    onMeasurement: (measurement) => process.stdout.write(describe(measurement)),
  })
  const failed = measurements.filter(({ error }) => error !== null).length
  process.stdout.write(`${measurements.length - failed} passed, ${failed} failed, 0 skipped\n`)
  if (failed > 0) process.exitCode = 1
}

/** Writes the figures of runs into the documentation; the chart and the READMEs show the first. */
function writeDocs(files: readonly string[]): void {
  const reports: Report[] = files.map((file) => JSON.parse(readFileSync(file, 'utf8')))
  rewrite('docs/performance.md', (page) => putInto(page, reports))
  const [first] = reports
  if (first === undefined) return
  for (const readme of ['README.md', 'packages/node/README.md'])
    rewrite(readme, (page) => putBriefInto(page, first))
  writeFileSync(join(root, 'docs/images/performance.svg'), toSvg(first))
}

function rewrite(name: string, change: (page: string) => string): void {
  const file = join(root, name)
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}

const program = new Command('bench')
  // What stands behind a command belongs to it, also where an option has the same name here.
  .enablePositionalOptions()
  .description('measure servers and clients against each other, in turns, every echo compared')
  .argument('[scenarios...]', `any of ${scenarioNames.join(' ')}`)
  .option(
    '--server <names...>',
    `any of ${serverNames.join(' ')}; hybi@<folder> is ours as built in another checkout`,
    [],
  )
  .option('--passes <n>', 'how often all processes are started afresh', positiveInteger, 2)
  .option('--rounds <n>', 'rounds of each pass; the median of all is reported', positiveInteger, 4)
  .option('--seconds <s>', 'measured stretch of each', positive, 0.7)
  .option('--patience <s>', 'how much longer, while somebody else is on the core', notNegative, 1.4)
  .option('--settle <s>', 'under load before each of these stretches', positive, 0.4)
  .option('--warm-up <s>', 'stretch before the first round', positive, 3)
  .option('--out <dir>', 'where results are written', join(root, 'reports/bench'))
  .addHelpText('after', '\nExits with 0 if every must is reached, with 1 if not, with 2 for wrong use.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(bench)

program
  .command('docs')
  .description(
    'write the figures of runs into docs/performance.md; those of the first into READMEs and the chart',
  )
  .argument('<files...>', 'bench.json of a run')
  .action(writeDocs)

program
  .command('smoke')
  .description('measure next to nothing of everything, to see whether it can be measured')
  .action(smoke)

program
  .command('profile')
  .description('write CPU profiles of servers under load')
  .argument('<scenarios...>', 'any of those above that load a server')
  .option('--server <names...>', 'whose', [])
  .option('--seconds <s>', 'how long', positive, 3)
  .option('--out <dir>', 'where profiles are written', join(root, 'reports/profiles'))
  .action(profile)

await program.parseAsync()
