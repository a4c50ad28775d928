/** What the runtime does faster than the language, with a portable fallback; nothing here is needed to be right. */

/** The part of `node:buffer` that is used. */
interface NodeBuffer {
  readonly Buffer: { allocUnsafeSlow(size: number): Uint8Array }
}

interface Runtime {
  readonly process?: { getBuiltinModule?: (name: 'node:buffer') => NodeBuffer | undefined }
}

/** Returns memory of exactly `size` octets that may hold anything; the caller writes every octet it hands on. */
export type Allocate = (size: number) => Uint8Array

/**
 * Picks the allocator of a runtime: Node, Deno and Bun have one that does not fill the memory with zeros. New memory of
 * 64 KiB with octets copied into it takes a third less time without, or half (`npx pnpm --filter @hybi/frame bench memory`, Node 20).
 */
export function findAllocator(runtime: Runtime): Allocate {
  const native = runtime.process?.getBuiltinModule?.('node:buffer')
  if (native === undefined) return (size) => new Uint8Array(size)
  return (size) => new Uint8Array(native.Buffer.allocUnsafeSlow(size).buffer)
}

/** Allocates memory of exactly `size` octets, its content undefined. */
export const allocate: Allocate = findAllocator(globalThis)
