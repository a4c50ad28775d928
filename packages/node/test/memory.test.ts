/** Messages of any size in bounded memory; the whole gigabyte is `pnpm stream-echo`. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { schemes } from './support.ts'

/** From Node 24 on V8 lets 64 MiB of buffers that nobody holds any more wait for its collector (seen with `--trace-gc`). */
const uncollected = Number.parseInt(process.versions.node, 10) >= 24 ? 64 : 0

test.each(schemes)(
  '128 MiB are echoed over %s and neither end keeps 64 MiB',
  { timeout: 60_000 },
  async (scheme) => {
    const program = fileURLToPath(new URL('./programs/stream-echo.ts', import.meta.url))
    const run = ['--conditions=@hybi/source', '--import', 'tsx', program, '128', scheme]
    const { stdout } = await promisify(execFile)(process.execPath, run)
    const [, server, client] =
      /^128 MiB echoed .* by (\d+) MiB \(server\) and (\d+) MiB \(client\)\n$/.exec(stdout) ?? []
    expect(Number(server)).toBeLessThan(64 + uncollected)
    expect(Number(client)).toBeLessThan(64 + uncollected)
  },
)
