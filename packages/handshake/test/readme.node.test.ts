import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { readExample } from '@hybi/test-support/readme'
import { expect, test, vi } from 'vitest'

test('the example of the README runs and prints what it says', async () => {
  const { code, printed } = readExample(new URL('../README.md', import.meta.url))
  expect(readFileSync(new URL('../examples/readme.ts', import.meta.url), 'utf8')).toBe(code)
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await import('../examples/readme.ts')
  const show = (value: unknown): string => (typeof value === 'string' ? value : inspect(value))
  expect(log.mock.calls.map((values) => values.map(show).join(' '))).toEqual(printed)
})
