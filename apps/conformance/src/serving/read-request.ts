/** Waits for the head of a client's request. */
import { HeadReader } from '@hybi/handshake'
import { headTextOf } from '../opening/head.ts'
import type { ReadRequest } from '../opening/open-server.ts'
import type { Clock } from '../peer/clock.ts'
import type { Wire } from '../peer/wire.ts'

const REQUEST_MS = 10_000

/** The request; a sentence when what came is none; null when nothing complete came. */
export function readRequest(wire: Wire, clock: Clock): Promise<ReadRequest | string | null> {
  return new Promise((resolve) => {
    const reader = new HeadReader('request')
    const chunks: Uint8Array[] = []
    const cancel = clock.after(REQUEST_MS, () => resolve(null))
    const finish = (result: ReadRequest | string | null): void => {
      cancel()
      resolve(result)
    }
    let done = false
    wire.listen({
      octets: (chunk) => {
        if (done) return
        chunks.push(chunk)
        const reading = reader.receive(chunk)
        if (reading === null) return
        done = true
        if (!reading.ok) finish(reading.refusal.text)
        else
          finish({ head: reading.head, chunks, rest: reading.rest, text: headTextOf(Buffer.concat(chunks)) })
      },
      fin: () => finish(null),
      reset: () => finish(null),
      closed: () => finish(null),
    })
  })
}
