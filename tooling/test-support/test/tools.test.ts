import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findTool } from '../src/tools.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hybi-tools-'))
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test('finds a program on the PATH, under any of its names', () => {
  const path = join(folder, 'chromium-browser')
  writeFileSync(path, '')
  chmodSync(path, 0o755)
  vi.stubEnv('PATH', `/nowhere:${folder}`.replace(':', delimiter))
  expect(findTool('chromium')).toBe(path)
})

test('a file that may not be run is no program', () => {
  vi.stubEnv('CI', '')
  writeFileSync(join(folder, 'curl'), '', { mode: 0o644 })
  expect(findTool('curl', [folder])).toBeNull()
})

test('where CI=true a missing program is an error that names it', () => {
  vi.stubEnv('CI', 'true')
  expect(() => findTool('curl', [folder])).toThrow('curl is not installed')
})
