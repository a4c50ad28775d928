/** Resident memory of a process while something happens to it. */
import { readFileSync } from 'node:fs'

const PAGE = 4096
const SAMPLE_MS = 20

const residentOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE

/** Samples from now on; `stop` answers how many octets the process grew at most. */
export function watchMemory(pid: number): { stop(): number } {
  const before = residentOf(pid)
  let most = before
  const sample = (): void => {
    most = Math.max(most, residentOf(pid))
  }
  const timer = setInterval(sample, SAMPLE_MS)
  return {
    stop: () => {
      clearInterval(timer)
      sample()
      return most - before
    },
  }
}
