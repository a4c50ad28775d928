/** Closing, point by point (RFC 6455, 5.5.1 and 7). */
import { Opcode } from '@hybi/frame'
import { describe, expect, test } from 'vitest'
import { Message, violations } from '../src/index.ts'
import {
  closeFor,
  codeBytes,
  concat,
  createSession,
  endOf,
  feed,
  frameFor,
  pull,
  roles,
  sentClose,
  sentFrames,
  textFor,
  toPlain,
  utf8,
} from './support.ts'

const emptyClose = { opcode: Opcode.CLOSE, fin: true, rsv: 0, payload: '' }
const sentText = (payload: string) => ({ opcode: Opcode.TEXT, fin: true, rsv: 0, payload })

describe.each(roles)('1. the Close body, read by a %s', (role) => {
  test('of no bytes is 1005, and answered by an empty one', () => {
    const session = createSession(role)
    expect(feed(session, closeFor(role))).toEqual([{ type: 'close', code: 1005, reason: '' }])
    expect(sentFrames(session)).toEqual([emptyClose])
    expect(endOf(session)).toMatchObject({ code: 1005, reason: '', wasClean: true })
  })

  test('is the code in its first two bytes and the reason in the rest, whatever kind the last message was', () => {
    for (const opcode of [Opcode.TEXT, Opcode.BINARY]) {
      const session = createSession(role)
      const close = closeFor(role, ...codeBytes(3000), ...utf8('tschüß'))
      const events = feed(session, frameFor(role, { opcode }, 'x'), close)
      expect(events.at(-1)).toEqual({ type: 'close', code: 3000, reason: 'tschüß' })
    }
  })

  test('may have 123 bytes of reason, and a byte order mark is one of its characters', () => {
    const reason = `\ufeff${'r'.repeat(120)}`
    const session = createSession(role)
    const events = feed(session, closeFor(role, ...codeBytes(1000), ...utf8(reason)))
    expect(events).toEqual([{ type: 'close', code: 1000, reason }])
  })

  test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
    'may hold %i, which is answered by the same code',
    (code) => {
      const session = createSession(role)
      expect(feed(session, closeFor(role, ...codeBytes(code)))).toEqual([{ type: 'close', code, reason: '' }])
      expect(sentFrames(session)).toEqual([sentClose(code)])
      expect(endOf(session)).toEqual({
        code,
        reason: '',
        wasClean: true,
        initiator: 'remote',
        cause: 'close',
      })
    },
  )

  test('is judged byte by byte: a reserved code fails before the reason has come', () => {
    const session = createSession(role)
    feed(session, closeFor(role, ...codeBytes(1005), ...utf8('a reason')).slice(0, role === 'server' ? 8 : 4))
    expect(sentFrames(session)).toEqual([sentClose(1002, violations.closeCodeReserved.name)])
  })

  test('is judged byte by byte: an impossible byte in the reason fails before the frame is complete', () => {
    const session = createSession(role)
    const close = closeFor(role, ...codeBytes(1000), 0xed, 0xa0, 0x80, 0x41)
    feed(session, close.slice(0, -3))
    expect(session.state).toBe('open')
    feed(session, close.slice(-3, -2))
    expect(session.state).toBe('failed')
    expect(sentFrames(session)).toEqual([sentClose(1007, violations.closeReasonNotUtf8.name)])
  })

  test('is judged on its own inside a fragmented text message that ends in mid code point', () => {
    const session = createSession(role)
    const begun = frameFor(role, { opcode: Opcode.TEXT, fin: false }, Uint8Array.of(0xe2, 0x82))
    const events = feed(session, begun, closeFor(role, ...codeBytes(1000), ...utf8('ü')))
    expect(events).toEqual([{ type: 'close', code: 1000, reason: 'ü' }])
  })
})

