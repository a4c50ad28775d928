/** Messages of any size in bounded memory; the whole gigabyte is `pnpm stream-echo`. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { schemes } from './support.ts'

test.each(schemes)(
  '128 MiB are echoed over %s and grow neither end by 64 MiB',
  { timeout: 60_000 },
  async (scheme) => {
    const program = fileURLToPath(new URL('./programs/stream-echo.ts', import.meta.url))
    const run = ['--conditions=@hybi/source', '--import', 'tsx', program, '128', scheme]
    const { stdout } = await promisify(execFile)(process.execPath, run)
    const [, server, client] =
      /^128 MiB echoed .* by (\d+) MiB \(server\) and (\d+) MiB \(client\)\n$/.exec(stdout) ?? []
    expect(Number(server)).toBeLessThan(64)
    expect(Number(client)).toBeLessThan(64)
  },
)
