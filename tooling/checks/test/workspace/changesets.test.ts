import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import parseChangeset from '@changesets/parse'
import { describe, expect, test } from 'vitest'
import { publishedPackages, root } from '../../src/workspace.ts'

const folder = join(root, '.changeset')
const changesets = readdirSync(folder)
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => ({ name, ...parseChangeset(readFileSync(join(folder, name), 'utf8')) }))
const names = publishedPackages.map(({ manifest }) => manifest.name)

describe.each(changesets)('changeset $name', ({ releases, summary }) => {
  test('speaks of packages that are published', () => {
    expect(releases.length).toBeGreaterThan(0)
    for (const release of releases) expect(names).toContain(release.name)
  })

  test('says what users will notice', () => {
    expect(summary).toMatch(/\w+ \w+/)
  })
})

test.each(publishedPackages)(
  '$manifest.name has been released, or a changeset is there for its first time',
  (it) => {
    const announced = changesets.some(({ releases }) =>
      releases.some(({ name }) => name === it.manifest.name),
    )
    expect(it.manifest.version !== '0.0.0' || announced).toBe(true)
  },
)
