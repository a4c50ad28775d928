// Makes a fresh clone ready to work with nothing but Node and npm: installs the pinned dependencies with the
// pnpm that package.json names, unless they are in place already. Runs before everything else, so it imports
// nothing that is not in Node.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What an installation depends on, as one line of text. */
export function describeInstallation(folder = root) {
  const hash = createHash('sha256')
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
    hash.update(readFileSync(join(folder, file)))
  }
  return `${hash.digest('hex')} ${process.platform} ${process.arch}\n`
}

/** True when the dependencies that stand in node_modules are those that the lockfile asks for. */
export function isInstalled(folder = root) {
  const stamp = join(folder, 'node_modules', '.hybi-setup')
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === describeInstallation(folder)
}

function install() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // From an empty folder, for npm prefers what the project has in node_modules, and that pnpm would delete itself.
  const elsewhere = mkdtempSync(join(tmpdir(), 'hybi-setup-'))
  const { npm_config_local_prefix: _, npm_execpath: npm, ...env } = process.env
  const command = ['exec', '--yes', '--', packageManager, '--dir', root, 'install', '--frozen-lockfile']
  // npm tells its scripts where it is; without that (or under pnpm) npm is looked up on the PATH.
  const [program, args, shell] = npm?.endsWith('npm-cli.js')
    ? [process.execPath, [npm, ...command], false]
    : ['npm', command, process.platform === 'win32']
  process.stderr.write(`installing dependencies with ${packageManager}\n`)
  const { status, error } = spawnSync(program, args, {
    cwd: elsewhere,
    env,
    shell,
    // stdout belongs to the command that comes after.
    stdio: ['ignore', process.stderr, process.stderr],
  })
  rmSync(elsewhere, { recursive: true })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
  writeFileSync(join(root, 'node_modules', '.hybi-setup'), describeInstallation())
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !isInstalled()) install()
