/** The parser of undici's WebSocket, a client, with a handler that does what its WebSocket does. */
import { Opcode } from '@hybi/frame'
import receiver from 'undici/lib/web/websocket/receiver.js'
import util from 'undici/lib/web/websocket/util.js'
import { closeLine, controlLine, messageLine } from '../fuzzers/drive.ts'
import { readFrame } from '../model/frames.ts'
import { toLatin1 } from '../octets.ts'
import type { PeerView, StreamPeer } from './stream-peer.ts'

const OPEN = 1

/** What the parser wants of a WebSocket, and what it does to one. */
class Handler {
  events = ''
  failure: number | null = null
  readonly closeState = new Set<number>()
  readyState = OPEN
  readonly controller = { abort: () => undefined }
  readonly socket = {
    destroyed: false,
    writableNeedDrain: false,
    write: (bytes: Buffer): boolean => {
      const frame = readFrame(bytes, 0)
      if (frame?.opcode === Opcode.CLOSE && frame.payload.length >= 2)
        this.#sentCode = frame.payload[0] * 256 + frame.payload[1]
      return true
    },
    destroy: (): void => {
      this.socket.destroyed = true
      this.failure ??= this.#sentCode
    },
  }
  #sentCode: number | null = null

  onMessage(type: number, data: Buffer): void {
    const binary = type === Opcode.BINARY
    if (!binary && !isText(data)) this.failure = 1007
    else this.events += messageLine(binary, true, toLatin1(data))
  }
  onPing(data: Buffer): void {
    this.events += controlLine('ping', toLatin1(data))
  }
  onPong(data: Buffer): void {
    this.events += controlLine('pong', toLatin1(data))
  }
}

function isText(data: Buffer): boolean {
  try {
    util.utf8Decode(data)
    return true
  } catch {
    return false
  }
}

function read(_role: string, chunks: readonly Uint8Array[], maxMessageSize: number): PeerView {
  const handler = new Handler()
  const parser = new receiver.ByteParser(handler, null, { maxPayloadSize: maxMessageSize })
  for (const chunk of chunks) {
    if (handler.failure !== null || handler.readyState !== OPEN) break
    parser._write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), 'buffer', () => undefined)
  }
  let { events } = handler
  const closing = parser.closingInfo
  if (handler.failure === null && handler.readyState !== OPEN && closing !== undefined)
    events += closeLine(closing.code ?? 1005, toLatin1(Buffer.from(closing.reason)))
  return { events, failure: handler.failure }
}

export const undici: StreamPeer = { name: 'undici', roles: ['client'], read }
