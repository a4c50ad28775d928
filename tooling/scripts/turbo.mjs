// Runs turbo with the environment that it needs, whoever calls: the workspace's own pnpm on the PATH, no
// telemetry, no update notices, no daemon left behind.
import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs `turbo run …` at the root and returns its exit code and, unless they are inherited, its output. */
export function runTurbo(args, { stdio = 'inherit', env = {} } = {}) {
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'turbo', 'bin', 'turbo'), 'run', ...args],
    {
      cwd: root,
      stdio,
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
      env: {
        ...process.env,
        PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
        DO_NOT_TRACK: '1',
        TURBO_TELEMETRY_DISABLED: '1',
        TURBO_NO_UPDATE_NOTIFIER: '1',
        // Part of every task's hash (turbo.json, globalEnv): what passed on one Node is not taken for granted on another.
        HYBI_NODE_VERSION: process.version,
        ...env,
      },
    },
  )
  if (error) throw error
  return { status: status ?? 1, output: `${stdout ?? ''}${stderr ?? ''}` }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = runTurbo(process.argv.slice(2)).status
