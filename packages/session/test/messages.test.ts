/** Messages (RFC 6455, 5.4, 5.6): put together, looked at, copied only when it must be. */
import { Opcode } from '@hybi/frame'
import { byteByByte, cutAt, toHex, wire } from '@hybi/test-support'
import { describe, expect, test } from 'vitest'
import { Message, type Session } from '../src/index.ts'
import { concat, createSession, feed, frameFor, pull, type Role, roles, textFor, toPlain } from './support.ts'

const { TEXT, BINARY, CONTINUATION } = Opcode

/** Pseudo-random bytes that no two places share by chance. */
const noise = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (i * 2654435761) >>> 13)

function nextMessage(session: Session): Message {
  const event = session.next()
  if (event instanceof Message) return event
  throw new Error(`not a message but ${event?.type}`)
}

/** A binary message in fragments of `size` bytes. */
function fragment(role: Role, data: Uint8Array, size: number): Uint8Array[] {
  const pieces = cutAt(
    data,
    [...data.keys()].filter((i) => i % size === 0),
  )
  return pieces.map((piece, i) =>
    frameFor(role, { opcode: i === 0 ? BINARY : CONTINUATION, fin: i === pieces.length - 1 }, piece),
  )
}

describe.each(roles)('a %s', (role) => {
  test('reads empty messages of both kinds', () => {
    const events = feed(createSession(role), textFor(role, ''), frameFor(role, { opcode: BINARY }))
    expect(events.map(toPlain)).toEqual([
      ['message', '', false],
      ['message', '', false],
    ])
    expect(events.map((event) => event instanceof Message && event.binary)).toEqual([false, true])
  })

  test('reads three empty text fragments as one empty text message', () => {
    const fragments = [
      frameFor(role, { opcode: TEXT, fin: false }),
      frameFor(role, { opcode: CONTINUATION, fin: false }),
      frameFor(role, { opcode: CONTINUATION }),
    ]
    expect(feed(createSession(role), ...fragments).map(toPlain)).toEqual([['message', '', false]])
  })

  test.each([0, 1, 125, 126, 65535, 65536, 200_000])('reads %i bytes in any chunks', (size) => {
    const data = noise(size)
    const frame = frameFor(role, { opcode: BINARY }, data)
    for (const positions of [[], [1, 2, 3, 6, 14, 20], [frame.length - 1], [1000, 2000, 70_000]]) {
      const [message, ...others] = feed(createSession(role), ...cutAt(frame, positions))
      expect(others).toEqual([])
      expect(message).toMatchObject({ type: 'message', binary: true, compressed: false, size })
      expect(message instanceof Message && toHex(message.bytes) === toHex(data)).toBe(true)
    }
  })

  test.each([1, 7, 1000, 70_000])('puts fragments of %i bytes together, in one chunk and in many', (size) => {
    const data = noise(size * 5 + 3)
    const fragments = fragment(role, data, size)
    for (const chunks of [[concat(...fragments)], fragments]) {
      expect(feed(createSession(role), ...chunks).map(toPlain)).toEqual([['message', toHex(data), false]])
    }
  })

  test('keeps text that is cut between the bytes of a code point', () => {
    const [first, second] = [wire`e2 82`, wire`ac`]
    const frames = concat(
      frameFor(role, { opcode: TEXT, fin: false }, first),
      frameFor(role, { opcode: CONTINUATION }, second),
    )
    for (const chunks of [[frames], byteByByte(frames)]) {
      expect(feed(createSession(role), ...chunks).map(toPlain)).toEqual([['message', '€', false]])
    }
  })

  test('starts each text message anew after a cut code point was completed', () => {
    const session = createSession(role)
    const texts = ['ü', 'x', '', '€'].map((text) => textFor(role, text))
    expect(feed(session, ...byteByByte(concat(...texts))).map((event) => toPlain(event)[1])).toEqual([
      'ü',
      'x',
      '',
      '€',
    ])
  })

  test('keeps a byte order mark, and a NUL', () => {
    expect(feed(createSession(role), textFor(role, '\ufeff\0a')).map(toPlain)).toEqual([
      ['message', '\ufeff\0a', false],
    ])
  })

  test('gives data as what the message is', () => {
    const session = createSession(role)
    session.receive(concat(textFor(role, 'text'), frameFor(role, { opcode: BINARY }, wire`01 02`)))
    expect(nextMessage(session).data).toBe('text')
    expect(nextMessage(session).data).toEqual(wire`01 02`)
  })

  test('gives the bytes of a text message, and no text of a binary one', () => {
    const session = createSession(role)
    session.receive(concat(textFor(role, 'ü'), frameFor(role, { opcode: BINARY }, 'text')))
    expect(nextMessage(session).bytes).toEqual(wire`c3 bc`)
    expect(() => nextMessage(session).text).toThrow(TypeError)
  })

  test('decodes text before and after its bytes were taken', () => {
    const session = createSession(role)
    session.receive(concat(textFor(role, 'grüß'), textFor(role, 'x')))
    const message = nextMessage(session)
    expect(message.text).toBe('grüß')
    expect(toHex(message.bytes)).toBe('6772c3bcc39f')
    expect(message.text).toBe('grüß')
    expect(message.size).toBe(6)
  })
})

