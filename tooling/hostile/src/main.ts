/** `npm run hostile`: does everything hostile that has a name, and says what it came to. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { generate } from 'selfsigned'
import type { Behaviour, Scheme, Way } from './behaviour.ts'
import { clientBehaviours } from './behaviours/of-client.ts'
import { serverBehaviours } from './behaviours/of-server.ts'
import { type Finding, overOf } from './finding.ts'
import { replaceRows, toMarkdown, toPage } from './report.ts'
import { runAgainstClient } from './run-client.ts'
import { runAgainstServer } from './run-server.ts'

interface Flags {
  readonly role: 'server' | 'client' | 'both'
  readonly scheme: Scheme | 'both'
  readonly way: Way | 'both'
  readonly only: string | undefined
  readonly full: boolean
  readonly list: boolean
  readonly docs: boolean
  readonly out: string
}

const PAGE = resolve(import.meta.dirname, '../../../docs/security/hostile.md')

const schemesOf = (scheme: Flags['scheme']): readonly Scheme[] =>
  scheme === 'both' ? ['ws', 'wss'] : [scheme]

/** Behaviours whose id begins with one of the given words. */
function choose(behaviours: readonly Behaviour[], { only, full }: Flags): readonly Behaviour[] {
  const prefixes = only?.split(',')
  return behaviours.filter(
    (behaviour) =>
      (full || !behaviour.full) &&
      (prefixes === undefined || prefixes.some((prefix) => behaviour.id.startsWith(prefix))),
  )
}

const waysOf = (way: Flags['way']): readonly Way[] => (way === 'both' ? ['own', 'attached'] : [way])

function say({ role, behaviour, outcome, faults, elapsedMs, ...over }: Finding): void {
  const verdict = faults.length === 0 ? 'ok' : `FAILED: ${faults.join('; ')}`
  process.stdout.write(
    `${role} ${overOf(over)} ${behaviour.id}: ${outcome} (${elapsedMs.toFixed(0)} ms) ${verdict}\n`,
  )
}

/** The page anew; with `--only` the one that is there, with new rows for what ran. */
function pageOf(findings: readonly Finding[], { full, only }: Flags): string {
  if (only !== undefined) return replaceRows(readFileSync(PAGE, 'utf8'), findings)
  const date = new Date().toISOString().slice(0, 10)
  const command = `npm run hostile -- ${full ? '--full ' : ''}--docs`
  const machine = `${cpus().length} cores under a load of ${loadavg()[2].toFixed(0)}`
  return toPage(findings, { date, node: process.version, command, machine })
}

async function run(flags: Flags): Promise<void> {
  const forServer = flags.role === 'client' ? [] : choose(serverBehaviours, flags)
  const forClient = flags.role === 'server' ? [] : choose(clientBehaviours, flags)
  if (flags.list) {
    for (const { id, title } of [...forServer, ...forClient]) process.stdout.write(`${id}  ${title}\n`)
    return
  }
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
  })
  const schemes = schemesOf(flags.scheme)
  const findings = [
    ...(await runAgainstServer(forServer, schemes, waysOf(flags.way), { cert, key }, say)),
    ...(await runAgainstClient(forClient, schemes, { cert, key }, say)),
  ]
  mkdirSync(flags.out, { recursive: true })
  writeFileSync(join(flags.out, 'hostile.md'), toMarkdown(findings))
  if (flags.docs) writeFileSync(PAGE, pageOf(findings, flags))
  const failed = findings.filter(({ faults }) => faults.length > 0)
  process.stdout.write(`table written to ${join(flags.out, 'hostile.md')}\n`)
  for (const finding of failed) say(finding)
  process.stdout.write(`${findings.length - failed.length} passed, ${failed.length} failed, 0 skipped\n`)
  if (failed.length > 0 || findings.length === 0) process.exitCode = 1
}

await new Command('hostile')
  .description('named hostile behaviours against our server and our client')
  .addOption(
    new Option('--role <role>', 'whom to attack').choices(['server', 'client', 'both']).default('both'),
  )
  .addOption(new Option('--scheme <scheme>', 'over what').choices(['ws', 'wss', 'both']).default('both'))
  .addOption(
    new Option('--way <way>', 'into the server: its own listener, or attached to an HTTP server')
      .choices(['own', 'attached', 'both'])
      .default('both'),
  )
  .option('--only <prefixes>', 'behaviours whose id begins with one of these, separated by commas')
  .option('--full', 'also every timer at its default', false)
  .option('--docs', 'write the page of the documents, too; with --only, the rows of what ran', false)
  .option('--list', 'list the behaviours and end', false)
  .option(
    '--out <dir>',
    'where the table is written',
    resolve(import.meta.dirname, '../../../reports/hostile'),
  )
  .action(run)
  .parseAsync()
// A socket that a hostile behaviour left behind does not keep the program.
process.exit()
