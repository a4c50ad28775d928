/** What others' code may do here: nothing that is not pinned, nothing at installation, and releases say where they come from. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { publishedPackages, readManifest, root, workspacePackages } from '../../src/workspace.ts'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** What npm and pnpm run by themselves when somebody installs. */
const HOOKS = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare', 'prepublish']

const manifests = [
  ['the root', readManifest(root)] as const,
  ...workspacePackages.map(({ folder, manifest }) => [folder, manifest] as const),
]

describe.each(manifests)('%s', (_, { scripts, dependencies, devDependencies, peerDependencies }) => {
  test('runs nothing when it is installed', () => {
    expect(Object.keys(scripts ?? {}).filter((name) => HOOKS.includes(name))).toEqual([])
  })

  test('names one version of each dependency', () => {
    const loose = Object.entries({ ...dependencies, ...devDependencies, ...peerDependencies }).filter(
      ([, version]) => !/^(workspace:.*|\d+\.\d+\.\d+)$/.test(version),
    )
    expect(loose).toEqual([])
  })
})

test('the lockfile knows every package from outside by its hash, and none from anywhere but the registry', () => {
  const resolutions = [...read('pnpm-lock.yaml').matchAll(/^ +resolution: (.*)$/gm)].map(([, text]) => text)
  expect(resolutions.length).toBeGreaterThan(0)
  expect(resolutions.filter((text) => !/^\{integrity: sha512-[\w+/]+=*\}$/.test(text ?? ''))).toEqual([])
})

test('dependencies are installed as the lockfile says', () => {
  expect(read('tooling/scripts/setup.mjs')).toContain('--frozen-lockfile')
})

test('the protocol packages need nothing from outside', () => {
  const needy = publishedPackages.filter(
    ({ folder, manifest }) =>
      folder.startsWith('packages/') &&
      Object.keys(manifest.dependencies ?? {}).some((name) => !name.startsWith('@hybi/')),
  )
  expect(needy.map(({ folder }) => folder)).toEqual([])
})

test('releases are published with provenance, by a run that can prove who it is', () => {
  expect(publishedPackages.filter(({ manifest }) => manifest.publishConfig?.provenance !== true)).toEqual([])
  expect(read('.github/workflows/release.yml')).toMatch(/id-token: write/)
})
