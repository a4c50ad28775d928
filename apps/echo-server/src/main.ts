#!/usr/bin/env node
/** `hybi-echo`: reads the command line, serves until it is signalled, exits with 0, 1 (runtime error) or 2 (wrong use). */
import cluster from 'node:cluster'
import { CommanderError } from 'commander'
import { type Certificate, makeCertificate, readCertificate } from './certificate.ts'
import { commandLine, type EchoOptions } from './command-line.ts'
import { explain } from './explain.ts'
import { logRefusals } from './handlers.ts'
import { type Log, makeLog } from './log.ts'
import { type Serving, serve } from './serve.ts'
import { ignoreSignals, nextSignal } from './signals.ts'
import { type Assignment, serveByWorkers, workForPrimary } from './workers.ts'

const EXIT_ERROR = 1
const EXIT_USAGE = 2

const logFor = ({ logLevel, logFormat }: EchoOptions): Log =>
  makeLog(logLevel, logFormat, (line) => process.stderr.write(line))

const certificateFor = ({ cert, key, host }: EchoOptions): Promise<Certificate> =>
  cert !== undefined && key !== undefined ? readCertificate(cert, key) : makeCertificate(host)

/** Serves in this very process. */
async function serveHere({ options, certificate }: Assignment): Promise<Serving> {
  const log = logFor(options)
  logRefusals(log)
  return serve(options, certificate, log)
}

async function run(options: EchoOptions): Promise<void> {
  const signalled = nextSignal()
  const log = logFor(options)
  const assignment = { options, certificate: options.tls ? await certificateFor(options) : null }
  const serving = options.workers > 1 ? await serveByWorkers(assignment, log) : await serveHere(assignment)
  for (const url of serving.urls) process.stdout.write(`listening ${url}\n`)
  log.info('draining', { signal: await Promise.race([signalled, serving.broken]) })
  await serving.close()
}

async function start(): Promise<void> {
  if (cluster.isPrimary) {
    await commandLine(run).parseAsync()
    return
  }
  ignoreSignals()
  await workForPrimary(serveHere)
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
  process.stderr.write(`hybi-echo: ${explain(error)}\n`)
  return EXIT_ERROR
}

// Who reads the output may go before the server does; that is no reason to fall over.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

start().then(
  () => process.exit(0),
  (error: unknown) => process.exit(exitCodeOf(error)),
)
