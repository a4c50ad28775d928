/** The Receiver of `ws`, written to without the stream around it: it answers at once. */
import { Receiver } from 'ws'
import { closeLine, controlLine, messageLine } from '../fuzzers/drive.ts'
import type { Role } from '../model/endpoint.ts'
import { toLatin1 } from '../octets.ts'
import type { PeerView, StreamPeer } from './stream-peer.ts'

/** `ws` keeps the status code of an error behind a symbol. */
function statusCodeOf(error: Error): number {
  for (const symbol of Object.getOwnPropertySymbols(error)) {
    const value: unknown = Reflect.get(error, symbol)
    if (symbol.description === 'status-code' && typeof value === 'number') return value
  }
  throw error
}

function read(role: Role, chunks: readonly Uint8Array[], maxMessageSize: number): PeerView {
  const receiver = new Receiver({ isServer: role === 'server', maxPayload: maxMessageSize })
  let events = ''
  let failure: number | null = null
  let over = false
  receiver.on('message', (data: Buffer, binary: boolean) => {
    events += messageLine(binary, true, toLatin1(data))
  })
  receiver.on('ping', (data: Buffer) => {
    events += controlLine('ping', toLatin1(data))
  })
  receiver.on('pong', (data: Buffer) => {
    events += controlLine('pong', toLatin1(data))
  })
  receiver.on('conclude', (code: number, reason: Buffer) => {
    events += closeLine(code, toLatin1(reason))
    over = true
  })
  const written = (error?: Error | null): void => {
    if (error instanceof Error) failure = statusCodeOf(error)
  }
  for (const chunk of chunks) {
    if (over || failure !== null) break
    receiver._write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), 'buffer', written)
  }
  receiver.removeAllListeners()
  return { events, failure }
}

export const ws: StreamPeer = { name: 'ws', roles: ['server', 'client'], read }
