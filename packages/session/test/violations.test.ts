import { Opcode } from '@hybi/frame'
import { wire } from '@hybi/test-support'
import { describe, expect, test } from 'vitest'
import { type MessageTransform, type SessionOptions, type Violation, violations } from '../src/index.ts'
import {
  closeFor,
  codeBytes,
  concat,
  createSession,
  endOf,
  feed,
  frameFor,
  KEY,
  type Role,
  roles,
  sentClose,
  sentFrames,
  textFor,
} from './support.ts'

/** Claims RSV1 and answers to every payload what its first byte asks for. */
const grumbling: MessageTransform = {
  rsv: 4,
  decode: (part) => (part[0] === 0 ? { failure: 'invalid-data' } : { failure: 'internal' }),
  wants: () => false,
  encode: (payload) => payload,
  release: () => undefined,
}

interface Provocation {
  readonly row: Violation
  readonly title: string
  readonly bytes: (role: Role) => Uint8Array
  readonly options?: Partial<SessionOptions>
  readonly only?: Role
}

const { TEXT, BINARY, CONTINUATION, PING, PONG, CLOSE } = Opcode

const provocations: readonly Provocation[] = [
  { row: violations.unmaskedFrame, title: 'an unmasked frame', bytes: () => wire`81 00`, only: 'server' },
  { row: violations.maskedFrame, title: 'a masked frame', bytes: () => wire`81 80 00000000`, only: 'client' },
  ...[1, 2, 3, 4, 5, 6, 7].map((rsv) => ({
    row: violations.reservedBits,
    title: `RSV bits ${rsv}`,
    bytes: (role: Role) => frameFor(role, { opcode: TEXT, rsv }),
  })),
  {
    row: violations.reservedBits,
    title: 'an RSV bit beside the one that is negotiated',
    bytes: (role) => frameFor(role, { opcode: TEXT, rsv: 6 }),
    options: { transform: grumbling },
  },
  {
    row: violations.reservedBitsOnControl,
    title: 'a Ping with the RSV bit of the extension',
    bytes: (role) => frameFor(role, { opcode: PING, rsv: 4 }),
    options: { transform: grumbling },
  },
  {
    row: violations.reservedBitsOnContinuation,
    title: 'a continuation with the RSV bit of the extension',
    bytes: (role) =>
      concat(frameFor(role, { opcode: TEXT, fin: false }), frameFor(role, { opcode: CONTINUATION, rsv: 4 })),
    options: { transform: grumbling },
  },
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
    row: violations.unknownOpcode,
    title: `opcode ${opcode}`,
    bytes: (role: Role) => frameFor(role, { opcode }),
  })),
  {
    row: violations.lengthNotMinimal,
    title: '125 octets with a 16-bit length',
    bytes: (role) => frameFor(role, { opcode: BINARY, lengthBytes: 2, payloadLength: 125 }),
  },
  {
    row: violations.lengthNotMinimal,
    title: '65535 octets with a 64-bit length',
    bytes: (role) => frameFor(role, { opcode: BINARY, lengthBytes: 8, payloadLength: 65535 }),
  },
  {
    row: violations.lengthNotMinimal,
    title: 'a Ping with a 16-bit length of 5',
    bytes: (role) => frameFor(role, { opcode: PING, lengthBytes: 2, payloadLength: 5 }),
  },
  {
    row: violations.lengthTopBit,
    title: 'a length of 2^63',
    bytes: (role) => frameFor(role, { opcode: BINARY, payloadLength: 2n ** 63n }),
  },
  {
    row: violations.lengthTopBit,
    title: 'a length of 2^64 - 1',
    bytes: (role) => frameFor(role, { opcode: BINARY, payloadLength: 2n ** 64n - 1n }),
  },
  ...[PING, PONG, CLOSE].flatMap((opcode) => [
    {
      row: violations.controlFragmented,
      title: `a fragmented control frame ${opcode}`,
      bytes: (role: Role) => frameFor(role, { opcode, fin: false }),
    },
    {
      row: violations.controlTooLong,
      title: `a control frame ${opcode} of 126 octets`,
      bytes: (role: Role) => frameFor(role, { opcode, payloadLength: 126 }),
    },
  ]),
  {
    row: violations.unexpectedContinuation,
    title: 'a continuation at the start',
    bytes: (role) => frameFor(role, { opcode: CONTINUATION }, 'x'),
  },
  {
    row: violations.unexpectedContinuation,
    title: 'a continuation after the end of a fragmented message',
    bytes: (role) =>
      concat(
        frameFor(role, { opcode: TEXT, fin: false }, 'a'),
        frameFor(role, { opcode: CONTINUATION }, 'b'),
        frameFor(role, { opcode: CONTINUATION, fin: false }, 'c'),
      ),
  },
  ...[TEXT, BINARY].map((opcode) => ({
    row: violations.interleavedMessage,
    title: `a new message (opcode ${opcode}) inside a fragmented one`,
    bytes: (role: Role) =>
      concat(frameFor(role, { opcode: TEXT, fin: false }, 'a'), frameFor(role, { opcode }, 'b')),
  })),
  {
    row: violations.messageTooBig,
    title: 'a frame that declares one octet too many',
    bytes: (role) => frameFor(role, { opcode: BINARY, payloadLength: 16 * 1024 * 1024 + 1 }),
  },
  {
    row: violations.messageTooBig,
    title: 'a length of 2^53 under no limit',
    bytes: (role) => frameFor(role, { opcode: BINARY, payloadLength: 2n ** 53n }),
    options: { maxMessageSize: Infinity },
  },
  {
    row: violations.messageTooBig,
    title: 'fragments that sum up to one octet too many',
    bytes: (role) =>
      concat(
        frameFor(role, { opcode: BINARY, fin: false }, 'four'),
        frameFor(role, { opcode: CONTINUATION, payloadLength: 3 }),
      ),
    options: { maxMessageSize: 6 },
  },
  {
    row: violations.tooManyFragments,
    title: 'one fragment too many',
    bytes: (role) =>
      concat(
        frameFor(role, { opcode: TEXT, fin: false }),
        frameFor(role, { opcode: CONTINUATION, fin: false }),
        frameFor(role, { opcode: CONTINUATION }),
      ),
    options: { maxFragments: 2 },
  },
  {
    row: violations.textNotUtf8,
    title: 'text with an impossible byte',
    bytes: (role) => frameFor(role, { opcode: TEXT }, wire`48 ff`),
  },
  {
    row: violations.textNotUtf8,
    title: 'text that ends inside a code point',
    bytes: (role) => frameFor(role, { opcode: TEXT }, wire`e2 82`),
  },
  {
    row: violations.textNotUtf8,
    title: 'text whose last, empty fragment leaves a code point unfinished',
    bytes: (role) =>
      concat(
        frameFor(role, { opcode: TEXT, fin: false }, wire`e2 82`),
        frameFor(role, { opcode: CONTINUATION }),
      ),
  },
  {
    row: violations.closeBodyTooShort,
    title: 'a Close body of one octet',
    bytes: (role) => closeFor(role, 3),
  },
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map((code) => ({
    row: violations.closeCodeReserved,
    title: `Close ${code}`,
    bytes: (role: Role) => closeFor(role, ...codeBytes(code)),
  })),
  {
    row: violations.closeReasonNotUtf8,
    title: 'a Close reason with an impossible byte',
    bytes: (role) => closeFor(role, ...codeBytes(1000), 0xc0),
  },
  {
    row: violations.closeReasonNotUtf8,
    title: 'a Close reason that ends inside a code point',
    bytes: (role) => closeFor(role, ...codeBytes(1000), 0xe2, 0x82),
  },
  {
    row: violations.extensionDataInvalid,
    title: 'data that the extension cannot decode',
    bytes: (role) => frameFor(role, { opcode: TEXT, rsv: 4 }, wire`00`),
    options: { transform: grumbling },
  },
  {
    row: violations.internalError,
    title: 'an extension that fails on its own account',
    bytes: (role) => frameFor(role, { opcode: TEXT, rsv: 4 }, wire`01`),
    options: { transform: grumbling },
  },
]

