/** The seam for extensions (RFC 6455, 9), shown with two toys. */
import { Opcode, Rsv } from '@hybi/frame'
import { byteByByte, toHex } from '@hybi/test-support'
import { describe, expect, test } from 'vitest'
import { Message, type MessageTransform, prepareMessage, violations } from '../src/index.ts'
import { identity } from '../src/transform.ts'
import {
  closeFor,
  codeBytes,
  concat,
  createSession,
  endOf,
  feed,
  frameFor,
  fromUtf8,
  pull,
  type Role,
  roles,
  sentClose,
  sentFrames,
  textFor,
  toJoined,
  toPlain,
  utf8,
} from './support.ts'
import { Doubler, double, SwapCase } from './toys.ts'

const { TEXT, BINARY, CONTINUATION, PING, PONG, CLOSE } = Opcode
const { RSV1, RSV2 } = Rsv

const swapped = (role: Role, text: string): Uint8Array => frameFor(role, { opcode: TEXT, rsv: RSV1 }, text)
const doubled = (role: Role, text: string): Uint8Array =>
  frameFor(role, { opcode: TEXT, rsv: RSV2 }, double(utf8(text)))

/** Payloads as text, with what else matters of a frame. */
const brief = (frames: ReturnType<typeof sentFrames>): unknown[] =>
  frames.map(({ opcode, fin, rsv, payload }) => [opcode, fin, rsv, fromHex(payload)])
const fromHex = (hex: string): string =>
  fromUtf8(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)))