describe.each(roles)('2. a %s that gets a Close', (role) => {
  test('answers at once, behind all that was queued before, and sends nothing after it', () => {
    const session = createSession(role)
    session.sendMessage('a')
    session.sendMessage('b')
    feed(session, closeFor(role, ...codeBytes(1001)))
    expect(session.sendMessage('c')).toBe(false)
    expect(session.sendPing()).toBe(false)
    session.close(4000, 'too late')
    session.fail(violations.internalError)
    expect(sentFrames(session)).toEqual([sentText('61'), sentText('62'), sentClose(1001)])
    expect(session.pendingOutput).toBe(0)
  })

  test('answers when the application has seen what came before it in the same chunk, and echoed it', () => {
    const session = createSession(role)
    session.receive(concat(textFor(role, 'x'), closeFor(role, ...codeBytes(1000))))
    const message = session.next()
    if (!(message instanceof Message)) throw new Error('not a message')
    expect(session.sendMessage(message)).toBe(true)
    expect(pull(session).map(toPlain)).toEqual([['close', 1000, '']])
    expect(sentFrames(session)).toEqual([sentText('78'), sentClose(1000)])
  })

  test('answers even inside a fragmented message of its own', () => {
    const session = createSession(role)
    session.sendFragment('begun', { fin: false })
    feed(session, closeFor(role))
    expect(session.sendFragment('more', { fin: true })).toBe(false)
    expect(sentFrames(session).map(({ opcode }) => opcode)).toEqual([Opcode.TEXT, Opcode.CLOSE])
  })

  test('ignores whatever follows it, in the same chunk and later', () => {
    const session = createSession(role)
    const trailing = concat(textFor(role, 'x'), frameFor(role, { opcode: 11, rsv: 7 }), closeFor(role, 1))
    session.receive(concat(closeFor(role, ...codeBytes(1000)), trailing))
    expect(pull(session).map(toPlain)).toEqual([['close', 1000, '']])
    expect(feed(session, trailing, trailing)).toEqual([])
    expect(sentFrames(session)).toEqual([sentClose(1000)])
    expect(endOf(session)).toMatchObject({ code: 1000, wasClean: true, cause: 'close' })
  })
})

describe('3. flush before closing', () => {
  test.each(roles)('a %s does not report the end while output waits to be taken', (role) => {
    const session = createSession(role)
    feed(session, closeFor(role))
    session.receiveEnd()
    expect(pull(session)).toEqual([])
    expect(session).toMatchObject({ state: 'ended', outputEnded: true, closeExpected: true })
    expect(sentFrames(session)).toEqual([emptyClose])
    expect(pull(session).map(toPlain)).toEqual([['closed', 1005, 'close', undefined]])
    expect(session).toMatchObject({ state: 'closed', closeExpected: false })
  })
})

describe('4. and 5. who ends the transport first', () => {
  test.each(['peer', 'application'])(
    'a server does, as soon as Close has gone both ways, begun by the %s',
    (by) => {
      const server = createSession('server')
      if (by === 'application') server.close()
      expect(server.outputEnded).toBe(false)
      feed(server, closeFor('server', ...codeBytes(1000)))
      expect(server).toMatchObject({ state: 'complete', outputEnded: true, closeExpected: true })
      expect(endOf(server)).toMatchObject({ wasClean: true })
    },
  )

  test.each(['peer', 'application'])('a client waits for the FIN of its server, begun by the %s', (by) => {
    const client = createSession('client')
    if (by === 'application') client.close()
    feed(client, closeFor('client', ...codeBytes(1000)))
    expect(client).toMatchObject({ state: 'complete', outputEnded: false, closeExpected: true })
    client.receiveEnd()
    pull(client)
    expect(client).toMatchObject({ state: 'ended', outputEnded: true })
    expect(endOf(client)).toMatchObject({ wasClean: true, cause: 'close' })
  })

  test('the driver arms its timer when closing begins, whoever began', () => {
    for (const role of roles) {
      const session = createSession(role)
      expect(session.closeExpected).toBe(false)
      session.close()
      expect(session.closeExpected).toBe(true)
    }
  })

  test('a client whose server never ends the transport reports the code it got, and the timeout', () => {
    const client = createSession('client')
    feed(client, closeFor('client', ...codeBytes(1000)))
    client.takeOutput()
    client.transportLost('timeout')
    expect(pull(client)).toEqual([
      {
        type: 'closed',
        outcome: { code: 1000, reason: '', wasClean: true, initiator: 'remote', cause: 'timeout' },
      },
    ])
  })
})

