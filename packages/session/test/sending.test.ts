/** Sending messages (RFC 6455, 6.1), and what callers may hand in. */
import { Opcode } from '@hybi/frame'
import { toHex, wire } from '@hybi/test-support'
import { describe, expect, test } from 'vitest'
import { Message, type PreparedMessage, prepareMessage, Session } from '../src/index.ts'
import {
  concat,
  createSession,
  feed,
  frameFor,
  KEY,
  pull,
  roles,
  sentFrames,
  takeBytes,
  textFor,
  utf8,
} from './support.ts'
import { Doubler, SwapCase } from './toys.ts'

const { TEXT, BINARY, CONTINUATION } = Opcode

const brief = (frames: ReturnType<typeof sentFrames>): unknown[] =>
  frames.map(({ opcode, fin, payload }) => [opcode, fin, payload])

describe.each(roles)('a %s', (role) => {
  test('sends strings as text and bytes as binary', () => {
    const session = createSession(role)
    expect(session.sendMessage('grün')).toBe(true)
    expect(session.sendMessage(wire`00 ff`)).toBe(true)
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, true, '6772c3bc6e'],
      [BINARY, true, '00ff'],
    ])
  })

  test('sends bytes as text and strings as binary when told so', () => {
    const session = createSession(role)
    session.sendMessage(utf8('ü'), { binary: false })
    session.sendMessage('ü', { binary: true })
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, true, 'c3bc'],
      [BINARY, true, 'c3bc'],
    ])
  })

  test('sends a lone surrogate as U+FFFD, by every way a string can take', () => {
    const session = createSession(role)
    session.sendMessage('\ud83d')
    session.sendMessage('\ud83d', { binary: true })
    session.sendFragment('\ud83d', { fin: true })
    session.sendMessage(prepareMessage('\ud83d'))
    expect(sentFrames(session).map(({ payload }) => payload)).toEqual(Array(4).fill('efbfbd'))
  })

  test.each([0, 125, 126, 65535, 65536, 1 << 20])('sends %i bytes, and leaves them as they were', (size) => {
    const data = Uint8Array.from({ length: size }, (_, i) => i)
    const before = toHex(data)
    const session = createSession(role)
    session.sendMessage(data)
    expect(session.pendingOutput).toBeGreaterThan(size)
    const [frame] = sentFrames(session)
    expect(frame.payload === before).toBe(true)
    expect(toHex(data) === before).toBe(true)
  })

  test('counts what is accepted and not taken', () => {
    const session = createSession(role)
    expect(session.pendingOutput).toBe(0)
    session.sendMessage('12345')
    expect(session.pendingOutput).toBe(role === 'server' ? 7 : 11)
    session.takeOutput()
    expect(session.pendingOutput).toBe(0)
    expect(session.takeOutput()).toEqual([])
  })

  test('sends a received message on as it is', () => {
    const session = createSession(role)
    const binary = frameFor(role, { opcode: BINARY }, wire`c0 ff ee`)
    for (const message of feed(session, concat(textFor(role, 'grün'), binary))) {
      if (message instanceof Message) session.sendMessage(message)
    }
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, true, '6772c3bc6e'],
      [BINARY, true, 'c0ffee'],
    ])
  })

  test('sends a received message on as the other kind, if it can be', () => {
    const session = createSession(role)
    const [text, binary, noText] = feed(
      session,
      textFor(role, 'a'),
      frameFor(role, { opcode: BINARY }, 'b'),
      frameFor(role, { opcode: BINARY }, wire`ff`),
    ).filter((event) => event instanceof Message)
    session.sendMessage(text, { binary: true })
    session.sendMessage(binary, { binary: false })
    expect(() => session.sendMessage(noText, { binary: false })).toThrow(TypeError)
    expect(brief(sentFrames(session))).toEqual([
      [BINARY, true, '61'],
      [TEXT, true, '62'],
    ])
  })

  test('sends a message in fragments of any size', () => {
    const session = createSession(role)
    session.sendFragment('', { fin: false })
    session.sendFragment('ab', { fin: false })
    session.sendFragment(utf8('c'), { fin: false })
    session.sendFragment('', { fin: true })
    session.sendFragment(wire`ff`, { fin: false })
    session.sendFragment('as bytes', { fin: true })
    session.sendFragment(utf8('t'), { binary: false, fin: true })
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, false, ''],
      [CONTINUATION, false, '6162'],
      [CONTINUATION, false, '63'],
      [CONTINUATION, true, ''],
      [BINARY, false, 'ff'],
      [CONTINUATION, true, toHex(utf8('as bytes'))],
      [TEXT, true, '74'],
    ])
  })

  test('may cut text between any two bytes', () => {
    const session = createSession(role)
    session.sendFragment(wire`e2`, { binary: false, fin: false })
    session.sendFragment(wire`82 ac`, { fin: true })
    expect(brief(sentFrames(session))).toEqual([
      [TEXT, false, 'e2'],
      [CONTINUATION, true, '82ac'],
    ])
  })
})

