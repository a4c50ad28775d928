/** One message to many connections: made into bytes once, compressed once for all that compress alike. */
import { PreparedMessage, prepareMessage, type SendOptions } from '@hybi/session'
import type { Connection } from './connection.ts'

/** What happens to a connection that still has more than its high-water mark to read. */
export type SlowPolicy = 'queue' | 'skip' | 'terminate'

/** How a message is broadcast. */
export interface BroadcastOptions<Data> extends SendOptions {
  /** Picks connections. Default all. */
  readonly filter?: ((connection: Connection<Data>) => boolean) | undefined
  /**
   * A connection with more than `limits.highWaterMark` pending is sent the message all the same (`queue`, default: up to
   * `limits.maxPendingOutput`, then it is closed with 1008), is passed over (`skip`), or is dropped (`terminate`).
   */
  readonly slow?: SlowPolicy | undefined
}

/** What became of a broadcast, in numbers of connections. */
export interface BroadcastResult {
  readonly sent: number
  /** Passed over for being slow, or for closing. */
  readonly skipped: number
  readonly terminated: number
}

const policies: readonly unknown[] = ['queue', 'skip', 'terminate']

/**
 * Sends one message to many connections. Bytes must not be changed until all of it has left.
 *
 * @throws TypeError for what is no message
 */
export function broadcast<Data>(
  connections: Iterable<Connection<Data>>,
  data: string | Uint8Array | PreparedMessage,
  options: BroadcastOptions<Data> = {},
): BroadcastResult {
  const { filter, slow = 'queue', binary, compress } = options
  if (!policies.includes(slow))
    throw new TypeError(`slow must be queue, skip or terminate, but was ${String(slow)}`)
  const message = data instanceof PreparedMessage ? data : prepareMessage(data, { binary })
  const sendOptions: SendOptions = { compress }
  const result = { sent: 0, skipped: 0, terminated: 0 }
  for (const connection of connections) {
    if (filter !== undefined && !filter(connection)) continue
    if (connection.state !== 'open') {
      result.skipped++
    } else if (slow === 'queue' || !connection.isSlow) {
      connection.send(message, sendOptions)
      result.sent++
    } else if (slow === 'skip') {
      result.skipped++
    } else {
      connection.terminate()
      result.terminated++
    }
  }
  return result
}
