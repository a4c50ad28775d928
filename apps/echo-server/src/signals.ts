/** How the process is told to end. */
import type { EventEmitter } from 'node:events'
import { constants } from 'node:os'

const SIGNAL_EXIT = 128

export type EndSignal = 'SIGINT' | 'SIGTERM'
const endSignals: readonly EndSignal[] = ['SIGINT', 'SIGTERM']

/** A person cannot press Ctrl-C twice within this time. */
const ECHO_OF_A_SIGNAL_MS = 100

/** What the waiting for a signal depends on; by default this process. */
export interface SignalSource {
  readonly emitter?: EventEmitter
  /** Ends the process. */
  readonly exit?: (code: number) => void
  /**
   * True where one signal may come twice: on Ctrl-C the terminal signals npm (or npx) and this process alike, and npm hands
   * its own signal on a millisecond later.
   */
  readonly echoed?: boolean
  /** A clock in milliseconds. */
  readonly now?: () => number
}

/** Resolves at the first SIGINT or SIGTERM. Another one ends the process at once, as a shell expects it: 130 or 143. */
export function nextSignal({
  emitter = process,
  exit = process.exit,
  echoed = process.env.npm_execpath !== undefined,
  now = () => performance.now(),
}: SignalSource = {}): Promise<EndSignal> {
  return new Promise((resolve) => {
    let signalledAt: number | null = null
    const onSignal = (signal: EndSignal): void => {
      if (signalledAt === null) {
        signalledAt = now()
        resolve(signal)
      } else if (!echoed || now() - signalledAt >= ECHO_OF_A_SIGNAL_MS) {
        exit(SIGNAL_EXIT + constants.signals[signal])
      }
    }
    for (const signal of endSignals) emitter.on(signal, () => onSignal(signal))
  })
}

/**
 * Leaves signals to another process. A terminal, or systemd, signals a whole group of processes: a worker that obeyed as well
 * as its primary would be told twice.
 */
export function ignoreSignals(emitter: EventEmitter = process): void {
  for (const signal of endSignals) emitter.on(signal, () => undefined)
}
