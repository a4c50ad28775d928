/** Streamed receive: a message of any size in bounded memory. */
import { Opcode } from '@hybi/frame'
import { byteByByte, cutAt, toHex } from '@hybi/test-support'
import { describe, expect, test } from 'vitest'
import { type MessagePart, type SessionEvent, violations } from '../src/index.ts'
import {
  concat,
  createSession,
  feed,
  frameFor,
  pull,
  roles,
  sentClose,
  sentFrames,
  textFor,
  toPlain,
} from './support.ts'

const { TEXT, BINARY, CONTINUATION, PING } = Opcode

const partsOf = (events: readonly SessionEvent[]): MessagePart[] =>
  events.filter((event) => event.type === 'part')

describe.each(roles)('a %s in streamed mode', (role) => {
  test('hands out what has arrived of a frame', () => {
    const session = createSession(role, { receiveMode: 'streamed' })
    const frame = frameFor(role, { opcode: BINARY }, 'abcdef')
    const events = feed(session, ...cutAt(frame, [frame.length - 4, frame.length - 1]))
    expect(events.map(toPlain)).toEqual([
      ['part', true, false, true, false, '6162'],
      ['part', true, false, false, false, '636465'],
      ['part', true, false, false, true, '66'],
    ])
  })

  test('says which part is the first and which the last, over fragments and control frames', () => {
    const session = createSession(role, { receiveMode: 'streamed' })
    const events = feed(
      session,
      frameFor(role, { opcode: TEXT, fin: false }),
      frameFor(role, { opcode: CONTINUATION, fin: false }, 'a'),
      frameFor(role, { opcode: PING }),
      frameFor(role, { opcode: CONTINUATION, fin: false }, 'b'),
      frameFor(role, { opcode: CONTINUATION }),
      textFor(role, ''),
      textFor(role, 'c'),
    )
    expect(events.map(toPlain)).toEqual([
      ['part', false, false, true, false, '61'],
      ['ping', ''],
      ['part', false, false, false, false, '62'],
      ['part', false, false, false, true, ''],
      ['part', false, false, true, true, ''],
      ['part', false, false, true, true, '63'],
    ])
  })

  test('may hand out a part that ends inside a code point', () => {
    const session = createSession(role, { receiveMode: 'streamed' })
    const parts = partsOf(feed(session, ...byteByByte(textFor(role, '€'))))
    expect(parts.map(({ bytes }) => toHex(bytes))).toEqual(['e2', '82', 'ac'])
  })

  test('keeps the limit, unless it was lifted before the message', () => {
    for (const limit of [5, Infinity]) {
      const session = createSession(role, { receiveMode: 'streamed', maxMessageSize: 5 })
      session.maxMessageSize = limit
      expect(session.maxMessageSize).toBe(limit)
      const events = feed(
        session,
        frameFor(role, { opcode: BINARY, fin: false }, 'four'),
        frameFor(role, { opcode: CONTINUATION }, 'more'),
      )
      expect(partsOf(events)).toHaveLength(limit === 5 ? 1 : 2)
      expect(sentFrames(session)).toEqual(limit === 5 ? [sentClose(1009, violations.messageTooBig.name)] : [])
    }
  })

  test('hands out bytes that stay when the read buffer is used again', () => {
    const session = createSession(role, { receiveMode: 'streamed', transientInput: true })
    const chunk = frameFor(role, { opcode: BINARY }, 'abcdef')
    session.receive(chunk)
    const parts = partsOf(pull(session))
    chunk.fill(0)
    expect(parts.map(({ bytes }) => toHex(bytes))).toEqual(['616263646566'])
  })

  test('hands out views of large parts and copies of small ones', () => {
    const session = createSession(role, { receiveMode: 'streamed' })
    const large = frameFor(role, { opcode: BINARY }, new Uint8Array(100))
    const chunk = concat(large, frameFor(role, { opcode: BINARY }, new Uint8Array(10)))
    session.receive(chunk)
    expect(partsOf(pull(session)).map(({ bytes }) => bytes.buffer === chunk.buffer)).toEqual([true, false])
  })
})

describe.each(roles)('a %s whose mode is changed', (role) => {
  test('finishes the message it has begun as it began it', () => {
    const session = createSession(role)
    expect(session.receiveMode).toBe('whole')
    const frames = concat(
      frameFor(role, { opcode: TEXT, fin: false }, 'a'),
      frameFor(role, { opcode: CONTINUATION }, 'b'),
      textFor(role, 'c'),
    )
    session.receive(frames.slice(0, -1))
    expect(pull(session).map(toPlain)).toEqual([['message', 'ab', false]])
    session.receiveMode = 'streamed'
    expect(feed(session, frames.slice(-1), textFor(role, 'd')).map(toPlain)).toEqual([
      ['message', 'c', false],
      ['part', false, false, true, true, '64'],
    ])
    expect(session.receiveMode).toBe('streamed')
  })

  test('judges a message by the limit that stood when it began', () => {
    const session = createSession(role, { maxMessageSize: 10 })
    feed(session, frameFor(role, { opcode: TEXT, fin: false }, '12345'))
    session.maxMessageSize = 5
    const events = feed(session, frameFor(role, { opcode: CONTINUATION }, '67890'))
    expect(events.map(toPlain)).toEqual([['message', '1234567890', false]])
    feed(session, textFor(role, '123456'))
    expect(session.state).toBe('failed')
  })
})

describe.each(roles)('the limits of a %s', (role) => {
  test('are inclusive', () => {
    const session = createSession(role, { maxMessageSize: 6, maxFragments: 3 })
    const events = feed(
      session,
      textFor(role, '123456'),
      frameFor(role, { opcode: TEXT, fin: false }, '123'),
      frameFor(role, { opcode: CONTINUATION, fin: false }, '456'),
      frameFor(role, { opcode: CONTINUATION }),
    )
    expect(events.map((event) => toPlain(event)[1])).toEqual(['123456', '123456'])
  })

  test('are 16 MiB and 131072 frames by default', () => {
    const session = createSession(role)
    expect(session.maxMessageSize).toBe(16 * 1024 * 1024)
    const declared = frameFor(role, { opcode: BINARY, payloadLength: 16 * 1024 * 1024 })
    feed(session, declared)
    expect(session.state).toBe('open')

    const counted = createSession(role)
    const empty = frameFor(role, { opcode: CONTINUATION, fin: false })
    const many = new Uint8Array(empty.length * 131_071)
    for (let at = 0; at < many.length; at += empty.length) many.set(empty, at)
    feed(counted, frameFor(role, { opcode: TEXT, fin: false }), many)
    expect(counted.state).toBe('open')
    feed(counted, empty)
    expect(sentFrames(counted)).toEqual([sentClose(1009, violations.tooManyFragments.name)])
  })

  test('are judged by the header alone: not a byte of payload is needed', () => {
    const session = createSession(role, { maxMessageSize: 100 })
    const frame = frameFor(role, { opcode: BINARY }, new Uint8Array(101))
    feed(session, frame.slice(0, frame.length - 101))
    expect(session.state).toBe('failed')
  })

  test('may be nothing at all', () => {
    const session = createSession(role, { maxMessageSize: 0 })
    expect(feed(session, textFor(role, '')).map(toPlain)).toEqual([['message', '', false]])
    feed(session, textFor(role, 'x'))
    expect(session.state).toBe('failed')
  })
})