describe.each(roles)('a transform that answers at once, in a %s,', (role) => {
  test('decodes messages that carry its bit, and only those', () => {
    const session = createSession(role, { transform: new SwapCase() })
    expect(feed(session, swapped(role, 'hELLO'), textFor(role, 'hELLO')).map(toPlain)).toEqual([
      ['message', 'Hello', true],
      ['message', 'hELLO', false],
    ])
  })

  test('decodes over frames and chunks, with control frames in between', () => {
    const frames = concat(
      frameFor(role, { opcode: TEXT, rsv: RSV1, fin: false }, 'hE'),
      frameFor(role, { opcode: PING }, 'Ping'),
      frameFor(role, { opcode: CONTINUATION, fin: false }),
      frameFor(role, { opcode: CONTINUATION }, 'LLO'),
    )
    for (const chunks of [[frames], byteByByte(frames)]) {
      const session = createSession(role, { transform: new SwapCase() })
      expect(feed(session, ...chunks).map(toPlain)).toEqual([
        ['ping', toHex(utf8('Ping'))],
        ['message', 'Hello', true],
      ])
    }
  })

  test('decodes an empty message, in an empty frame too', () => {
    const session = createSession(role, { transform: new SwapCase() })
    expect(feed(session, swapped(role, ''), swapped(role, 'x')).map(toPlain)).toEqual([
      ['message', '', true],
      ['message', 'X', true],
    ])
  })

  test('leaves its parts in streamed mode', () => {
    const session = createSession(role, { transform: new SwapCase(), receiveMode: 'streamed' })
    const events = feed(session, ...byteByByte(swapped(role, 'abc')))
    expect(events).toHaveLength(3)
    expect(toJoined(events)).toEqual([['part', false, true, true, true, toHex(utf8('ABC'))]])
  })

  test('gets payload of its own when the read buffer is used again', () => {
    const kept: Uint8Array[] = []
    const keeping: MessageTransform = {
      ...identity,
      rsv: RSV1,
      decode(part) {
        kept.push(part)
        return part.slice()
      },
    }
    const session = createSession(role, { transform: keeping, transientInput: true })
    const chunk = swapped(role, 'abc')
    session.receive(chunk)
    pull(session)
    chunk.fill(0)
    expect(kept.map(fromUtf8)).toEqual(['abc'])
  })

  test('is told which part ends a frame and which the message, and what may come out', () => {
    const told: unknown[] = []
    const telling: MessageTransform = {
      ...identity,
      rsv: RSV1,
      decode(part, ...rest) {
        told.push([fromUtf8(part), ...rest])
        return part
      },
    }
    const session = createSession(role, { transform: telling, maxMessageSize: 10 })
    const first = frameFor(role, { opcode: TEXT, rsv: RSV1, fin: false }, 'ab')
    const last = frameFor(role, { opcode: CONTINUATION }, 'cd')
    feed(session, first.slice(0, -1), first.slice(-1), last.slice(0, -1), last.slice(-1), swapped(role, ''))
    expect(told).toEqual([
      ['a', false, false, 10, undefined],
      ['b', true, false, 10, undefined],
      ['c', false, false, 10, undefined],
      ['d', true, true, 10, undefined],
      ['', true, true, 10, undefined],
    ])
  })

  test('has its text checked behind it', () => {
    const lying: MessageTransform = { ...identity, rsv: RSV1, decode: () => Uint8Array.of(0xff) }
    const session = createSession(role, { transform: lying })
    feed(session, swapped(role, 'valid'))
    expect(sentFrames(session)).toEqual([sentClose(1007, violations.textNotUtf8.name)])
  })

  test('has its size checked behind it, over fragments', () => {
    const growing: MessageTransform = { ...identity, rsv: RSV1, decode: () => new Uint8Array(6) }
    const session = createSession(role, { transform: growing, maxMessageSize: 10 })
    const first = frameFor(role, { opcode: BINARY, rsv: RSV1, fin: false }, 'x')
    const second = frameFor(role, { opcode: CONTINUATION }, 'x')
    feed(session, first)
    expect(session.state).toBe('open')
    feed(session, second)
    expect(sentFrames(session)).toEqual([sentClose(1009, violations.messageTooBig.name)])
  })

  test('is measured for each message anew', () => {
    const session = createSession(role, { transform: new SwapCase(), maxMessageSize: 3 })
    const events = feed(session, swapped(role, 'abc'), swapped(role, 'def'))
    expect(events.map((event) => toPlain(event)[1])).toEqual(['ABC', 'DEF'])
  })

  test('may take up to twice the limit and 1 KiB on the wire', () => {
    const shrinking: MessageTransform = { ...identity, rsv: RSV1, decode: () => new Uint8Array(0) }
    const most = frameFor(role, { opcode: BINARY, rsv: RSV1 }, new Uint8Array(2 * 10 + 1024))
    const more = frameFor(role, { opcode: BINARY, rsv: RSV1 }, new Uint8Array(2 * 10 + 1025))
    const session = createSession(role, { transform: shrinking, maxMessageSize: 10 })
    expect(feed(session, most)).toHaveLength(1)
    feed(session, more)
    expect(sentFrames(session)).toEqual([sentClose(1009, violations.messageTooBig.name)])
  })

  test('encodes messages it wants, and leaves others plain', () => {
    const session = createSession(role, { transform: new SwapCase(4) })
    for (const data of ['abc', 'abcd', utf8('abc'), utf8('abcd')]) session.sendMessage(data)
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, true, 0, 'abc'],
      [TEXT, true, RSV1, 'ABCD'],
      [BINARY, true, 0, 'abc'],
      [BINARY, true, RSV1, 'ABCD'],
    ])
  })

  test('is asked with the size and the kind of what is sent, by every way', () => {
    const asked: [number, boolean][] = []
    const asking: MessageTransform = {
      ...identity,
      rsv: RSV1,
      wants(size, binary) {
        asked.push([size, binary])
        return false
      },
    }
    const session = createSession(role, { transform: asking })
    session.sendMessage('ab')
    session.sendMessage(utf8('ü'))
    session.sendMessage(utf8('ü'), { binary: false })
    session.sendMessage('ü', { binary: true })
    session.sendMessage(prepareMessage('ü'))
    session.sendFragment('ab', { fin: true })
    session.sendFragment(utf8('ab'), { fin: true })
    const [message] = feed(session, textFor(role, 'ü'))
    expect(message instanceof Message && session.sendMessage(message)).toBe(true)
    expect(asked).toEqual([
      // Of a string the size is only known to be no more than this.
      [6, false],
      [2, true],
      [2, false],
      [2, true],
      [2, false],
      [Infinity, false],
      [Infinity, true],
      [2, false],
    ])
  })

  test('can be switched for each message', () => {
    const session = createSession(role, { transform: new SwapCase(4) })
    session.sendMessage('abc', { compress: true })
    session.sendMessage('abcd', { compress: false })
    session.sendMessage(utf8('abcd'), { compress: false })
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, true, RSV1, 'ABC'],
      [TEXT, true, 0, 'abcd'],
      [BINARY, true, 0, 'abcd'],
    ])
  })

  test('encodes a message that is sent on, whether it was encoded before or not', () => {
    const session = createSession(role, { transform: new SwapCase(4) })
    for (const message of feed(session, swapped(role, 'aBCd'), textFor(role, 'aBCd'), swapped(role, 'abc'))) {
      if (message instanceof Message) session.sendMessage(message)
    }
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, true, RSV1, 'aBCd'],
      [TEXT, true, RSV1, 'AbcD'],
      [TEXT, true, 0, 'ABC'],
    ])
  })

  test('carries its bit on the first fragment alone', () => {
    const session = createSession(role, { transform: new SwapCase(4) })
    session.sendFragment('ab', { fin: false })
    session.sendFragment('', { fin: false })
    session.sendFragment('cd', { fin: true })
    session.sendFragment('ef', { fin: false, compress: false })
    session.sendFragment('gh', { fin: true, compress: true })
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, false, RSV1, 'AB'],
      [CONTINUATION, false, 0, ''],
      [CONTINUATION, true, 0, 'CD'],
      [TEXT, false, 0, 'ef'],
      [CONTINUATION, true, 0, 'gh'],
    ])
  })

  test('is released once, with the last event', () => {
    const transform = new SwapCase()
    const session = createSession(role, { transform })
    feed(session, closeFor(role))
    expect(transform.released).toBe(0)
    endOf(session)
    pull(session)
    expect(transform.released).toBe(1)
  })

  test('that cannot encode fails the connection with 1011, behind what was sent before', () => {
    const failing: MessageTransform = { ...identity, rsv: RSV1, encode: () => ({ failure: 'internal' }) }
    const session = createSession(role, { transform: failing })
    session.sendMessage('plain')
    session.sendMessage('x', { compress: true })
    expect(session.sendMessage('not sent any more')).toBe(false)
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, true, 0, 'plain'],
      [CLOSE, true, 0, fromUtf8(Uint8Array.from([...codeBytes(1011), ...utf8('internal error')]))],
    ])
    expect(endOf(session)).toMatchObject({ cause: 'violation', violation: violations.internalError })
  })
})

