/** Chunks of a stream, described by their sizes so that the same cutting fits a smaller stream, too. */
import type { Random } from './random.ts'

/** Sizes of chunks; the last one is repeated. */
export function randomSizes(random: Random, length: number): number[] {
  if (random.oneIn(4)) return [1]
  if (random.oneIn(6)) return [Math.max(1, length)]
  const most = 1 + random.size(Math.max(1, length))
  return Array.from({ length: 1 + random.size(7) }, () => 1 + random.below(most))
}

/** Copies of the stream's chunks. */
export function cutBySizes(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let index = 0
  for (let at = 0; at < bytes.length; ) {
    const size = sizes[Math.min(index++, sizes.length - 1)]
    chunks.push(bytes.slice(at, at + size))
    at += size
  }
  return chunks
}
