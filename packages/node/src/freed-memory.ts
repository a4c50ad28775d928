/**
 * Keeps the memory of reads in the process, for the next ones. The GNU C library gives the system what is free at the end of its
 * heap, above 128 KiB, and gets it again page fault by page fault: five to ten for each message of 64 KiB. It adapts to what it
 * sees freed ("dynamic mmap threshold", mallopt(3)): after one block of 32 MiB, up to 64 MiB of free memory stay.
 *
 * So one such block is had and dropped. None of it is touched, so that it takes no memory, and it goes with the next garbage
 * collection. Other C libraries are as before. Why: docs/decisions/node-freed-memory.md.
 */

/** The largest block that it learns from, which with what it puts beside it may have 32 MiB. With 16 MiB faults remain on Node 24. */
const BLOCK = 32 * 1_048_576 - 65_536

let done = false

/** Does it, once for the process. */
export function keepFreedMemory(): void {
  if (done) return
  done = true
  try {
    Buffer.allocUnsafeSlow(BLOCK)
  } catch {
    // Where memory is that scarce, freed memory had better go.
  }
}
