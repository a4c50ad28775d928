import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeInstallation, isInstalled } from '../../../scripts/setup.mjs'

describe('an installation', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hybi-setup-'))
    mkdirSync(join(folder, 'node_modules'))
    for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
      writeFileSync(join(folder, file), file)
    }
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  const stamp = (text: string): void => writeFileSync(join(folder, 'node_modules', '.hybi-setup'), text)

  test('is not there in a fresh clone', () => {
    expect(isInstalled(folder)).toBe(false)
  })

  test('is there once it has left its stamp', () => {
    stamp(describeInstallation(folder))
    expect(isInstalled(folder)).toBe(true)
  })

  test.each(['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])(
    'is out of date when %s changes',
    (file) => {
      stamp(describeInstallation(folder))
      writeFileSync(join(folder, file), 'changed')
      expect(isInstalled(folder)).toBe(false)
    },
  )

  test('of another kind of machine is none', () => {
    stamp(describeInstallation(folder).replace(process.platform, 'elsewhere'))
    expect(isInstalled(folder)).toBe(false)
  })
})
