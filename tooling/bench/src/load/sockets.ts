/** Many sockets opened and ended. */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** Connections are opened this many at a time. */
const DIALS_AT_ONCE = 64

/** Runs `task` `count` times, a bounded number at once. */
export async function inGroups(count: number, task: (index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += DIALS_AT_ONCE) {
    const group = Array.from({ length: Math.min(DIALS_AT_ONCE, count - from) }, (_, offset) =>
      task(from + offset),
    )
    await Promise.all(group)
  }
}

/**
 * Resets sockets and waits until they are gone. A reset leaves no TIME_WAIT: opening 10,000 connections again and again would
 * use up the ports of the machine.
 */
export const destroyAll = (sockets: readonly Socket[]): Promise<void> =>
  Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          if (socket.closed) return resolve()
          socket.once('close', () => resolve())
          // Node cannot reset below TLS.
          if (socket instanceof TLSSocket) socket.destroy()
          else socket.resetAndDestroy()
        }),
    ),
  ).then(() => undefined)
