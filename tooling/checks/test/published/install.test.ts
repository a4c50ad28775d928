/** What a stranger gets: the tarballs in an empty project, by `import` and by `require`, with their types. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installInto, makeFolder, packAll, readPackedManifest, type Tarball } from '../../src/pack.ts'
import { root } from '../../src/workspace.ts'

const folder = makeFolder('install')
const project = join(folder, 'project')
const tarballs = packAll(folder)
const isApp = ({ files }: Tarball): boolean => files.includes('dist/main.js')
/** Its API speaks of sockets and servers of Node's; the others' types stand by themselves. */
const needsNodeTypes = (name: string): boolean => name === '@hybi/node'
const libraries = tarballs.filter((tarball) => !isApp(tarball))

beforeAll(() => installInto(project, tarballs, ['@types/node']))

afterAll(() => rmSync(folder, { recursive: true }))

/** Runs Node in the project and returns what it printed. */
const node = (...args: string[]): string =>
  execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' })

const resolutions = [
  { name: 'node16', module: 'node16', extensions: ['mts', 'cts'] },
  { name: 'nodenext', module: 'nodenext', extensions: ['mts', 'cts'] },
  { name: 'bundler', module: 'esnext', extensions: ['ts'] },
] as const

/** Type-checks the project's files that match as its own compiler would, and returns the compiler's errors. */
function typecheck(
  include: readonly string[],
  options: Readonly<Record<string, unknown>>,
): readonly string[] {
  const config = {
    compilerOptions: { strict: true, noEmit: true, target: 'es2022', lib: ['es2022'], ...options },
    include,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: project, encoding: 'utf8' })
  return stdout.split('\n').filter((line) => line.includes(': error '))
}

describe.each(resolutions)('types under moduleResolution $name', ({ name, module, extensions }) => {
  let errors: readonly string[]

  beforeAll(() => {
    for (const library of libraries) {
      const id = basename(library.name)
      // With the types of a browser alone wherever the package does not speak of Node.
      const group = needsNodeTypes(library.name) ? 'of-node' : 'of-core'
      for (const extension of extensions) {
        writeFileSync(
          join(project, `${id}-right-${group}.${extension}`),
          `import * as it from '${library.name}'\nexport const names: (keyof typeof it)[] = []\n`,
        )
        writeFileSync(
          join(project, `${id}-wrong-${group}.${extension}`),
          `import { thisIsNotThere } from '${library.name}'\nexport const value: unknown = thisIsNotThere\n`,
        )
      }
    }
    const filesOf = (group: string): string[] => extensions.map((extension) => `*-${group}.${extension}`)
    const options = { module, moduleResolution: name }
    errors = [
      ...typecheck(filesOf('of-core'), { ...options, lib: ['es2022', 'dom'], types: [] }),
      ...typecheck(filesOf('of-node'), { ...options, types: ['node'] }),
    ]
  })

  test('the packages have no errors of their own', () => {
    expect(errors.filter((line) => !/^[\w-]+-(right|wrong)-/.test(line))).toEqual([])
  })

  test.each(libraries)('$name is right to the importer, from ESM and CommonJS', (library) => {
    const own = errors.filter((line) => line.startsWith(`${basename(library.name)}-`))
    expect(own.filter((line) => line.includes('-right-'))).toEqual([])
    // Types that say nothing (any) would let this pass.
    expect(own.filter((line) => line.includes('-wrong-') && line.includes('TS2305'))).toHaveLength(
      extensions.length,
    )
  })
})

describe.each(libraries)('$name', (tarball) => {
  const { name } = tarball
  const print = 'console.log(JSON.stringify(Object.keys(it).filter((key) => key !== "default").sort()))'

  test('gives the same names to import and to require', () => {
    const imported = node('--input-type=module', '--eval', `import * as it from '${name}'; ${print}`)
    const required = node('--input-type=commonjs', '--eval', `const it = require('${name}'); ${print}`)
    expect(JSON.parse(imported).length).toBeGreaterThan(0)
    expect(required).toBe(imported)
  })

  test('can be asked for its package.json', () => {
    const printed = node('--input-type=commonjs', '--print', `require('${name}/package.json').name`)
    expect(printed.trim()).toBe(name)
  })
})

test('the example in the README does what its comments say', () => {
  const [, example = ''] = readFileSync(join(root, 'README.md'), 'utf8').match(/```js\n(.*?)```/s) ?? []
  const said = [...example.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, text]) => `${text}\n`)
  expect(said.length).toBeGreaterThan(0)
  writeFileSync(join(project, 'example.mjs'), example)
  expect(node('example.mjs')).toBe(said.join(''))
})

test('the core packages make one bundle for a browser', async () => {
  const core = ['utf8', 'frame', 'handshake', 'session']
  const { errors, warnings } = await build({
    stdin: {
      contents: core.map((name) => `export * as ${name} from '@hybi/${name}'`).join('\n'),
      resolveDir: project,
    },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    logLevel: 'silent',
  })
  expect([...errors, ...warnings]).toEqual([])
})

describe.each(tarballs.filter(isApp))('$name', (tarball) => {
  const [command = ''] = Object.keys(readPackedManifest(tarball).bin ?? {})
  const run = (...args: string[]): string =>
    execFileSync(join(project, 'node_modules', '.bin', command), args, {
      encoding: 'utf8',
      shell: process.platform === 'win32',
    })

  test(`its command ${command} says its version`, () => {
    expect(run('--version').trim()).toBe(readPackedManifest(tarball).version)
  })

  test(`its command ${command} explains itself`, () => {
    expect(run('--help')).toMatch(new RegExp(`usage: ${command}`, 'i'))
  })
})
