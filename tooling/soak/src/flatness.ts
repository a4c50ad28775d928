/** Whether a series of measurements of memory is flat. */

export interface Flatness {
  readonly flat: boolean
  /** How much the least of the last half is above the least of the first; octets, negative when memory shrank. */
  readonly growth: number
}

/** What caches and compiled code may still take after the warm-up. */
const MOST_GROWTH = 6 * 1024 * 1024

/**
 * Compares the least of both halves: a leak lifts every measurement, a collection that came late only some. The first
 * measurement is the warm-up and does not count. Null when there are too few to say anything.
 */
export function judgeFlatness(samples: readonly number[]): Flatness | null {
  const counted = samples.slice(1)
  if (counted.length < 2) return null
  const half = Math.floor(counted.length / 2)
  const growth = Math.min(...counted.slice(half)) - Math.min(...counted.slice(0, half))
  return { flat: growth <= MOST_GROWTH, growth }
}
