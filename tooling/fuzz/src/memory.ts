/** What is left in memory of a thread once everything that nobody holds is gone. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Octets on the heap and beside it. */
export function retained(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
