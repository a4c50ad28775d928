import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { boundaries } from '../../src/boundaries.ts'
import { readManifest, root } from '../../src/workspace.ts'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** What stands in backticks, of the packages' names the part behind the scope. */
const quoted = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text.replace('@hybi/', ''))

const documents = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)))

test.each(documents)('%s links to nothing that is not there', (file) => {
  const text = read(file).replace(/```.*?```/gs, '')
  const targets = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)/g)].map(([, target = '']) => target)
  expect(targets.filter((target) => !existsSync(join(root, dirname(file), target)))).toEqual([])
})

describe('the table of ARCHITECTURE.md', () => {
  const rows = read('ARCHITECTURE.md')
    .split('\n')
    .filter((line) => line.startsWith('| `@hybi/'))
    .map((line) => line.split('|').map((cell) => cell.trim()))

  test('has the rows of the rule', () => {
    const names = rows.map(([, name = '']) => quoted(name)[0])
    expect(names).toEqual(Object.keys(boundaries).map((folder) => folder.replace(/^.*\//, '')))
  })

  test.each(Object.entries(boundaries))('says of %s what the rule says', (folder, boundary) => {
    const id = folder.replace(/^.*\//, '')
    const row = rows.find(([, name = '']) => quoted(name)[0] === id)
    const mayImport = row?.[3] ?? ''
    const { imports, types, builtins, external } = boundary
    const names = [...imports, ...types].map((path) => path.replace(/^.*\//, ''))
    const modules = builtins === 'all' ? [] : builtins.map((name) => `node:${name}`)
    expect(quoted(mayImport).sort()).toEqual([...names, ...modules].sort())
    expect(mayImport.includes('types of')).toBe(types.length > 0)
    expect(mayImport.includes('all of Node')).toBe(builtins === 'all')
    expect(mayImport.includes('dependencies')).toBe(external)
    expect(mayImport === 'nothing').toBe(names.length === 0 && builtins.length === 0)
  })
})

test('the pnpm that installs the dependencies is the pnpm among them', () => {
  const { packageManager, devDependencies } = readManifest(root)
  expect(packageManager).toBe(`pnpm@${devDependencies?.pnpm}`)
})
