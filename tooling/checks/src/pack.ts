/** What would be published: the packed tarballs, and a project of a stranger's that installs them. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Manifest, publishedPackages, readManifest, root } from './workspace.ts'

export interface Tarball {
  readonly name: string
  /** Absolute path of the .tgz. */
  readonly path: string
  /** Paths inside the package, with forward slashes, sorted. */
  readonly files: readonly string[]
}

/** A new folder under the system's temporary folder; the caller removes it. */
export const makeFolder = (purpose: string): string =>
  realpathSync(mkdtempSync(join(tmpdir(), `hybi-${purpose}-`)))

/** Packs every published package (its `dist` has to be there) into `destination`. */
export function packAll(destination: string, workspace = root): readonly Tarball[] {
  const json = execFileSync(
    process.execPath,
    [
      join(root, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs'),
      '--recursive',
      '--filter=./packages/*',
      '--filter=./apps/*',
      'pack',
      '--json',
      `--pack-destination=${destination}`,
    ],
    { cwd: workspace, encoding: 'utf8' },
  )
  const packed: readonly { name: string; filename: string }[] = JSON.parse(json)
  return packed
    .map(({ name, filename }) => ({ name, path: filename, files: listFiles(filename) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What the tarball itself says that it holds; pnpm's report leaves out the LICENSE that it takes from the root. */
const listFiles = (tarball: string): readonly string[] =>
  execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^package\//, ''))
    .sort()

/** The manifest inside a tarball, which is not the one in the workspace: publishConfig and versions are applied. */
export function readPackedManifest({ path }: Tarball): Manifest {
  return JSON.parse(execFileSync('tar', ['-xzOf', path, 'package/package.json'], { encoding: 'utf8' }))
}

/** The folder of dependency `name` as Node would find it from `folder`. */
function locate(name: string, folder: string): string {
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    const path = join(at, 'node_modules', name)
    if (existsSync(path)) return realpathSync(path)
    if (at === dirname(at)) throw new Error(`${name} is not installed for ${folder}`)
  }
}

/** Everything from outside the workspace that the published packages (and `more`) need, and where it lies here. */
function findExternals(more: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const add = (names: readonly string[], folder: string): void => {
    for (const name of names) {
      if (name.startsWith('@hybi/') || found.has(name)) continue
      const path = locate(name, folder)
      found.set(name, path)
      add(Object.keys(readManifest(path).dependencies ?? {}), path)
    }
  }
  for (const { folder, manifest } of publishedPackages) {
    add(Object.keys(manifest.dependencies ?? {}), join(root, folder))
  }
  add(more, root)
  return found
}

/** Packs the folder of an installed package as it lies there, and returns the tarball's path. */
function packFolder(folder: string, destination: string): string {
  const path = `${destination}.tgz`
  cpSync(folder, join(destination, 'package'), { recursive: true })
  execFileSync('tar', ['-czf', path, '-C', destination, 'package'])
  return path
}

/**
 * Installs tarballs with npm into the new project `folder`, without the network: dependencies from outside the
 * workspace, and the packages `more`, are packed from where this workspace has them.
 */
export function installInto(
  folder: string,
  tarballs: readonly Tarball[],
  more: readonly string[] = [],
): void {
  mkdirSync(folder, { recursive: true })
  const external = makeFolder('external')
  const externals = [...findExternals(more)].map(([name, path], i) => [
    name,
    packFolder(path, join(external, `${i}`)),
  ])
  const packed = tarballs.map(({ name, path }) => [name, path])
  const dependencies = Object.fromEntries(
    [...packed, ...externals].map(([name, path]) => [name, `file:${path}`]),
  )
  // One version of each has to do: only one is copied.
  const overrides = Object.fromEntries(externals.map(([name]) => [name, `$${name}`]))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }))
  execFileSync('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    // Settings that the surrounding npm or pnpm hands down are not those of a stranger's project.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name))),
  })
  rmSync(external, { recursive: true })
}
