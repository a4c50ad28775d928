import { readFileSync } from 'node:fs'
import { readExample } from '@hybi/test-support/readme'
import { expect, test, vi } from 'vitest'

test('the example of the README runs and prints what it says', async () => {
  const { code, printed } = readExample(new URL('../README.md', import.meta.url))
  expect(readFileSync(new URL('../examples/readme.ts', import.meta.url), 'utf8')).toBe(code)
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await import('../examples/readme.ts')
  expect(log.mock.calls.map(([value]) => String(value))).toEqual(printed)
})
