/** One connection to the server under test: octets out in pieces, an end of some kind, and all that came back. */
import { connect } from 'node:net'
import { viewStream } from '../model/endpoint.ts'
import { readHead } from '../model/head.ts'
import { concat, toHex, toLatin1 } from '../octets.ts'

/** How the peer ends its side: FIN at once, RST at once, or FIN after a silence in which the deadlines of the server pass. */
export type Ending = 'fin' | 'reset' | 'wait'

export interface Conversation {
  readonly chunks: readonly Uint8Array[]
  readonly ending: Ending
}

/** Longer than the server's deadlines. */
const SILENCE_MS = 1000
/** All of that, and a busy machine. */
const PATIENCE_MS = 15_000
const UNLIMITED = { maxMessageSize: Number.MAX_SAFE_INTEGER, maxFragments: Number.MAX_SAFE_INTEGER }

/** Has the conversation; what was wrong with the server's part of it. */
export function converse(port: number, { chunks, ending }: Conversation): Promise<string | null> {
  return new Promise((resolve) => {
    const received: Uint8Array[] = []
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    const timer = setTimeout(() => over('the server did not end the connection'), PATIENCE_MS)
    let reset = false
    const over = (fault: string | null): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(fault ?? judge(concat(received), reset || ending === 'reset'))
    }
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('error', () => {
      reset = true
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => over(null))
    socket.once('connect', () => {
      socket.setNoDelay(true)
      for (const chunk of chunks) socket.write(chunk)
      if (ending === 'fin') socket.end()
      if (ending === 'wait') setTimeout(() => socket.end(), SILENCE_MS)
      if (ending === 'reset') socket.resetAndDestroy()
    })
  })
}

/** What a server wrote: nothing, a response, or a response and legal frames. `cut`: the transport broke. */
function judge(octets: Uint8Array, cut: boolean): string | null {
  if (octets.length === 0) return null
  const text = toLatin1(octets)
  const head = readHead(text, 'response')
  if (head === null) return cut ? null : `no response: ${JSON.stringify(text)}`
  const [, status] = head.start
  if (status !== '101') {
    const length = head.headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? '0'
    return cut || octets.length === head.size + Number(length) ? null : `the body is not of ${length} octets`
  }
  const frames = octets.subarray(head.size)
  const compressed = head.headers.some(([name]) => name.toLowerCase() === 'sec-websocket-extensions')
  // RSV1 means something then, and what it means is the business of other fuzzers.
  if (compressed) return null
  const { failure, complete } = viewStream(frames, { role: 'client', ...UNLIMITED })
  return failure === null && (complete || cut) ? null : `illegal frames (${failure}): ${toHex(frames)}`
}
