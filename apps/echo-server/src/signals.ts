/** How the process is told to end. */
import { constants } from 'node:os'

const SIGNAL_EXIT = 128

export type EndSignal = 'SIGINT' | 'SIGTERM'
const endSignals: readonly EndSignal[] = ['SIGINT', 'SIGTERM']

/** Resolves at the first SIGINT or SIGTERM. A second one ends the process at once, as a shell expects it: 130 or 143. */
export function nextSignal(): Promise<EndSignal> {
  return new Promise((resolve) => {
    let signalled = false
    const onSignal = (signal: EndSignal): void => {
      if (signalled) process.exit(SIGNAL_EXIT + constants.signals[signal])
      signalled = true
      resolve(signal)
    }
    for (const signal of endSignals) process.on(signal, () => onSignal(signal))
  })
}

/**
 * Leaves signals to another process. A terminal, or systemd, signals a whole group of processes: a worker that obeyed as well
 * as its primary would be told twice.
 */
export function ignoreSignals(): void {
  for (const signal of endSignals) process.on(signal, () => undefined)
}
