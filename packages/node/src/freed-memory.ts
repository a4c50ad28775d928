/**
 * Keeps the memory of reads in the process, for the next ones. The GNU C library gives the system what is free at the end of its
 * heap, above 128 KiB, and gets it again page fault by page fault: five to ten for each message of 64 KiB. It adapts to what it
 * sees freed ("dynamic mmap threshold", mallopt(3)): after one block of 16 MiB, up to 32 MiB of free memory stay.
 *
 * So one such block is had and dropped. None of it is touched, so that it takes no memory, and it goes with the next garbage
 * collection. Other C libraries are as before. Why: docs/decisions/node-freed-memory.md.
 */

/** Less does not help: with 8 MiB the faults remain. */
const BLOCK = 16 * 1_048_576

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