describe('a caller’s mistake throws at once, and nothing is sent:', () => {
  const session = createSession('server')
  const mistakes: readonly [string, () => unknown][] = [
    ['a number as message', () => sendAnything(42)],
    ['nothing as message', () => sendAnything(undefined)],
    ['null as message', () => sendAnything(null)],
    ['an ArrayBuffer as message', () => sendAnything(new ArrayBuffer(8))],
    ['an array of another type as message', () => sendAnything(new Uint16Array(8))],
    ['bytes that are not UTF-8 as text', () => session.sendMessage(wire`ff`, { binary: false })],
    ['bytes that are not UTF-8 as prepared text', () => prepareMessage(wire`ff`, { binary: false })],
    [
      'a fragment of text that is not UTF-8',
      () => session.sendFragment(wire`ff`, { binary: false, fin: false }),
    ],
    [
      'text that ends inside a code point',
      () => session.sendFragment(wire`e2`, { binary: false, fin: true }),
    ],
    ['a client without masking keys', () => new Session({ role: 'client' })],
    ['a limit below its least', () => createSession('server', { maxFragments: 0 })],
    ['a negative limit', () => createSession('server', { maxMessageSize: -1 })],
    ['a limit that is no number', () => createSession('server', { maxPendingPongs: Number.NaN })],
    ['a role that is none', () => createAnything({ role: 'Server' })],
    ['a mode that is none', () => createAnything({ role: 'server', receiveMode: 'foo' })],
    ['masking keys that are no function', () => createAnything({ role: 'client', maskingKey: 5 })],
    ['a later mode that is none', () => setAnything('receiveMode', 'Whole')],
    ['a later limit that is negative', () => setAnything('maxMessageSize', -1)],
    ['a later limit that is no number', () => setAnything('maxMessageSize', Number.NaN)],
    ['a later limit that is a string', () => setAnything('maxMessageSize', '5')],
    ['no later limit', () => setAnything('maxMessageSize', null)],
    ['a later limit that is left out', () => setAnything('maxMessageSize', undefined)],
    ['a reason that is not UTF-8', () => closeAnyhow(1000, wire`ff`)],
    ['a reason that is a number', () => closeAnyhow(1000, 5)],
    ['a status code that is a string', () => closeAnyhow('1000', '')],
  ]

  // As a caller without types would.
  function sendAnything(data: unknown): void {
    const send: (data: never) => boolean = (value) => session.sendMessage(value)
    Reflect.apply(send, undefined, [data])
  }
  const createAnything = (options: unknown): unknown => Reflect.construct(Session, [options])
  const setAnything = (name: 'maxMessageSize' | 'receiveMode', value: unknown): unknown =>
    Reflect.set(session, name, value)
  const closeAnyhow = (...values: unknown[]): unknown => Reflect.apply(session.close, session, values)

  test.each(mistakes)('%s', (_, act) => {
    expect(act).toThrow(Error)
    expect(takeBytes(session)).toEqual(new Uint8Array(0))
    expect(session).toMatchObject({ state: 'open', maxMessageSize: 16 * 1024 * 1024, receiveMode: 'whole' })
  })

  test('the words say what was given and what is allowed', () => {
    expect(() => sendAnything(42)).toThrow('data is 42; allowed is a string or a Uint8Array')
    expect(() => sendAnything(new Uint16Array(1))).toThrow('data is [object Uint16Array]; allowed is')
    expect(() => createSession('server', { maxMessageSize: -1 })).toThrow(
      'maxMessageSize is -1; allowed is a number of at least 0',
    )
    expect(() => createAnything({ role: 'Server' })).toThrow(
      "role is Server; allowed are 'server' and 'client'",
    )
    expect(() => setAnything('receiveMode', 5)).toThrow(
      "receiveMode is 5; allowed are 'whole' and 'streamed'",
    )
    expect(() => createAnything({ role: 'client', maskingKey: 5 })).toThrow(
      'maskingKey is 5; a client needs a function',
    )
  })

  test('a whole message inside a fragmented one', () => {
    const begun = createSession('server')
    begun.sendFragment('a', { fin: false })
    expect(() => begun.sendMessage('b')).toThrow('a message is being sent in fragments')
    begun.sendFragment('c', { fin: true })
    expect(begun.sendMessage('d')).toBe(true)
  })

  test('a fragment of the other kind', () => {
    const begun = createSession('server')
    begun.sendFragment('a', { fin: false })
    expect(() => begun.sendFragment('b', { binary: true, fin: true })).toThrow(
      'this message was begun as text',
    )
    begun.sendFragment('c', { binary: false, fin: true })
    begun.sendFragment(wire`00`, { fin: false })
    expect(() => begun.sendFragment('b', { binary: false, fin: true })).toThrow(
      'this message was begun as binary',
    )
  })

  test('a text that becomes invalid in its second fragment', () => {
    const begun = createSession('server')
    begun.sendFragment(wire`e2`, { binary: false, fin: false })
    expect(() => begun.sendFragment('a', { fin: true })).toThrow(TypeError)
    expect(sentFrames(begun)).toHaveLength(1)
  })

  test.each([
    { before: [], wrong: 'ff', fin: false, right: '61' },
    { before: [], wrong: 'e2', fin: true, right: 'e282ac' },
    { before: ['e282ac'], wrong: '61e282', fin: true, right: 'e282ac' },
    { before: ['61e2', ''], wrong: '61', fin: false, right: '82ac' },
    { before: ['f09f', '98'], wrong: '80c3', fin: true, right: '80c3bc' },
    { before: ['61f0', '9f', '98'], wrong: '', fin: true, right: '80' },
  ])(
    'a fragment that leaves its message as it was: $wrong behind $before',
    ({ before, wrong, fin, right }) => {
      const begun = createSession('server')
      for (const octets of before) begun.sendFragment(wire`${octets}`, { binary: false, fin: false })
      for (let attempt = 0; attempt < 2; attempt++) {
        expect(() => begun.sendFragment(wire`${wrong}`, { binary: false, fin })).toThrow(TypeError)
      }
      begun.sendFragment(wire`${right}`, { binary: false, fin: true })
      expect(sentFrames(begun).map(({ payload }) => payload)).toEqual([...before, right])
    },
  )

  test('even when closing has begun', () => {
    session.close()
    expect(() => sendAnything(42)).toThrow(TypeError)
    expect(session.sendMessage('x')).toBe(false)
    expect(session.sendMessage(prepareMessage('x'))).toBe(false)
    const [message] = feed(createSession('client'), textFor('client', 'x'))
    expect(message instanceof Message && session.sendMessage(message)).toBe(false)
    expect(() => session.sendPing(new Uint8Array(126))).toThrow(RangeError)
  })
})

