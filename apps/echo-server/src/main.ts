#!/usr/bin/env node
/** `hybi-echo`: reads the command line, serves until it is signalled, exits with 0, 1 (runtime error) or 2 (wrong use). */
import cluster from 'node:cluster'
import { CommanderError } from 'commander'
import { makeCertificate, readCertificate } from './certificate.ts'
import { commandLine, type EchoOptions } from './command-line.ts'
import { explain } from './explain.ts'
import { type Log, makeLog } from './log.ts'
import { serve } from './serve.ts'
import { untilSignalled } from './signals.ts'
import { serveAsWorker, serveByWorkers } from './workers.ts'

const EXIT_ERROR = 1
const EXIT_USAGE = 2

const logFor = ({ logLevel, logFormat }: EchoOptions): Log =>
  makeLog(logLevel, logFormat, (line) => process.stderr.write(line))

async function run(options: EchoOptions): Promise<void> {
  const log = logFor(options)
  const certificate = options.tls ? await certificateFor(options) : null
  const serving =
    options.workers > 1
      ? await serveByWorkers({ options, certificate }, log)
      : await serve(options, certificate, log)
  const signalled = untilSignalled(() => serving.close(), log)
  for (const url of serving.urls) process.stdout.write(`listening ${url}\n`)
  process.exit(await signalled)
}

const certificateFor = ({ cert, key, host }: EchoOptions): Promise<{ cert: string; key: string }> =>
  cert !== undefined && key !== undefined ? readCertificate(cert, key) : makeCertificate(host)

async function runAsWorker(): Promise<void> {
  const quiet = makeLog('silent', 'text', () => undefined)
  const serving = await serveAsWorker(logFor)
  process.exit(await untilSignalled(() => serving.close(), quiet))
}

try {
  if (cluster.isWorker) await runAsWorker()
  else await commandLine(run).parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE)
  if (!cluster.isWorker) process.stderr.write(`hybi-echo: ${explain(error)}\n`)
  process.exit(EXIT_ERROR)
}
