import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Below this V8 does not mark. */
const THRESHOLD = 8 * 1_048_576

const run = promisify(execFile)

test('what an application keeps alone lifts the heap above the size from which V8 marks it', async () => {
  const module = new URL('../src/application-heap.ts', import.meta.url)
  const code = `
    const { fillHeap } = await import(${JSON.stringify(module)})
    const used = () => (gc(), process.memoryUsage().heapUsed)
    const before = used()
    fillHeap()
    process.stdout.write(String(used() - before))
  `
  const { stdout } = await run(process.execPath, [
    '--expose-gc',
    '--import',
    'tsx',
    '--input-type=module',
    '--eval',
    code,
  ])
  expect(Number(stdout)).toBeGreaterThan(THRESHOLD)
})