describe.each(roles)('a transform that works off the loop, in a %s,', (role) => {
  test('holds events back until it is done, and keeps their order', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    const input = concat(
      textFor(role, 'first'),
      doubled(role, 'second'),
      frameFor(role, { opcode: PING }, 'p'),
      doubled(role, 'third'),
      closeFor(role),
    )
    expect(feed(session, input).map(toPlain)).toEqual([['message', 'first', false]])
    expect(session.inputPending).toBeInstanceOf(Promise)
    expect(feed(session, textFor(role, 'behind the Close'))).toEqual([])
    await Promise.all([session.inputPending, transform.work()])
    expect(session.inputPending).toBeNull()
    expect(pull(session).map(toPlain)).toEqual([
      ['message', 'second', true],
      ['ping', '70'],
    ])
    await transform.work()
    expect(pull(session).map(toPlain)).toEqual([
      ['message', 'third', true],
      ['close', 1005, ''],
    ])
  })

  test('lets the driver use its read buffer again while it works', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform, transientInput: true })
    const buffer = concat(doubled(role, 'first'), doubled(role, 'second'), textFor(role, 'third'))
    session.receive(buffer)
    const events = pull(session)
    buffer.fill(0xee)
    while (session.inputPending !== null) {
      await transform.work()
      events.push(...pull(session))
    }
    expect(events.map((event) => toPlain(event)[1])).toEqual(['first', 'second', 'third'])
  })

  test('reads fragments with control frames between them', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    const input = concat(
      frameFor(role, { opcode: BINARY, rsv: RSV2, fin: false }, double(utf8('ab'))),
      frameFor(role, { opcode: CONTINUATION, fin: false }),
      frameFor(role, { opcode: PONG }, 'p'),
      frameFor(role, { opcode: CONTINUATION }, double(utf8('c'))),
    )
    const events = feed(session, ...byteByByte(input))
    while (session.inputPending !== null) {
      await transform.work()
      events.push(...pull(session))
    }
    expect(events.map(toPlain)).toEqual([
      ['pong', '70'],
      ['message', toHex(utf8('abc')), true],
    ])
  })

  test.each([
    ['invalid-data', 1007, violations.extensionDataInvalid],
    ['too-big', 1009, violations.messageTooBig],
    ['internal', 1011, violations.internalError],
  ] as const)('that fails by %s ends in Close %i', async (failure, code, row) => {
    const transform = new Doubler()
    transform.mishap = { failure }
    const session = createSession(role, { transform })
    feed(session, doubled(role, 'x'))
    await transform.work()
    expect(session.state).toBe('open')
    expect(pull(session)).toEqual([])
    expect(sentFrames(session)).toEqual([sentClose(code, row.name)])
  })

  test('that rejects ends in Close 1011', async () => {
    const transform = new Doubler()
    transform.mishap = new Error('no memory')
    const session = createSession(role, { transform })
    feed(session, doubled(role, 'x'))
    await transform.work()
    pull(session)
    expect(sentFrames(session)).toEqual([sentClose(1011, violations.internalError.name)])
  })

  test('is bounded over fragments', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform, maxMessageSize: 3 })
    feed(session, frameFor(role, { opcode: TEXT, rsv: RSV2, fin: false }, double(utf8('ab'))))
    await transform.work()
    feed(session, frameFor(role, { opcode: CONTINUATION }, double(utf8('cd'))))
    await transform.work()
    pull(session)
    expect(sentFrames(session)).toEqual([sentClose(1009, violations.messageTooBig.name)])
  })

  test('does not let the end of the input overtake what it works on', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    feed(session, doubled(role, 'last'))
    session.receiveEnd()
    expect(pull(session)).toEqual([])
    expect(session.state).toBe('open')
    await transform.work()
    expect(pull(session).map(toPlain)).toEqual([
      ['message', 'last', true],
      ['closed', 1006, 'half-close', undefined],
    ])
  })

  test('is forgotten when the transport is lost, in both directions', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    feed(session, doubled(role, 'x'))
    session.sendMessage('y')
    expect(session.pendingOutput).toBe(1)
    session.transportLost('reset')
    expect(session).toMatchObject({ inputPending: null, pendingOutput: 0 })
    expect(pull(session).map(toPlain)).toEqual([['closed', 1006, 'reset', undefined]])
    await transform.work()
    expect(pull(session)).toEqual([])
    expect(session.takeOutput()).toEqual([])
    expect(transform.released).toBe(1)
  })

  test('keeps the order of all that is sent, lets Pings pass and Close come last', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    session.sendMessage('a')
    session.sendMessage('b', { compress: false })
    session.sendMessage(utf8('c'))
    session.sendMessage(utf8('d'), { compress: false })
    session.sendFragment('e', { fin: false })
    session.sendPing('p')
    session.sendFragment('f', { fin: true })
    feed(session, frameFor(role, { opcode: PING }, 'q'))
    session.close(1001)
    expect(session.outputEnded).toBe(false)
    expect(brief(sentFrames(session))).toEqual([
      [PING, true, 0, 'p'],
      [PONG, true, 0, 'q'],
    ])
    expect(session.pendingOutput).toBe(6 + 2)
    expect(session.outputPending).toBeInstanceOf(Promise)
    await Promise.all([session.outputPending, transform.work()])
    expect(session.outputPending).toBeNull()
    expect(sentFrames(session).map(({ opcode, fin, rsv, payload }) => [opcode, fin, rsv, payload])).toEqual([
      [TEXT, true, RSV2, '6161'],
      [TEXT, true, 0, '62'],
      [BINARY, true, RSV2, '6363'],
      [BINARY, true, 0, '64'],
      [TEXT, false, RSV2, '6565'],
      [CONTINUATION, true, 0, '6666'],
      [CLOSE, true, 0, toHex(Uint8Array.from(codeBytes(1001)))],
    ])
    expect(session.pendingOutput).toBe(0)
  })

  test('reads small payloads before the call returns: their memory may be used again', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    const [received] = feed(session, textFor(role, 'r'))
    if (!(received instanceof Message)) throw new Error('not a message')
    const bytes = utf8('a')
    session.sendMessage(bytes)
    session.sendMessage(bytes, { compress: false })
    session.sendFragment(bytes, { fin: false })
    session.sendFragment(bytes, { fin: true })
    session.sendFragment(bytes, { fin: true, compress: false })
    session.sendMessage(received)
    bytes.fill(0)
    received.bytes.fill(0)
    await transform.work()
    expect(sentFrames(session).map(({ payload }) => fromHex(payload))).toEqual([
      'aa',
      'a',
      'aa',
      'aa',
      'a',
      'rr',
    ])
  })

  test('leaves large payloads where they are while they wait', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    const large = new Uint8Array(16_000)
    session.sendMessage('a')
    session.sendMessage(large, { compress: false })
    await transform.work()
    const referred = session.takeOutput().some(({ buffer }) => buffer === large.buffer)
    // A client's frames are masked, in memory of their own.
    expect(referred).toBe(role === 'server')
  })

  test('sends received messages on in order, plain ones too', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    const [message] = feed(session, textFor(role, 'plain'))
    if (!(message instanceof Message)) throw new Error('not a message')
    session.sendMessage('a')
    session.sendMessage(message, { compress: false })
    await transform.work()
    expect(sentFrames(session).map(({ rsv, payload }) => [rsv, payload])).toEqual([
      [RSV2, '6161'],
      [0, toHex(utf8('plain'))],
    ])
  })

  test('does not end the output before it is done', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    session.sendMessage('late')
    feed(session, closeFor(role, ...codeBytes(1000)))
    session.receiveEnd()
    expect(pull(session)).toEqual([])
    expect(session).toMatchObject({ state: 'ended', outputEnded: false })
    await transform.work()
    expect(session.outputEnded).toBe(true)
    expect(pull(session)).toEqual([])
    expect(sentFrames(session).map(({ opcode }) => opcode)).toEqual([TEXT, CLOSE])
    expect(pull(session).map(toPlain)).toEqual([['closed', 1000, 'close', undefined]])
  })

  test('waits even for an empty message', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    session.sendMessage('')
    session.receiveEnd()
    expect(session.pendingOutput).toBe(0)
    expect(pull(session)).toEqual([])
    await transform.work()
    expect(sentFrames(session)).toEqual([{ opcode: TEXT, fin: true, rsv: RSV2, payload: '' }])
    expect(pull(session).map(toPlain)).toEqual([['closed', 1006, 'half-close', undefined]])
  })

  test('that cannot encode lets only the Close follow, its own or the one that was waiting', async () => {
    for (const closes of [false, true]) {
      const transform = new Doubler()
      transform.mishap = { failure: 'internal' }
      const session = createSession(role, { transform })
      session.sendMessage('a')
      session.sendMessage('b')
      session.sendMessage('c', { compress: false })
      if (closes) session.close(1000)
      await transform.work()
      const close = closes ? sentClose(1000) : sentClose(1011, violations.internalError.name)
      expect(sentFrames(session)).toEqual([close])
      expect(session).toMatchObject({ state: 'failed', pendingOutput: 0, outputEnded: true })
    }
  })

  test('fails the connection behind what it still works on', async () => {
    const transform = new Doubler()
    const session = createSession(role, { transform })
    session.sendMessage('a')
    feed(session, frameFor(role, { opcode: 3 }))
    expect(session).toMatchObject({ state: 'failed', outputEnded: false })
    await transform.work()
    expect(sentFrames(session).map(({ opcode }) => opcode)).toEqual([TEXT, CLOSE])
    expect(session.outputEnded).toBe(true)
  })
})

