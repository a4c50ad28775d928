#!/usr/bin/env node
/** `hybi-conformance`: exit code 0 nothing failed, 1 something did, 2 could not run or was not complete. */
import { CommanderError } from 'commander'
import { EXIT_INCOMPLETE, toLine } from './cli/failure.ts'
import { makeProgram } from './cli/program.ts'

const interruption = new AbortController()
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second signal ends at once; what was written stays.
    if (interrupted) process.exit(EXIT_INCOMPLETE)
    interrupted = true
    interruption.abort()
  })
}

// `hybi-conformance list | head`: nobody reads on, and that is no error.
process.stdout.on('error', () => undefined)

const program = makeProgram({
  screen: {
    write: (text) => process.stdout.write(text),
    isTTY: process.stdout.isTTY === true && process.env.CI === undefined,
    columns: process.stdout.columns ?? 80,
  },
  directory: process.cwd(),
  signal: interruption.signal,
  exit: (code) => {
    process.exitCode = code
  },
})

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_INCOMPLETE
  else {
    process.stderr.write(`hybi-conformance: ${toLine(error)}\n`)
    process.exitCode = EXIT_INCOMPLETE
  }
}
// What was written goes out first: a pipe takes it in pieces.
await new Promise((resolve) => process.stdout.write('', resolve))
// An agent that keeps a socket open does not keep the program.
process.exit()
