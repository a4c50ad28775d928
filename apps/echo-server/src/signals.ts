/** How the process ends: the first signal drains, a second one ends at once. */
import { constants } from 'node:os'
import type { Log } from './log.ts'

const SIGNAL_EXIT = 128

/** Resolves with 0 once the first SIGINT or SIGTERM has been followed by `drain`. */
export function untilSignalled(drain: () => Promise<void>, log: Log): Promise<number> {
  return new Promise((resolve, reject) => {
    let draining = false
    const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
      if (draining) process.exit(SIGNAL_EXIT + constants.signals[signal])
      draining = true
      log.info('draining', { signal })
      drain().then(() => resolve(0), reject)
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
}
