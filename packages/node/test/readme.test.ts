import { readFileSync } from 'node:fs'
import { readExample } from '@hybi/test-support/readme'
import { expect, test, vi } from 'vitest'
import { defaultHeartbeat, defaultLimits, defaultTimeouts } from '../src/index.ts'

const readme = new URL('../README.md', import.meta.url)

test('the example of the README runs and prints what it says', async () => {
  const { code, printed } = readExample(readme)
  expect(readFileSync(new URL('../examples/readme.ts', import.meta.url), 'utf8')).toBe(code)
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await import('../examples/readme.ts')
  expect(log.mock.calls.map((values) => values.join(' '))).toEqual([printed[0], '3', printed[1]])
})

test('every limit and timeout stands in the README', () => {
  const text = readFileSync(readme, 'utf8')
  for (const name of Object.keys(defaultLimits)) expect(text).toContain(`\`limits.${name}\``)
  for (const name of Object.keys(defaultTimeouts)) expect(text).toContain(`\`timeouts.${name}\``)
  for (const name of Object.keys(defaultHeartbeat)) expect(text).toContain(name)
})
