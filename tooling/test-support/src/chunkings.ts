import fc from 'fast-check'

/** Cuts `bytes` at the given positions (any order, duplicates and ends allowed) into chunks of their own memory. */
export function cutAt(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(positions.map((position) => Math.max(0, Math.min(bytes.length, position))))].sort(
    (a, b) => a - b,
  )
  const edges = [0, ...cuts, bytes.length]
  const chunks: Uint8Array[] = []
  for (let i = 1; i < edges.length; i++) {
    const from = edges[i - 1] ?? 0
    const to = edges[i] ?? 0
    if (to > from) chunks.push(bytes.slice(from, to))
  }
  return chunks
}

/** Any way of cutting `bytes` into chunks; shrinks towards few cuts. */
export const chunkings = (bytes: Uint8Array): fc.Arbitrary<Uint8Array[]> =>
  fc.array(fc.nat({ max: bytes.length }), { maxLength: 24 }).map((positions) => cutAt(bytes, positions))

/** One byte a chunk: the hardest chunking. */
export const byteByByte = (bytes: Uint8Array): Uint8Array[] => cutAt(bytes, [...bytes.keys()])