describe('a client', () => {
  test('takes a fresh masking key for every frame', () => {
    let keys = 0
    const session = createSession('client', { maskingKey: () => KEY + keys++ })
    session.sendMessage('Hello')
    session.sendMessage('Hello')
    session.sendPing()
    session.close()
    expect(keys).toBe(4)
    expect(toHex(takeBytes(session).slice(0, 22))).toBe('818537fa213d7f9f4d5158' + '818537fa213e7f9f4d5258')
  })
})

describe('a prepared message', () => {
  const send = (prepared: PreparedMessage, ...sessions: readonly Session[]) =>
    sessions.map((session) => {
      session.sendMessage(prepared)
      const frames = sentFrames(session)
      expect(frames.every(({ fin }) => fin)).toBe(true)
      return frames.map(({ rsv, opcode, payload }) => [rsv, opcode, payload])
    })

  test('is turned into bytes once and sent to servers’ and clients’ peers alike', () => {
    const prepared = prepareMessage('grün')
    const frame = [0, TEXT, '6772c3bc6e']
    expect(send(prepared, createSession('server'), createSession('client'))).toEqual([[frame], [frame]])
    expect(prepared.binary).toBe(false)
  })

  test.each([
    ['text', '81'],
    ['binary', '82'],
  ])(
    'leaves servers that have nothing else to send from one place, once it has gone to a few: %s',
    (kind, first) => {
      const prepared = prepareMessage('Hello', { binary: kind === 'binary' })
      const sendAlone = (): Uint8Array => {
        const session = createSession('server')
        session.sendMessage(prepared)
        const [piece, ...others] = session.takeOutput()
        expect(others).toEqual([])
        return piece
      }
      const pieces = Array.from({ length: 8 }, sendAlone)
      expect(new Set(pieces.map(toHex))).toEqual(new Set([`${first}0548656c6c6f`]))
      expect(new Set(pieces.slice(0, 4)).size).toBe(4)
      expect(new Set(pieces.slice(4)).size).toBe(1)

      const session = createSession('server')
      session.sendPing()
      session.sendMessage(prepared)
      session.sendMessage(prepared)
      expect(session.takeOutput().map(toHex)).toEqual([`8900${first}0548656c6c6f${first}0548656c6c6f`])
    },
  )

  test('leaves from where its payload lies when that is long', () => {
    const payload = new Uint8Array(16_000)
    const prepared = prepareMessage(payload)
    for (let sendings = 0; sendings < 8; sendings++) {
      const session = createSession('server')
      session.sendMessage(prepared)
      expect(session.takeOutput()[1].buffer).toBe(payload.buffer)
    }
  })

  test('is binary when made of bytes, or told so', () => {
    expect(send(prepareMessage(wire`01`), createSession('server'))).toEqual([[[0, BINARY, '01']]])
    expect(send(prepareMessage('a', { binary: true }), createSession('server'))).toEqual([
      [[0, BINARY, '61']],
    ])
    expect(send(prepareMessage(utf8('a'), { binary: false }), createSession('server'))).toEqual([
      [[0, TEXT, '61']],
    ])
  })

  test('is encoded once for all connections that encode alike', () => {
    const transforms = [new SwapCase(), new SwapCase(), new SwapCase()]
    const prepared = prepareMessage('Hello')
    const sent = send(prepared, ...transforms.map((transform) => createSession('server', { transform })))
    expect(sent).toEqual(Array(3).fill([[4, TEXT, toHex(utf8('hELLO'))]]))
    expect(transforms.map(({ encoded }) => encoded)).toEqual([1, 0, 0])
  })

  test('is left plain where the transform does not want it', () => {
    const prepared = prepareMessage('Hello')
    const session = createSession('server', { transform: new SwapCase(100) })
    expect(send(prepared, session)).toEqual([[[0, TEXT, toHex(utf8('Hello'))]]])
    session.sendMessage(prepared, { compress: true })
    expect(sentFrames(session)).toMatchObject([{ rsv: 4 }])
  })

  test('is encoded by one connection off the loop while the others wait for the same work', async () => {
    const transforms = [new Doubler('twice'), new Doubler('twice')]
    const sessions = transforms.map((transform) => createSession('server', { transform }))
    const prepared = prepareMessage('a')
    expect(send(prepared, ...sessions)).toEqual([[], []])
    for (const transform of transforms) await transform.work()
    expect(sessions.map((session) => sentFrames(session).map(({ payload }) => payload))).toEqual([
      ['6161'],
      ['6161'],
    ])
    expect(transforms.map(({ encoded }) => encoded)).toEqual([1, 0])
    const late = createSession('server', { transform: new Doubler('twice') })
    expect(send(prepared, late)).toEqual([[[2, TEXT, '6161']]])
  })

  test('is encoded by each connection whose encoding depends on earlier messages', async () => {
    const transforms = [new Doubler(), new Doubler()]
    const sessions = transforms.map((transform) => createSession('server', { transform }))
    send(prepareMessage('a'), ...sessions)
    for (const transform of transforms) await transform.work()
    expect(transforms.map(({ encoded }) => encoded)).toEqual([1, 1])
    expect(sessions.map((session) => sentFrames(session).length)).toEqual([1, 1])
  })

  test.each([
    ['answers that it failed', { failure: 'internal' }],
    ['throws', new Error('no memory')],
  ] as const)(
    'is encoded by those who waited when the first of them %s, one for the others, in order',
    async (_, mishap) => {
      const transforms = Array.from({ length: 4 }, () => new Doubler('twice'))
      const sessions = transforms.map((transform) => createSession('server', { transform }))
      const [failing, lost, ...others] = sessions
      transforms[0].mishap = mishap
      const prepared = prepareMessage('a')
      send(prepared, ...sessions)
      for (const session of others) session.sendMessage('b', { compress: false })
      lost.transportLost('reset')
      pull(lost)
      for (const transform of transforms) await transform.work()
      expect(transforms.map(({ encoded }) => encoded)).toEqual([1, 0, 1, 0])
      expect(sentFrames(failing).map(({ opcode }) => opcode)).toEqual([Opcode.CLOSE])
      for (const session of others) {
        expect(sentFrames(session).map(({ payload }) => payload)).toEqual(['6161', '62'])
        expect(session).toMatchObject({ state: 'open', pendingOutput: 0, outputPending: null })
      }
    },
  )

  test('is tried again by the next connection when one has failed', async () => {
    const [first, second] = [new Doubler('twice'), new Doubler('twice')]
    first.mishap = { failure: 'internal' }
    const prepared = prepareMessage('a')
    const failing = createSession('server', { transform: first })
    send(prepared, failing)
    await first.work()
    expect(sentFrames(failing).map(({ opcode }) => opcode)).toEqual([Opcode.CLOSE])
    const working = createSession('server', { transform: second })
    send(prepared, working)
    await second.work()
    expect(sentFrames(working).map(({ payload }) => payload)).toEqual(['6161'])
  })
})
