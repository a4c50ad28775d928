// `npm start`: builds the echo server and what it stands on, then becomes it: same arguments, same output,
// same signals, same exit code, one process.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, runTurbo } from './turbo.mjs'

const build = runTurbo(['build', '--filter=@hybi/echo-server...', '--output-logs=errors-only'], {
  stdio: 'pipe',
  env: { HYBI_BUILD_TYPES: 'false' },
})
if (build.status === 0) {
  const main = join(root, 'apps', 'echo-server', 'dist', 'main.js')
  process.argv[1] = main
  await import(pathToFileURL(main).href)
} else {
  process.stderr.write(build.output)
  process.exitCode = 1
}