describe('a transform that keeps something back in streamed mode', () => {
  /** Repeats each octet of a frame as often as it says, at most `atMost` octets at a time. */
  class Repeater implements MessageTransform {
    readonly rsv = RSV1
    readonly asked: (number | undefined)[] = []
    #held = 0

    get more(): boolean {
      return this.#held > 0
    }

    decode(part: Uint8Array, _end: boolean, _fin: boolean, _limit: number, atMost = Infinity): Uint8Array {
      this.asked.push(atMost)
      this.#held += part.reduce((sum, byte) => sum + byte * 1000, 0)
      const size = Math.min(this.#held, atMost)
      this.#held -= size
      return new Uint8Array(size).fill(0x41)
    }

    wants = (): boolean => false
    encode = (payload: Uint8Array): Uint8Array => payload
    release = (): void => undefined
  }

  test('is asked again until it has given all, and only the last part is final', () => {
    const transform = new Repeater()
    const session = createSession('client', { transform, receiveMode: 'streamed' })
    const frame = frameFor('client', { opcode: TEXT, rsv: RSV1 }, Uint8Array.of(200))
    const sizes: [number, boolean][] = []
    for (const event of feed(session, frame, textFor('client', 'next'))) {
      if (event.type === 'part') sizes.push([event.bytes.length, event.final])
    }
    expect(sizes).toEqual([
      [65_536, false],
      [65_536, false],
      [65_536, false],
      [200_000 - 3 * 65_536, true],
      [4, true],
    ])
  })

  test('is not held to any size when messages are whole', () => {
    const transform = new Repeater()
    const session = createSession('client', { transform })
    const frame = frameFor('client', { opcode: TEXT, rsv: RSV1 }, Uint8Array.of(200))
    expect(feed(session, frame)).toMatchObject([{ type: 'message', size: 200_000 }])
    expect(transform.asked).toEqual([Infinity])
  })
})

describe('no extension at all', () => {
  test('is a transform that changes nothing and wants nothing', () => {
    const payload = utf8('as it is')
    expect(identity.decode(payload, true, true, 0)).toBe(payload)
    expect(identity.encode(payload, true)).toBe(payload)
    expect([identity.rsv, identity.wants(Infinity, true), identity.release()]).toEqual([0, false, undefined])
  })

  test('sends messages plain even when asked to compress', () => {
    const session = createSession('server')
    session.sendMessage('x', { compress: true })
    session.sendFragment('y', { fin: true, compress: true })
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, true, 0, 'x'],
      [TEXT, true, 0, 'y'],
    ])
  })
})