describe.each(roles)('a %s', (role) => {
  const mine = provocations.filter(({ only }) => only === undefined || only === role)

  test.each(mine)('answers $title with its code: $row.name', ({ row, bytes, options }) => {
    const session = createSession(role, options)
    expect(feed(session, bytes(role)).map(({ type }) => type)).not.toContain('close')
    expect(sentFrames(session)).toEqual([sentClose(row.code, row.name)])
    expect(session).toMatchObject({ state: 'failed', outputEnded: true, closeExpected: true })
    expect(endOf(session)).toEqual({
      code: 1006,
      reason: '',
      wasClean: false,
      initiator: 'local',
      cause: 'violation',
      violation: row,
    })
  })

  test.each(mine)(
    'lets what came before $title reach the application and the wire',
    ({ bytes, options, row }) => {
      const session = createSession(role, options)
      session.receive(concat(textFor(role, 'first'), bytes(role)))
      const message = session.next()
      if (message?.type !== 'message') throw new Error(`not a message but ${message?.type}`)
      session.sendMessage(message)
      while (session.next() !== null);
      expect(sentFrames(session)).toEqual([
        { opcode: TEXT, fin: true, rsv: 0, payload: '6669727374' },
        sentClose(row.code, row.name),
      ])
    },
  )

  test('is failed by its driver when too much output waits', () => {
    const session = createSession(role)
    session.fail(violations.pendingOutputTooBig)
    expect(sentFrames(session)).toEqual([sentClose(1008, 'too much output waits for this peer')])
    expect(endOf(session)).toMatchObject({ cause: 'violation', violation: violations.pendingOutputTooBig })
  })
})

test('every row of the table is provoked by bytes, but the one that only a driver can see', () => {
  const provoked = new Set<Violation>(provocations.map(({ row }) => row))
  const missing = Object.values(violations).filter((row) => !provoked.has(row))
  expect(missing).toEqual([violations.pendingOutputTooBig])
})

test('no two rows have the same name, and every name fits into a Close', () => {
  const names = Object.values(violations).map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(123)
})

test('the masking key of the tests masks', () => {
  expect(frameFor('server', { opcode: TEXT }, 'Hello')).toEqual(wire`81 85 37fa213d 7f9f4d5158`)
  expect(KEY).toBe(0x37fa213d)
})
