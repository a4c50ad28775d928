/** What the tests of this package share: frames as the other end would send them, and sessions that are easy to watch. */
import { encodeFrame, type FrameFields, FrameReader, Opcode, Step } from '@hybi/frame'
import { toHex } from '@hybi/test-support'
import { type CloseOutcome, Session, type SessionEvent, type SessionOptions } from '../src/index.ts'

export type Role = 'server' | 'client'
export const roles: readonly Role[] = ['server', 'client']

/** A masking key that makes mistakes visible. */
export const KEY = 0x37fa213d

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export const utf8 = (text: string): Uint8Array => encoder.encode(text)
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes)

export function concat(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** A session; a client gets masking keys. */
export const createSession = (role: Role, options: Partial<SessionOptions> = {}): Session =>
  new Session({ role, maskingKey: () => KEY, ...options })

/** A frame as the peer of a `role` sends it: masked for a server, plain for a client. */
export function frameFor(role: Role, fields: FrameFields, payload: Uint8Array | string = ''): Uint8Array {
  const mask = role === 'server' ? { maskingKey: KEY } : {}
  return encodeFrame({ ...mask, ...fields }, typeof payload === 'string' ? utf8(payload) : payload)
}

export const textFor = (role: Role, text: string): Uint8Array => frameFor(role, { opcode: Opcode.TEXT }, text)

/** A Close as the peer of a `role` sends it. */
export const closeFor = (role: Role, ...body: readonly number[]): Uint8Array =>
  frameFor(role, { opcode: Opcode.CLOSE }, Uint8Array.from(body))

/** The two octets of a status code. */
export const codeBytes = (code: number): readonly number[] => [code >>> 8, code & 0xff]

/** What a frame on the wire says. */
export interface SentFrame {
  readonly opcode: number
  readonly fin: boolean
  readonly rsv: number
  readonly payload: string
}

/** Takes the output and reads it as frames; the payload as hex. Throws when a frame is not masked as the role demands. */
export const sentFrames = (session: Session): SentFrame[] => readFrames(session.role, takeBytes(session))

function readFrames(sender: Role, bytes: Uint8Array): SentFrame[] {
  const reader = new FrameReader()
  reader.receive(bytes)
  const frames: SentFrame[] = []
  let payload = ''
  for (let step = reader.next(); step !== Step.NEED_DATA; step = reader.next()) {
    const { fin, rsv, opcode, masked } = reader.header
    if (masked !== (sender === 'client')) throw new Error(`a ${sender} sent a frame with masked = ${masked}`)
    if (step === Step.HEADER) payload = ''
    if (step === Step.PAYLOAD) payload += toHex(reader.chunk.slice(reader.start, reader.end))
    if (step === Step.END) frames.push({ opcode, fin, rsv, payload })
  }
  if (reader.buffered !== 0) throw new Error('the output ends inside a frame')
  return frames
}

/** Takes the output as one array. */
export const takeBytes = (session: Session): Uint8Array => concat(...session.takeOutput())

/** A Close frame as `sentFrames` tells it. */
export const sentClose = (code: number, reason = ''): SentFrame => ({
  opcode: Opcode.CLOSE,
  fin: true,
  rsv: 0,
  payload: toHex(concat(Uint8Array.from(codeBytes(code)), utf8(reason))),
})

/** All events that are there now. */
export function pull(session: Session): SessionEvent[] {
  const events: SessionEvent[] = []
  for (let event = session.next(); event !== null; event = session.next()) events.push(event)
  return events
}

/** Hands over a copy of each piece, and pulls after each. */
export function feed(session: Session, ...pieces: readonly Uint8Array[]): SessionEvent[] {
  return pieces.flatMap((piece) => {
    session.receive(piece.slice())
    return pull(session)
  })
}

/** Events in a form that compares well: what was said, without the memory it lies in. */
export type PlainEvent = readonly unknown[]

export function toPlain(event: SessionEvent): PlainEvent {
  switch (event.type) {
    case 'message':
      return ['message', event.binary ? toHex(event.bytes) : event.text, event.compressed]
    case 'part':
      return ['part', event.binary, event.compressed, event.first, event.final, toHex(event.bytes)]
    case 'ping':
    case 'pong':
      return [event.type, toHex(event.payload)]
    case 'close':
      return ['close', event.code, event.reason]
    default:
      return ['closed', event.outcome.code, event.outcome.cause, event.outcome.violation?.name]
  }
}

/** As `toPlain` for a list, with adjacent parts of one message joined. */
export function toJoined(events: readonly SessionEvent[]): PlainEvent[] {
  const joined: PlainEvent[] = []
  for (const event of events) {
    const last = joined.at(-1)
    const plain = toPlain(event)
    if (event.type === 'part' && last?.[0] === 'part' && !event.first && last[4] === false) {
      joined[joined.length - 1] = [...last.slice(0, 4), event.final, `${last[5]}${plain[5]}`]
    } else {
      joined.push(plain)
    }
  }
  return joined
}

/** Ends the transport from the peer's side and says how the session sees it. */
export function endOf(session: Session): CloseOutcome {
  session.receiveEnd()
  const events = pull(session)
  session.takeOutput()
  const last = [...events, ...pull(session)].at(-1)
  if (last?.type !== 'closed') throw new Error(`not closed but ${last?.type}`)
  return last.outcome
}
