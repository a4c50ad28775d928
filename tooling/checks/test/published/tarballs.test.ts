import { readFileSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, describe, expect, test } from 'vitest'
import { makeFolder, packAll, readPackedManifest } from '../../src/pack.ts'
import { publishedPackages } from '../../src/workspace.ts'

const folder = makeFolder('tarballs')
const tarballs = packAll(folder)

afterAll(() => rmSync(folder, { recursive: true }))

test('every published package is packed', () => {
  const names = publishedPackages.map(({ manifest }) => manifest.name).sort()
  expect(tarballs.map(({ name }) => name)).toEqual(names)
})

for (const tarball of tarballs) {
  const library = !tarball.files.includes('dist/main.js')

  describe(tarball.name, () => {
    test('holds its built code, README, LICENSE, CHANGELOG and package.json, and nothing else', () => {
      const built = library
        ? /^dist\/index\.(js|cjs|d\.ts|d\.cts|js\.map|cjs\.map)$/
        : /^(dist|assets)\/[\w./-]+\.(js|js\.map|html|css|svg)$/
      const expected = /^(README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
      expect(tarball.files.filter((file) => !expected.test(file) && !built.test(file))).toEqual([])
      expect(tarball.files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']))
    })

    test('says what registries and bundlers want to know, and shows nothing of the workspace', () => {
      const manifest = readPackedManifest(tarball)
      expect(manifest).toMatchObject({
        type: 'module',
        license: 'MIT',
        description: expect.stringMatching(/\w{3}/),
        engines: { node: '>=20.16' },
        repository: { directory: expect.stringMatching(new RegExp(`/${basename(tarball.name)}$`)) },
        publishConfig: { access: 'public', provenance: true },
      })
      const { exports, dependencies, peerDependencies } = manifest
      expect(JSON.stringify([exports, dependencies, peerDependencies])).not.toMatch(
        /workspace:|@hybi\/source/,
      )
      if (library) expect(manifest.sideEffects).toBe(false)
    })

    test('runs no script when it is installed', () => {
      const hooks = [
        'preinstall',
        'install',
        'postinstall',
        'prepublish',
        'preprepare',
        'prepare',
        'postprepare',
      ]
      expect(
        Object.keys(readPackedManifest(tarball).scripts ?? {}).filter((name) => hooks.includes(name)),
      ).toEqual([])
      expect(tarball.files).not.toContain('binding.gyp')
    })

    test('publint finds nothing to say', async () => {
      const bytes = Uint8Array.from(readFileSync(tarball.path)).buffer
      const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true })
      expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
    })

    if (!library) return

    test('has types that are right for every way to resolve it', async () => {
      const bytes = Uint8Array.from(readFileSync(tarball.path))
      const analysis = await checkPackage(createPackageFromTarballData(bytes))
      expect(analysis.types).toEqual({ kind: 'included' })
      expect('problems' in analysis ? analysis.problems : ['no types']).toEqual([])
    })
  })
}
