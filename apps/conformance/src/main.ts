#!/usr/bin/env node
/** `hybi-conformance`: exit code 0 nothing failed, 1 something did, 2 could not run or was not complete. */
import { EXIT_INCOMPLETE } from './cli/failure.ts'
import { execute } from './cli/program.ts'

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second signal ends at once; what was written stays.
    if (interruption.signal.aborted) process.exit(EXIT_INCOMPLETE)
    interruption.abort()
  })
}

// `hybi-conformance list | head`: nobody reads on, and that is no error.
process.stdout.on('error', () => undefined)

const code = await execute(process.argv.slice(2), {
  screen: {
    write: (text) => process.stdout.write(text),
    isTTY: process.stdout.isTTY === true && process.env.CI === undefined,
    columns: process.stdout.columns ?? 80,
  },
  directory: process.cwd(),
  signal: interruption.signal,
  complain: (text) => process.stderr.write(text),
})
// What was written goes out first: a pipe takes it in pieces.
await new Promise((resolve) => process.stdout.write('', resolve))
// An agent that keeps a socket open does not keep the program.
process.exit(code)
