/**
 * What an echo costs that is WebSocket and no more: frames are read, unmasked and answered in the memory that Node has read them into,
 * with one write for each read, to everybody where it broadcasts. There are no limits, no timers, no checks of UTF-8 or of any rule, no
 * messages and no handlers: a peer can do with it what it likes. What a server costs above this is what it gives for it.
 */
import type { Duplex } from 'node:stream'
import { headerLength, maskInPlace, writeHeader } from '@hybi/frame'
import { listenBare } from './bare.ts'
import type { ServerOptions, Started } from './server.ts'

const FIN = 0x80
const OPCODE = 0x0f
const CLOSE = 0x8
const LENGTH = 0x7f
const KEY_SIZE = 4

/** Octets up to which a loop of JavaScript moves them sooner than `copyWithin`. */
const SHORT = 48

export function startServer(options: ServerOptions): Promise<Started> {
  if (options.mode === 'echo') {
    return listenBare(options, (socket) => serve(socket, (answers) => socket.write(answers)))
  }
  const everybody = new Set<Duplex>()
  return listenBare(options, (socket) => {
    everybody.add(socket)
    socket.on('close', () => everybody.delete(socket))
    serve(socket, (answers) => {
      for (const each of everybody) each.write(answers)
    })
  })
}

function serve(socket: Duplex, write: (answers: Uint8Array) => void): void {
  /** What was read of messages that are not complete, put together when there are as many octets as they need. */
  let unread: Buffer[] = []
  let unreadSize = 0
  let needed = 0
  socket.on('data', (chunk: Buffer) => {
    unread.push(chunk)
    unreadSize += chunk.length
    if (unreadSize < needed) return
    const bytes = unread.length === 1 ? chunk : Buffer.concat(unread)
    const complete = findCompleteMessages(bytes)
    const size = answerMessages(bytes, complete.end)
    if (size > 0) write(bytes.subarray(0, size))
    if (complete.closes) socket.end()
    unread = complete.end < bytes.length ? [bytes.subarray(complete.end)] : []
    unreadSize = bytes.length - complete.end
    needed = complete.needed - complete.end
  })
}

interface CompleteMessages {
  /** Where the last of them ends. */
  readonly end: number
  /** Octets that have to be there before it is worth looking again. */
  readonly needed: number
  /** True when there is a Close among them. */
  readonly closes: boolean
}

function findCompleteMessages(bytes: Buffer): CompleteMessages {
  let end = 0
  let at = 0
  let closes = false
  while (at < bytes.length) {
    const payloadAt = findPayload(bytes, at)
    if (payloadAt > bytes.length) return { end, needed: payloadAt, closes }
    const frameEnd = payloadAt + readLength(bytes, at)
    if (frameEnd > bytes.length) return { end, needed: frameEnd, closes }
    const first = bytes[at] ?? 0
    closes ||= (first & OPCODE) === CLOSE
    at = frameEnd
    if ((first & FIN) !== 0) end = at
  }
  return { end, needed: at + 1, closes }
}

/**
 * Writes the answers over the messages, each of which is longer than its answer, and returns how many octets they are. A message in
 * fragments that are short each may have up to 65,535 octets, as the header of its answer stands where that of its first frame was.
 */
function answerMessages(bytes: Buffer, end: number): number {
  let at = 0
  let out = 0
  while (at < end) {
    const opcode = (bytes[at] ?? 0) & OPCODE
    const length = readMessageLength(bytes, at)
    // Written last, as the header that it replaces is still to be read.
    const headerAt = out
    out += headerLength(length, false)
    for (let final = false; !final; ) {
      final = isFinal(bytes, at)
      const payloadAt = findPayload(bytes, at)
      const payloadEnd = payloadAt + readLength(bytes, at)
      maskInPlace(bytes, payloadAt, payloadEnd, bytes.readUInt32BE(payloadAt - KEY_SIZE))
      moveForward(bytes, payloadAt, payloadEnd, out)
      out += payloadEnd - payloadAt
      at = payloadEnd
    }
    writeHeader(bytes, headerAt, true, 0, opcode, false, 0, length)
  }
  return out
}

function readMessageLength(bytes: Buffer, start: number): number {
  let length = readLength(bytes, start)
  for (let at = start; !isFinal(bytes, at); ) {
    at = findPayload(bytes, at) + readLength(bytes, at)
    length += readLength(bytes, at)
  }
  return length
}

const isFinal = (bytes: Buffer, frame: number): boolean => ((bytes[frame] ?? 0) & FIN) !== 0

/** Where the payload of a frame begins; behind the end of `bytes` when its header is not all there. */
function findPayload(bytes: Buffer, frame: number): number {
  const length = (bytes[frame + 1] ?? 0) & LENGTH
  return frame + (length < 126 ? 2 : length === 126 ? 4 : 10) + KEY_SIZE
}

function readLength(bytes: Buffer, frame: number): number {
  const length = (bytes[frame + 1] ?? 0) & LENGTH
  if (length < 126) return length
  return length === 126 ? bytes.readUInt16BE(frame + 2) : Number(bytes.readBigUInt64BE(frame + 2))
}

function moveForward(bytes: Buffer, start: number, end: number, target: number): void {
  if (end - start > SHORT) bytes.copyWithin(target, start, end)
  else for (let from = start, to = target; from < end; from++, to++) bytes[to] = bytes[from] ?? 0
}
