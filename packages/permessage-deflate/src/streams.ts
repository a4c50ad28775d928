/**
 * A message may be more than one DEFLATE stream: a block with BFINAL ends one, and RFC 7692 section 7.2.1 goes on:
 * "The next DEFLATE block follows the padded data if any." The window lives on; the codec has to begin again.
 */
import { TAIL, TAIL_AND_LAST_BLOCK } from './tail.ts'

/**
 * So many streams of a message are free; beyond them each must have been paid for with {@link BYTES_PER_STREAM} bytes,
 * so that streams of two bytes cannot keep the process busy (beginning one costs 3 µs, half of what a message of a kilobyte does:
 * bench/deflate.ts, "Blocks", Node 20).
 */
const FREE_STREAMS = 256
const BYTES_PER_STREAM = 64

/** Counts the streams of one message against what was received of it. */
export class StreamCount {
  #streams = 0

  /** One more stream after so many bytes of the message; false when that is too many. */
  add(received: number): boolean {
    this.#streams += 1
    return this.#streams <= FREE_STREAMS + received / BYTES_PER_STREAM
  }
}

/**
 * Whether a message whose stream has ended is over: nothing is left, or just what we put behind it. The latter is a
 * payload that ends with its block with BFINAL, without the 00 that 7.2.3.4 asks for: the text is whole, so it is taken.
 *
 * @param withLastBlock false: our last block is not there yet
 */
export function isOver(left: number, withLastBlock: boolean): boolean {
  return withLastBlock ? left === 0 || left === TAIL_AND_LAST_BLOCK.length : left === TAIL.length
}
