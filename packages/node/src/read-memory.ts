/**
 * Memory for what was read, one copy each: whoever is handed it owns it, and keeps as much of it as he likes. Short reads share slabs,
 * filled from front to back, in which no octet is written twice.
 */
import { keepFreedMemory } from './freed-memory.ts'

const SLAB = 65_536

/** Octets from which a read gets memory of its own: from there on a message in it would be a view that keeps the whole slab. */
const OWN_MEMORY = SLAB / 4

/** Slabs after which freed memory is kept: a process that has read 64 MiB is not there to be idle. */
const SLABS_OF_THE_BUSY = 1_024

let slab: ArrayBuffer = new ArrayBuffer(0)
let slabUsed = SLAB
let slabs = 0

/** Copies the first `size` octets of `memory`, which is no view as asking one for its buffer takes 10 ns (`npx pnpm --filter @hybi/node bench`, Node 20). */
export function copyRead(memory: ArrayBuffer, size: number): Uint8Array {
  const copy = allocate(size)
  copy.set(new Uint8Array(memory, 0, size))
  return copy
}

function allocate(size: number): Uint8Array {
  if (size >= OWN_MEMORY) {
    keepFreedMemory()
    return new Uint8Array(allocateMemory(size))
  }
  if (slabUsed + size > SLAB) {
    if (++slabs === SLABS_OF_THE_BUSY) keepFreedMemory()
    slab = allocateMemory(SLAB)
    slabUsed = 0
  }
  const start = slabUsed
  slabUsed += size
  return new Uint8Array(slab, start, size)
}

const allocateMemory = (size: number): ArrayBuffer => Buffer.allocUnsafeSlow(size).buffer
