/** Text is refused at the first byte that no continuation could make valid (RFC 6455, 8.1). */
import { Opcode } from '@hybi/frame'
import { toHex, wire } from '@hybi/test-support'
import { describe, expect, test } from 'vitest'
import { violations } from '../src/index.ts'
import {
  concat,
  createSession,
  feed,
  frameFor,
  type Role,
  roles,
  sentClose,
  sentFrames,
  toJoined,
} from './support.ts'

/** Input, and how many of its bytes are possible. */
const impossible: readonly [Uint8Array, number][] = [
  [wire`c0 80`, 0],
  [wire`c1 bf`, 0],
  [wire`f5 80 80 80`, 0],
  [wire`80`, 0],
  [wire`e0 9f 80`, 1],
  [wire`ed a0 80`, 1],
  [wire`f0 8f 80 80`, 1],
  [wire`f4 90 80 80`, 1],
  [wire`48 c3 28`, 2],
  [wire`e2 82 28`, 2],
  [wire`f0 9f 98 41`, 3],
  // As in the suite that everybody runs: valid text, then a surrogate, then more.
  [wire`ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80 65 64 69 74 65 64`, 12],
]

/** The first `count` payload bytes of a frame that is longer. */
function begin(role: Role, payload: Uint8Array, count: number): Uint8Array {
  const padded = concat(payload, new Uint8Array(100).fill(0x41))
  const frame = frameFor(role, { opcode: Opcode.TEXT }, padded)
  return frame.slice(0, frame.length - padded.length + count)
}

describe.each(roles)('a %s', (role) => {
  test.each(impossible)('fails %s at its byte, inside the frame', (payload, possible) => {
    const early = createSession(role)
    feed(early, begin(role, payload, possible))
    expect(early.state).toBe('open')
    const session = createSession(role)
    feed(session, begin(role, payload, possible + 1))
    expect(sentFrames(session)).toEqual([sentClose(1007, violations.textNotUtf8.name)])
  })

  test.each(impossible)('fails %s at its byte, over fragments of one byte', (payload, possible) => {
    const session = createSession(role)
    payload.slice(0, possible + 1).forEach((byte, i) => {
      expect(session.state).toBe('open')
      const opcode = i === 0 ? Opcode.TEXT : Opcode.CONTINUATION
      feed(session, frameFor(role, { opcode, fin: false }, Uint8Array.of(byte)))
    })
    expect(sentFrames(session)).toEqual([sentClose(1007, violations.textNotUtf8.name)])
  })

  test.each(impossible)('hands on what is possible of %s, in streamed mode', (payload, possible) => {
    const session = createSession(role, { receiveMode: 'streamed' })
    const events = feed(session, begin(role, payload, payload.length))
    const expected = ['part', false, false, true, false, toHex(payload.slice(0, possible))]
    expect(toJoined(events)).toEqual(possible === 0 ? [] : [expected])
    expect(sentFrames(session)).toEqual([sentClose(1007, violations.textNotUtf8.name)])
  })

  test('hands on a code point that is never finished, but not as the end of the message', () => {
    const session = createSession(role, { receiveMode: 'streamed' })
    const events = feed(session, frameFor(role, { opcode: Opcode.TEXT }, wire`41 e2 82`))
    expect(toJoined(events)).toEqual([['part', false, false, true, false, '41e282']])
    expect(session.state).toBe('failed')
  })

  test('takes the same bytes as binary', () => {
    for (const [payload] of impossible) {
      const events = feed(createSession(role), frameFor(role, { opcode: Opcode.BINARY }, payload))
      expect(toJoined(events)).toEqual([['message', toHex(payload), false]])
    }
  })
})
