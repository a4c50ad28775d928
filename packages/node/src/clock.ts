/** The time as connections keep it. */
import { performance } from 'node:perf_hooks'

/**
 * Whole milliseconds on the clock of `performance.now()`. V8 keeps a number with a fraction in an object of its own, of 16 octets: for each
 * time that a connection keeps, one more place in memory that is in no cache when its turn comes.
 */
export const now = (): number => Math.floor(performance.now())
