import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { boundaries } from '../../src/boundaries.ts'
import { findUnwantedImports, type UnwantedImport } from '../../src/cruise.ts'
import { publishedPackages, root } from '../../src/workspace.ts'

const folders = Object.keys(boundaries)
const nameOf = (folder: string): string => `@hybi/${basename(folder)}`

test('the table has a row for every published package', () => {
  expect([...folders].sort()).toEqual(publishedPackages.map(({ folder }) => folder).sort())
})

test('no package imports what its row does not allow', async () => {
  const { files, unwanted } = await findUnwantedImports(root)
  expect(files).toBeGreaterThan(folders.length)
  expect(unwanted).toEqual([])
})

test('every dependency that a package declares is in its row', () => {
  const excess = publishedPackages.flatMap(({ folder, manifest }) => {
    const row = boundaries[folder]
    const allowed = [...(row?.imports ?? []), ...(row?.types ?? [])].map(nameOf)
    return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
      .filter((name) => !allowed.includes(name) && !(row?.external && !name.startsWith('@hybi/')))
      .map((name) => `${folder} -> ${name}`)
  })
  expect(excess).toEqual([])
})

describe('in a copy of the workspace with forbidden imports planted', () => {
  let copy: string
  let unwanted: readonly UnwantedImport[]

  /** Writes an extra source file into `folder` of the copy. */
  const plant = (folder: string, file: string, text: string): void => {
    const path = join(copy, folder, 'src', file)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text)
  }
  /** The targets, as written in the report, that were refused in the planted file. */
  const refusedIn = (folder: string, file: string): string[] =>
    unwanted.filter(({ from }) => from === `${folder}/src/${file}`).map(({ to }) => to)

  beforeAll(async () => {
    copy = mkdtempSync(join(tmpdir(), 'hybi-boundaries-'))
    mkdirSync(join(copy, 'node_modules', '@hybi'), { recursive: true })
    for (const folder of folders) {
      cpSync(join(root, folder, 'src'), join(copy, folder, 'src'), { recursive: true })
      cpSync(join(root, folder, 'package.json'), join(copy, folder, 'package.json'))
      symlinkSync(join(copy, folder), join(copy, 'node_modules', nameOf(folder)), 'junction')
      if (!folder.startsWith('packages/')) plant(folder, 'index.ts', 'export {}\n')
    }
    for (const folder of folders) {
      for (const other of folders) {
        if (other === folder) continue
        const [name, target] = [basename(other), other.startsWith('packages/') ? nameOf(other) : null]
        const path = `../../../../${other}/src/index.ts`
        plant(folder, `planted/path-${name}.ts`, `export * from '${path}'\n`)
        plant(folder, `planted/type-${name}.ts`, `export type * from '${path}'\n`)
        if (target) plant(folder, `planted/name-${name}.ts`, `export * from '${target}'\n`)
      }
      plant(folder, 'planted/builtin.ts', "import 'node:net'\n")
      plant(folder, 'planted/required.ts', "import { createRequire } from 'module'\n")
      plant(folder, 'planted/dynamic.ts', "export const load = () => import('node:fs')\n")
    }
    plant('packages/frame', 'planted/circle.ts', "export { b } from './circle-2.ts'\nexport const a = 1\n")
    plant('packages/frame', 'planted/circle-2.ts', "export { a } from './circle.ts'\nexport const b = 2\n")
    plant('packages/frame', 'planted/lost.ts', "import './nowhere.ts'\n")
    plant(
      'packages/handshake',
      'native.ts',
      "import type * as Fs from 'node:fs'\nimport 'node:crypto'\nexport type { Fs }\n",
    )
    appendFileSync(join(copy, 'packages/frame/src/index.ts'), "export * from '@hybi/session'\n")
    unwanted = (await findUnwantedImports(copy)).unwanted
  }, 60_000)

  afterAll(() => rmSync(copy, { recursive: true }))

  test('an upward import in an existing file is caught and named', () => {
    expect(unwanted).toContainEqual({
      rule: 'packages/frame imports only nothing of the workspace',
      from: 'packages/frame/src/index.ts',
      to: 'packages/session/src/index.ts',
    })
  })

  for (const folder of folders) {
    const { imports = [], types = [], builtins = [] } = boundaries[folder] ?? {}
    for (const other of folders.filter((name) => name !== folder)) {
      const allowed = imports.includes(other)
      test(`${folder} ${allowed ? 'may' : 'may not'} import ${other}`, () => {
        const refused = allowed ? [] : [`${other}/src/index.ts`]
        expect(new Set(refusedIn(folder, `planted/path-${basename(other)}.ts`))).toEqual(new Set(refused))
        if (other.startsWith('packages/')) {
          expect(new Set(refusedIn(folder, `planted/name-${basename(other)}.ts`))).toEqual(new Set(refused))
        }
        const typesRefused = allowed || types.includes(other) ? [] : refused
        expect(new Set(refusedIn(folder, `planted/type-${basename(other)}.ts`))).toEqual(
          new Set(typesRefused),
        )
      })
    }
    test(`${folder} ${builtins === 'all' ? 'may' : 'may not'} import modules of Node`, () => {
      const refused = builtins === 'all' ? [] : ['net', 'module', 'fs']
      const found = ['builtin', 'required', 'dynamic'].flatMap((name) =>
        refusedIn(folder, `planted/${name}.ts`),
      )
      expect(found.map((name) => name.replace('node:', ''))).toEqual(refused)
    })
  }

  test('native.ts of a core package may name a module of Node for its types only', () => {
    expect(refusedIn('packages/handshake', 'native.ts')).toEqual(['crypto'])
  })

  test('files that import each other in a circle are caught', () => {
    const circles = unwanted.filter(({ rule }) => rule === 'no file imports itself by way of others')
    expect(circles.map(({ from }) => from)).toContainEqual(
      expect.stringContaining('frame/src/planted/circle'),
    )
  })

  test('an import that leads nowhere is caught', () => {
    expect(refusedIn('packages/frame', 'planted/lost.ts')).toEqual(['./nowhere.ts'])
  })
})
