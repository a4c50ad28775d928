/** What every client does: it keeps a window of messages in flight on each connection and compares every echo. */
import type { Tally } from '../load/tally.ts'
import { makePayload } from '../payloads.ts'
import type { ClientScenario } from '../scenarios.ts'
import type { OpenClient, OpenConnection } from './client.ts'

/** Opens the connections and begins; `fail` hears of an echo that is wrong. Gives what ends it all. */
export async function startClients(
  { payload: kind, size, connections, window }: ClientScenario,
  url: string,
  open: OpenConnection,
  tally: Tally,
  fail: (error: Error) => void,
): Promise<() => Promise<void>> {
  const half = Math.max(1, window >> 1)
  const expected = Array.from({ length: half }, (_, index) => makePayload(kind, size, index))
  const messages = kind === 'bytes' ? expected : expected.map((payload) => payload.toString())
  let stopping = false

  const openOne = async (): Promise<{ client: OpenClient; start: () => void }> => {
    const sentAt: number[] = []
    let next = 0
    const sendHalf = (): void => {
      sentAt.push(performance.now())
      for (const message of messages) client.send(message)
    }
    const client = await open(url, (bytes) => {
      if (expected[next]?.equals(bytes) !== true) {
        fail(new Error(`echo ${next} differs from what was sent`))
        return
      }
      if (++next < half) return
      next = 0
      tally.batchDone(half, sentAt.shift() ?? 0)
      if (!stopping) sendHalf()
    })
    return {
      client,
      start: () => {
        sendHalf()
        if (window > 1) sendHalf()
      },
    }
  }

  const opened = await Promise.all(Array.from({ length: connections }, openOne))
  for (const { start } of opened) start()
  return async () => {
    stopping = true
    await Promise.all(opened.map(({ client }) => client.close()))
  }
}