describe.each(roles)('6. a %s that fails the connection', (role) => {
  test('sends Close behind what it echoed, ends its output at once and ignores input until FIN', () => {
    const session = createSession(role)
    const illegal = frameFor(role, { opcode: 3 })
    session.receive(concat(textFor(role, 'x'), illegal, textFor(role, 'y')))
    for (let event = session.next(); event !== null; event = session.next()) {
      if (event instanceof Message) session.sendMessage(event)
    }
    expect(session).toMatchObject({ state: 'failed', outputEnded: true })
    expect(feed(session, textFor(role, 'z'), closeFor(role))).toEqual([])
    expect(sentFrames(session)).toEqual([sentText('78'), sentClose(1002, 'unknown opcode')])
    expect(endOf(session)).toMatchObject({
      code: 1006,
      cause: 'violation',
      violation: violations.unknownOpcode,
    })
  })

  test('reports the violation, however the transport ends', () => {
    for (const cause of ['timeout', 'reset', 'terminated'] as const) {
      const session = createSession(role)
      feed(session, frameFor(role, { opcode: 3 }))
      session.transportLost(cause)
      expect(pull(session).map(toPlain)).toEqual([['closed', 1006, 'violation', 'unknown opcode']])
    }
  })

  test('while it waits for the answer to its own Close sends no second one', () => {
    const session = createSession(role)
    session.close(1001)
    feed(session, frameFor(role, { opcode: 3 }))
    expect(session).toMatchObject({ state: 'failed', outputEnded: true })
    expect(sentFrames(session)).toEqual([sentClose(1001)])
    expect(endOf(session)).toMatchObject({ initiator: 'local', cause: 'violation', wasClean: false })
  })

  test('may say why in words of its own', () => {
    const session = createSession(role)
    session.fail(violations.internalError, 'out of disk')
    expect(sentFrames(session)).toEqual([sentClose(1011, 'out of disk')])
  })
})

