/**
 * How fast the core is at the moment, for what keeps all of its units busy.
 *
 * A core of a virtual machine may be one of two threads of a real one. While the other thread works for somebody else, each message costs
 * half as much again, for seconds at a time; nothing else tells of it, neither processor time that is stolen nor the load average.
 */

const BLOCKS = 15

/** What still counts as nobody else: the work takes a quarter more with somebody, up to twice as long. */
const TOLERANCE = 1.12

/** Times that a block goes through all words: 10 to 20 µs where nobody else is there. */
const ROUNDS = 10

/** Half of what the first cache has room for. An array and no typed one, which is slower wherever a buffer was ever detached. */
const words: number[] = new Array(2_048).fill(1)

/** Reads and writes that do not wait for one another, as many at a time as the core has units for. */
function work(key: number): void {
  for (let i = 0; i < words.length; i += 8) {
    words[i] = (words[i] ?? 0) ^ key
    words[i + 1] = (words[i + 1] ?? 0) ^ key
    words[i + 2] = (words[i + 2] ?? 0) ^ key
    words[i + 3] = (words[i + 3] ?? 0) ^ key
    words[i + 4] = (words[i + 4] ?? 0) ^ key
    words[i + 5] = (words[i + 5] ?? 0) ^ key
    words[i + 6] = (words[i + 6] ?? 0) ^ key
    words[i + 7] = (words[i + 7] ?? 0) ^ key
  }
}

/** Microseconds that the same work takes now: the lower quartile of some tries, as one may be interrupted. Takes 0.2 to 0.7 ms. */
export function readPace(): number {
  const times = Array.from({ length: BLOCKS }, () => {
    const start = performance.now()
    for (let key = 0; key < ROUNDS; key++) work(key)
    return (performance.now() - start) * 1000
  })
  return times.sort((one, other) => one - other)[BLOCKS >> 2] ?? 0
}

/** Whether nobody else was seen on the core, where the work takes `leastUs` at its fastest. */
export const isAlone = (paceUs: number, leastUs: number): boolean => paceUs <= leastUs * TOLERANCE
