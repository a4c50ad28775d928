/**
 * Masking keys of a client (RFC 6455, 5.3), drawn from the system's randomness in batches: a call for each costs more than a hundred times as
 * much (`npx pnpm --filter @hybi/node bench`, Node 20).
 */
import { randomFillSync } from 'node:crypto'

const keys = new Uint32Array(1024)
let next = keys.length

/**
 * A fresh key. 5.3: "the masking key [...] MUST be derived from a strong source of entropy, and [...] MUST NOT make it
 * simple for a server/proxy to predict the masking key for a subsequent frame."
 */
export function drawMaskingKey(): number {
  if (next === keys.length) {
    randomFillSync(keys)
    next = 0
  }
  return keys[next++] ?? 0
}
