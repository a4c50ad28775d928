/** `npm run bench`: measures the scenarios interleaved and writes Markdown, JSON and a chart. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { generate } from 'selfsigned'
import { prepareUws } from './peers.ts'
import { type Circumstances, judge, toMarkdown, toSvg } from './report.ts'
import { runAll } from './run.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import { type Contestant, contestants } from './servers/table.ts'
import { summarize } from './summary.ts'

interface Flags {
  readonly server: readonly string[]
  readonly rounds: number
  readonly seconds: number
  readonly warmUp: number
  readonly out: string
  readonly strict: boolean
}

const positive = (text: string): number => {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError(`${text} is not a positive number`)
  return value
}

/** The entries that were named, or all of them; a name nobody has ends the program. */
function pick<Entry extends { readonly name: string }>(
  kind: string,
  all: readonly Entry[],
  names: readonly string[],
): readonly Entry[] {
  for (const name of names) {
    if (!all.some((entry) => entry.name === name)) {
      throw new InvalidArgumentError(
        `no ${kind} is called ${name}; there are ${all.map((e) => e.name).join(', ')}`,
      )
    }
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name))
}

const versionOf = (name: string): string => createRequire(import.meta.url)(`${name}/package.json`).version

const circumstances = (flags: Flags): Circumstances => ({
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
  node: process.versions.node,
  versions: {
    ...Object.fromEntries(
      ['ws', 'bufferutil', 'websocket', 'faye-websocket'].map((name) => [name, versionOf(name)]),
    ),
    uwebsockets: '3.0.6',
  },
  command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim(),
  rounds: flags.rounds,
})

async function bench(names: readonly string[], flags: Flags): Promise<void> {
  const chosen: readonly Scenario[] = pick('scenario', scenarios, names)
  let servers: readonly Contestant[] = pick('server', contestants, flags.server)
  if (servers.some(({ name }) => name === 'uws') && !prepareUws()) {
    process.stderr.write('uws: its binary does not load here; left out\n')
    servers = servers.filter(({ name }) => name !== 'uws')
  }
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
  })
  const durations = { warmUpMs: flags.warmUp * 1000, measureMs: flags.seconds * 1000 }
  const measurements = await runAll(chosen, servers, {
    rounds: flags.rounds,
    durations,
    certificate: { cert, key },
    onMeasurement: ({ round, scenario, server, sample, error }) => {
      const cost =
        sample === null
          ? `failed: ${error}`
          : sample.bytesPerConnection === null
            ? `${sample.cpuUsPerMessage.toFixed(2)} µs/message, ${sample.messagesPerSecond.toFixed(0)} messages/s, load ${(sample.loadShare * 100).toFixed(0)} %`
            : `${(sample.bytesPerConnection / 1024).toFixed(1)} KiB/connection`
      process.stderr.write(`${round + 1}/${flags.rounds} ${scenario} ${server}: ${cost}\n`)
    },
  })
  const figures = summarize(measurements, 'ws')
  const where = circumstances(flags)
  const markdown = toMarkdown(
    chosen,
    servers.map(({ name }) => name),
    figures,
    where,
  )
  mkdirSync(flags.out, { recursive: true })
  writeFileSync(
    join(flags.out, 'bench.json'),
    `${JSON.stringify({ ...where, figures, measurements }, null, 2)}\n`,
  )
  writeFileSync(join(flags.out, 'bench.md'), markdown)
  writeFileSync(join(flags.out, 'bench.svg'), toSvg(chosen, figures, where))
  process.stdout.write(`${markdown}\nwritten to ${flags.out}\n`)
  const missed = chosen.filter(({ name }) => judge(figures, name) === 'missed').map(({ name }) => name)
  const failed = measurements.filter(({ error }) => error !== null)
  if (failed.length > 0) process.exitCode = 1
  if (flags.strict && missed.length > 0) {
    process.stderr.write(`below what must be reached: ${missed.join(', ')}\n`)
    process.exitCode = 1
  }
}

const root = resolve(import.meta.dirname, '../../..')

await new Command('bench')
  .description('measure the servers against each other, interleaved, every echo compared')
  .argument('[scenarios...]', `any of ${scenarios.map(({ name }) => name).join(' ')}`)
  .option('--server <names...>', `any of ${contestants.map(({ name }) => name).join(' ')}`, [])
  .option('--rounds <n>', 'rounds; the median is reported', positive, 3)
  .option('--seconds <s>', 'measured stretch of each', positive, 1.5)
  .option('--warm-up <s>', 'stretch before it', positive, 1)
  .option('--out <dir>', 'where results are written', join(root, 'reports/bench'))
  .option('--strict', 'exit with 1 when a must is missed', false)
  .action(bench)
  .parseAsync()