describe('the memory of a message', () => {
  test('is a view of the chunk when the message is a large part of it', () => {
    const session = createSession('client')
    const chunk = concat(frameFor('client', { opcode: BINARY }, noise(100)), new Uint8Array(50).fill(0x8a))
    session.receive(chunk)
    const { bytes } = nextMessage(session)
    expect(bytes.buffer).toBe(chunk.buffer)
    expect(bytes).toEqual(noise(100))
  })

  test('is a copy when the message is a small part of its chunk, so that a kept message pins no more than itself', () => {
    const session = createSession('client')
    const chunk = concat(frameFor('client', { opcode: BINARY }, noise(100)), new Uint8Array(1000).fill(0x8a))
    session.receive(chunk)
    const { bytes } = nextMessage(session)
    expect(bytes.buffer).not.toBe(chunk.buffer)
    expect(bytes.buffer.byteLength).toBe(100)
    expect(bytes).toEqual(noise(100))
  })

  test('is settled once: the same bytes come at each call', () => {
    const session = createSession('client')
    session.receive(concat(textFor('client', 'abc'), new Uint8Array(1000).fill(0x8a)))
    const message = nextMessage(session)
    expect(message.bytes).toBe(message.bytes)
  })

  test('is a plain Uint8Array even when the chunk is a subclass', () => {
    class Special extends Uint8Array {}
    const session = createSession('client')
    session.receive(Special.from(textFor('client', 'abc')))
    expect(nextMessage(session).bytes.constructor).toBe(Uint8Array)
    expect(new Message(true, true, Special.of(1, 2), 0, 2).bytes).toStrictEqual(Uint8Array.of(1, 2))
  })

  test('is not the application’s input: an unmasked chunk is left as it was', () => {
    const session = createSession('client')
    const chunk = frameFor('client', { opcode: BINARY }, noise(100))
    const before = toHex(chunk)
    session.receive(chunk)
    pull(session)
    expect(toHex(chunk)).toBe(before)
  })

  test('over several chunks is allocated once and exactly, when the first chunk holds enough of it', () => {
    const session = createSession('client')
    const frame = frameFor('client', { opcode: BINARY }, noise(1000))
    const [message] = feed(session, ...cutAt(frame, [304, 700]))
    expect(message instanceof Message && message.bytes.buffer.byteLength).toBe(1000)
  })
})

describe.each(roles)('with transient input a %s', (role) => {
  /** As a driver with one read buffer: the buffer is overwritten when the session has been pulled. */
  function readTransiently(session: Session, ...chunks: readonly Uint8Array[]): Message[] {
    const buffer = new Uint8Array(Math.max(...chunks.map(({ length }) => length)))
    return chunks.flatMap((chunk) => {
      buffer.set(chunk)
      session.receive(buffer.subarray(0, chunk.length))
      const messages = pull(session).filter((event) => event instanceof Message)
      buffer.fill(0xee)
      return messages
    })
  }

  test.each([0, 1, 100, 20_000])('hands out messages of %i bytes that stay', (size) => {
    const frames = Array.from({ length: 5 }, (_, i) =>
      frameFor(role, { opcode: BINARY }, noise(size).fill(i, 1)),
    )
    const session = createSession(role, { transientInput: true })
    const messages = readTransiently(session, concat(...frames), ...frames)
    expect(messages).toHaveLength(10)
    messages.forEach((message, i) => {
      expect(toHex(message.bytes)).toBe(toHex(noise(size).fill(i % 5, 1)))
    })
  })

  test('puts a message together from buffers that are used again', () => {
    const data = noise(5000)
    const frame = frameFor(role, { opcode: BINARY }, data)
    const session = createSession(role, { transientInput: true })
    const messages = readTransiently(session, ...cutAt(frame, [3, 100, 2000, 4999]))
    expect(messages.map(({ bytes }) => toHex(bytes))).toEqual([toHex(data)])
  })

  test('lets the driver stop in mid-chunk and keep its buffer', () => {
    const session = createSession(role, { transientInput: true })
    const chunk = concat(textFor(role, 'first'), textFor(role, 'second'), textFor(role, 'cut').slice(0, -1))
    session.receive(chunk)
    const first = nextMessage(session)
    session.keepUnread()
    chunk.fill(0xee)
    const second = nextMessage(session)
    session.receive(textFor(role, 'cut').slice(-1))
    const third = nextMessage(session)
    expect([first, second, third].map(({ text }) => text)).toEqual(['first', 'second', 'cut'])
  })

  test('hands out small messages that share no memory with each other', () => {
    const session = createSession(role, { transientInput: true })
    const frames = Array.from({ length: 100 }, () => textFor(role, 'small one'))
    session.receive(concat(...frames))
    const messages = pull(session).filter((event) => event instanceof Message)
    expect(messages.map(({ text }) => text)).toEqual(frames.map(() => 'small one'))
    expect(messages[0].bytes.buffer.byteLength).toBe(9)
    messages[0].bytes.fill(0)
    expect(messages[1].text).toBe('small one')
  })
})
