/**
 * Small parts of a connection that are done for each message or each read, beside the obvious way.
 *
 *     npx pnpm --filter @hybi/node bench
 */
import { randomFillSync } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { bench, do_not_optimize, run, summary } from 'mitata'
import { now } from '../src/clock.ts'
import { drawMaskingKey } from '../src/masking-key.ts'
import { copyRead } from '../src/read-memory.ts'

const key = new Uint32Array(1)

summary(() => {
  bench('masking key: drawMaskingKey', () => do_not_optimize(drawMaskingKey()))
  bench('masking key: one call for each', () => do_not_optimize(randomFillSync(key)[0]))
})

summary(() => {
  bench('clock: now', () => do_not_optimize(now()))
  bench('clock: performance.now', () => do_not_optimize(performance.now()))
})

const memory = Buffer.alloc(262_144)
const { buffer } = memory

for (const size of [22, 1_024, 16_384]) {
  summary(() => {
    bench(`read of ${size} octets: copyRead, its memory at hand`, () =>
      do_not_optimize(copyRead(buffer, size)),
    )
    bench(`read of ${size} octets: copyRead, asking a view for its memory`, () =>
      do_not_optimize(copyRead(memory.buffer, size)),
    )
    bench(`read of ${size} octets: Buffer.from`, () => do_not_optimize(Buffer.from(memory.subarray(0, size))))
  })
}

await run()
