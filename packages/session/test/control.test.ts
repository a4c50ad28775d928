/** Control frames (RFC 6455, 5.5). */
import { Opcode } from '@hybi/frame'
import { byteByByte, toHex } from '@hybi/test-support'
import { describe, expect, test } from 'vitest'
import {
  closeFor,
  concat,
  createSession,
  feed,
  frameFor,
  pull,
  type Role,
  roles,
  sentFrames,
  textFor,
  toPlain,
  utf8,
} from './support.ts'

const pingFor = (role: Role, payload: Uint8Array | string = '') =>
  frameFor(role, { opcode: Opcode.PING }, payload)
const pongs = (...payloads: readonly string[]) =>
  payloads.map((payload) => ({ opcode: Opcode.PONG, fin: true, rsv: 0, payload: toHex(utf8(payload)) }))

describe.each(roles)('a %s', (role) => {
  test.each([0, 1, 124, 125])('answers a Ping with a Pong that carries the same %i bytes', (size) => {
    const payload = Uint8Array.from({ length: size }, (_, i) => 255 - i)
    const session = createSession(role)
    expect(feed(session, pingFor(role, payload))).toEqual([{ type: 'ping', payload }])
    expect(sentFrames(session)).toEqual([{ opcode: Opcode.PONG, fin: true, rsv: 0, payload: toHex(payload) }])
  })

  test('answers a Ping that comes byte by byte', () => {
    const session = createSession(role)
    expect(feed(session, ...byteByByte(pingFor(role, 'slow'))).map(toPlain)).toEqual([['ping', '736c6f77']])
    expect(sentFrames(session)).toEqual(pongs('slow'))
  })

  test('answers a Ping between fragments before the message is complete', () => {
    const session = createSession(role)
    feed(session, frameFor(role, { opcode: Opcode.TEXT, fin: false }, 'a'), pingFor(role, 'p'))
    expect(sentFrames(session)).toEqual(pongs('p'))
    const events = feed(session, frameFor(role, { opcode: Opcode.CONTINUATION }, 'b'))
    expect(events.map(toPlain)).toEqual([['message', 'ab', false]])
  })

  test('gives every one of ten Pings in a chunk its own Pong, in order', () => {
    const payloads = Array.from({ length: 10 }, (_, i) => `ping ${i}`)
    const session = createSession(role)
    feed(session, concat(...payloads.map((payload) => pingFor(role, payload))))
    expect(sentFrames(session)).toEqual(pongs(...payloads))
  })

  test('answers as many Pings as may wait, and beyond that only the latest', () => {
    const session = createSession(role, { maxPendingPongs: 2 })
    feed(session, ...['a', 'b', 'c', 'd', 'e'].map((payload) => pingFor(role, payload)))
    expect(sentFrames(session)).toEqual(pongs('a', 'b', 'e'))
    expect(sentFrames(session)).toEqual([])
    feed(session, pingFor(role, 'f'), pingFor(role, 'g'))
    expect(sentFrames(session)).toEqual(pongs('f', 'g'))
  })

  test('answers with what came in, whatever becomes of what was handed out', () => {
    const session = createSession(role, { maxPendingPongs: 1 })
    for (const event of feed(session, pingFor(role, 'a'), pingFor(role, 'b'))) {
      if (event.type === 'ping') event.payload.fill(0)
    }
    expect(sentFrames(session)).toEqual(pongs('a', 'b'))
  })

  test('waits with sixteen Pongs by default', () => {
    const payloads = Array.from({ length: 100 }, (_, i) => `${i}`)
    const session = createSession(role)
    feed(session, concat(...payloads.map((payload) => pingFor(role, payload))))
    expect(sentFrames(session)).toEqual(pongs(...payloads.slice(0, 16), '99'))
  })

  test('counts the Pong that is held back as pending output', () => {
    const session = createSession(role, { maxPendingPongs: 0 })
    feed(session, pingFor(role, 'held'))
    expect(session.pendingOutput).toBe(role === 'server' ? 6 : 10)
    expect(sentFrames(session)).toEqual(pongs('held'))
    expect(session.pendingOutput).toBe(0)
    feed(session, pingFor(role, 'lost'))
    session.transportLost('reset')
    expect(session.pendingOutput).toBe(0)
  })

  test('sends the Pong that was held back in front of a Close', () => {
    const session = createSession(role, { maxPendingPongs: 1 })
    feed(session, pingFor(role, 'a'), pingFor(role, 'b'), closeFor(role))
    expect(sentFrames(session).map(({ opcode }) => opcode)).toEqual([Opcode.PONG, Opcode.PONG, Opcode.CLOSE])
  })

  test('hands out a Pong and answers nothing', () => {
    const session = createSession(role)
    const pong = frameFor(role, { opcode: Opcode.PONG }, 'unasked')
    expect(feed(session, pong)).toEqual([{ type: 'pong', payload: utf8('unasked') }])
    expect(sentFrames(session)).toEqual([])
  })

  test('sends Pings and Pongs of its own between fragments', () => {
    const session = createSession(role)
    session.sendFragment('a', { fin: false })
    expect(session.sendPing('are you there')).toBe(true)
    expect(session.sendPong(Uint8Array.of(1))).toBe(true)
    expect(session.sendPong()).toBe(true)
    expect(session.sendPing()).toBe(true)
    session.sendFragment('b', { fin: true })
    expect(sentFrames(session).map(({ opcode, payload }) => [opcode, payload])).toEqual([
      [Opcode.TEXT, '61'],
      [Opcode.PING, toHex(utf8('are you there'))],
      [Opcode.PONG, '01'],
      [Opcode.PONG, ''],
      [Opcode.PING, ''],
      [Opcode.CONTINUATION, '62'],
    ])
  })

  test('refuses to send more than 125 bytes', () => {
    const session = createSession(role)
    expect(() => session.sendPing(new Uint8Array(126))).toThrow('the payload has 126 octets; allowed are 125')
    expect(() => session.sendPong('ü'.repeat(63))).toThrow(RangeError)
    expect(session.sendPong('ü'.repeat(62))).toBe(true)
  })

  test('hands out Ping payloads that stay when the read buffer is used again', () => {
    const session = createSession(role, { transientInput: true })
    const chunk = concat(pingFor(role, 'keep'), textFor(role, 'keep too'))
    session.receive(chunk)
    const events = pull(session)
    chunk.fill(0)
    expect(events.map(toPlain)).toEqual([
      ['ping', toHex(utf8('keep'))],
      ['message', 'keep too', false],
    ])
  })
})