describe.each(roles)('7. the end of a %s is reported once', (role) => {
  test('after a handshake that it began', () => {
    const session = createSession(role)
    session.close(4001, 'enough')
    session.close(4002)
    expect(sentFrames(session)).toEqual([sentClose(4001, 'enough')])
    expect(feed(session, closeFor(role, ...codeBytes(4003), ...utf8('ok'))).map(toPlain)).toEqual([
      ['close', 4003, 'ok'],
    ])
    expect(endOf(session)).toEqual({
      code: 4003,
      reason: 'ok',
      wasClean: true,
      initiator: 'local',
      cause: 'close',
    })
    session.receiveEnd()
    session.transportLost('reset')
    expect(pull(session)).toEqual([])
  })

  test('after a FIN without Close: half-close, 1006, with what came before it delivered and answered', () => {
    const session = createSession(role)
    session.receive(textFor(role, 'last words'))
    session.receiveEnd()
    const message = session.next()
    if (!(message instanceof Message)) throw new Error('not a message')
    expect(session.sendMessage(message)).toBe(true)
    expect(session.next()).toBeNull()
    expect(session).toMatchObject({ state: 'ended', outputEnded: true })
    expect(sentFrames(session)).toEqual([sentText('6c61737420776f726473')])
    expect(pull(session)).toEqual([
      {
        type: 'closed',
        outcome: { code: 1006, reason: '', wasClean: false, initiator: 'remote', cause: 'half-close' },
      },
    ])
  })

  test('after a FIN inside a frame', () => {
    const session = createSession(role)
    feed(session, textFor(role, 'cut').slice(0, -1))
    expect(endOf(session)).toMatchObject({ code: 1006, cause: 'half-close', wasClean: false })
  })

  test('after a FIN instead of the answer to its Close', () => {
    const session = createSession(role)
    session.close()
    session.takeOutput()
    expect(endOf(session)).toMatchObject({
      code: 1006,
      cause: 'half-close',
      initiator: 'local',
      wasClean: false,
    })
  })

  test.each([
    ['timeout', 'none'],
    ['reset', 'none'],
    ['terminated', 'local'],
  ] as const)(
    'after the transport is lost by %s, begun by %s, with nothing more to take',
    (cause, initiator) => {
      const session = createSession(role)
      session.sendMessage('never leaves')
      session.receive(textFor(role, 'never read'))
      session.transportLost(cause)
      expect(session).toMatchObject({
        state: 'closed',
        pendingOutput: 0,
        outputEnded: true,
        closeExpected: true,
      })
      expect(session.takeOutput()).toEqual([])
      expect(session.sendMessage('x')).toBe(false)
      expect(pull(session)).toEqual([
        { type: 'closed', outcome: { code: 1006, reason: '', wasClean: false, initiator, cause } },
      ])
      expect(session.closeExpected).toBe(false)
    },
  )

  test('unclean when the transport is lost before the answer to a Close was taken', () => {
    const session = createSession(role)
    feed(session, closeFor(role, ...codeBytes(1000)))
    session.transportLost('reset')
    expect(pull(session)[0]).toMatchObject({ outcome: { code: 1000, wasClean: false, cause: 'reset' } })
  })

  test('as it was when the transport is lost after both sides had ended', () => {
    const session = createSession(role)
    feed(session, closeFor(role, ...codeBytes(1000)))
    session.receiveEnd()
    pull(session)
    session.takeOutput()
    session.transportLost('reset')
    expect(pull(session)[0]).toMatchObject({ outcome: { code: 1000, wasClean: true, cause: 'close' } })
  })

  test('as lost when the transport goes between the FIN and the last output', () => {
    const session = createSession(role)
    feed(session, closeFor(role, ...codeBytes(1000)))
    session.receiveEnd()
    pull(session)
    session.transportLost('timeout')
    expect(pull(session)[0]).toMatchObject({ outcome: { code: 1000, wasClean: false, cause: 'timeout' } })
  })
})

describe.each(roles)('8. when both sides close at once, a %s', (role) => {
  test('takes the other Close as the answer and sends no second one', () => {
    const session = createSession(role)
    session.close(1001)
    session.receive(concat(textFor(role, 'still read'), closeFor(role, ...codeBytes(4000))))
    expect(pull(session).map(toPlain)).toEqual([
      ['message', 'still read', false],
      ['close', 4000, ''],
    ])
    expect(session.state).toBe('complete')
    expect(sentFrames(session)).toEqual([sentClose(1001)])
    expect(endOf(session)).toMatchObject({ code: 4000, initiator: 'local', wasClean: true })
  })

  test('answers no Ping after its own Close', () => {
    const session = createSession(role)
    session.close()
    expect(feed(session, frameFor(role, { opcode: Opcode.PING }, 'p')).map(toPlain)).toEqual([['ping', '70']])
    expect(sentFrames(session)).toEqual([sentClose(1000)])
  })
})

describe('the arguments of close and fail', () => {
  test.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN])(
    'refuse the code %d',
    (code) => {
      const session = createSession('server')
      expect(() => session.close(code)).toThrow(RangeError)
      expect(() => session.fail({ name: 'n', code, section: '', text: '' })).toThrow(RangeError)
      expect(session.state).toBe('open')
    },
  )

  test('refuse a reason of more than 123 bytes, counted in UTF-8', () => {
    const session = createSession('server')
    expect(() => session.close(1000, 'ü'.repeat(62))).toThrow('the reason has 124 octets; allowed are 123')
    session.close(1000, `${'ü'.repeat(61)}!`)
    expect(sentFrames(session)).toEqual([sentClose(1000, `${'ü'.repeat(61)}!`)])
  })

  test('are checked even when closing has begun', () => {
    const session = createSession('server')
    session.close()
    expect(() => session.close(1005)).toThrow(RangeError)
  })
})
