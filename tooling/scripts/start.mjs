// `npm start`: builds the echo server and what it stands on, then becomes it: same arguments, same output,
// same signals, same exit code, one process.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, runTurbo } from './turbo.mjs'

/** A person cannot press Ctrl-C twice within this time. */
const ECHO_OF_A_SIGNAL_MS = 100

/**
 * On Ctrl-C the terminal signals npm and its script alike, and npm hands its own signal on to the script: one
 * key press, two signals a millisecond apart, and the second would end the server in the middle of its drain.
 */
function takeRepeatedSignalsAsOne() {
  const lastAt = new Map()
  const emit = process.emit
  process.emit = function (event, ...args) {
    if (event === 'SIGINT' || event === 'SIGTERM') {
      const now = performance.now()
      const elapsed = now - (lastAt.get(event) ?? Number.NEGATIVE_INFINITY)
      lastAt.set(event, now)
      if (elapsed < ECHO_OF_A_SIGNAL_MS) return true
    }
    return Reflect.apply(emit, this, [event, ...args])
  }
}

const build = runTurbo(['build', '--filter=@hybi/echo-server', '--output-logs=errors-only'], {
  stdio: 'pipe',
})
if (build.status === 0) {
  if (process.env.npm_execpath !== undefined) takeRepeatedSignalsAsOne()
  const main = join(root, 'apps', 'echo-server', 'dist', 'main.js')
  process.argv[1] = main
  await import(pathToFileURL(main).href)
} else {
  process.stderr.write(build.output)
  process.exitCode = 1
}
