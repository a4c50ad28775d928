/**
 * `pnpm release:dry`: what a release of the workspace as it stands would publish. The versions and changelogs are
 * made in a copy; nothing here changes and nothing leaves the machine.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { runTurbo } from '../../scripts/turbo.mjs'
import { makeFolder, packAll, readPackedManifest } from './pack.ts'
import { publishedPackages, root, workspacePackages } from './workspace.ts'

/** Copies what git knows of the workspace, committed or not, its built code and its dependencies. */
function copyWorkspace(copy: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const file of listed.split('\0').filter((name) => name !== '')) {
    if (statSync(join(root, file), { throwIfNoEntry: false })?.isFile())
      cpSync(join(root, file), join(copy, file))
  }
  for (const { folder } of publishedPackages) {
    cpSync(join(root, folder, 'dist'), join(copy, folder, 'dist'), { recursive: true })
  }
  for (const folder of ['.', ...workspacePackages.map((workspacePackage) => workspacePackage.folder)]) {
    const modules = join(root, folder, 'node_modules')
    if (statSync(modules, { throwIfNoEntry: false }))
      symlinkSync(modules, join(copy, folder, 'node_modules'), 'dir')
  }
  // Changelogs name the commit that brought each change.
  cpSync(join(root, '.git'), join(copy, '.git'), { recursive: true })
}

/** The newest section of a changelog, without its heading. */
function newestSection(changelog: string): string {
  const [, section = ''] = changelog.split(/^## .*$/m)
  return section.trim()
}

function main(): number {
  if (runTurbo(['build', '--output-logs=errors-only']).status !== 0) return 1
  const copy = makeFolder('release')
  try {
    copyWorkspace(copy)
    const before = new Map(publishedPackages.map(({ manifest }) => [manifest.name, manifest.version]))
    execFileSync(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], {
      cwd: copy,
      stdio: ['ignore', process.stderr, process.stderr],
    })
    const tarballs = packAll(copy, copy)
    let published = 0
    for (const tarball of tarballs) {
      const { version } = readPackedManifest(tarball)
      if (version === before.get(tarball.name)) continue
      published++
      const folder = publishedPackages.find(({ manifest }) => manifest.name === tarball.name)?.folder ?? ''
      const kilobytes = (statSync(tarball.path).size / 1000).toFixed(1)
      const changes = newestSection(readFileSync(join(copy, folder, 'CHANGELOG.md'), 'utf8'))
      process.stdout.write(
        `${tarball.name} ${before.get(tarball.name)} -> ${version} (${kilobytes} kB packed)\n`,
      )
      process.stdout.write(`${tarball.files.map((file) => `    ${file}`).join('\n')}\n`)
      process.stdout.write(`${changes.replace(/^(?=.)/gm, '    | ')}\n\n`)
    }
    process.stdout.write(`${published} of ${tarballs.length} packages would be published\n`)
    return 0
  } finally {
    rmSync(copy, { recursive: true })
  }
}

process.exitCode = main()
