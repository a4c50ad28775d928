import { Opcode } from '@hybi/frame'
import { describe, expect, test } from 'vitest'
import { type Session, type State, violations } from '../src/index.ts'
import { endsOutput, type Input, readsFrames, sendsClose, transitions } from '../src/states.ts'
import {
  closeFor,
  codeBytes,
  createSession,
  feed,
  pull,
  type Role,
  roles,
  type SentFrame,
  sentFrames,
  textFor,
} from './support.ts'

/** The table as it stands on top of states.ts. */
const table: readonly [State, ...State[]][] = [
  // from       close       close-received violation  end      drained     lost
  ['open', 'closing', 'complete', 'failed', 'ended', 'open', 'closed'],
  ['closing', 'closing', 'complete', 'failed', 'ended', 'closing', 'closed'],
  ['complete', 'complete', 'complete', 'complete', 'ended', 'complete', 'closed'],
  ['failed', 'failed', 'failed', 'failed', 'ended', 'failed', 'closed'],
  ['ended', 'ended', 'ended', 'ended', 'ended', 'closed', 'closed'],
  ['closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed'],
]
const inputs: readonly Input[] = ['close', 'close-received', 'violation', 'end', 'drained', 'lost']
const pairs = table.flatMap(([from, ...next]) => inputs.map((input, i) => ({ from, input, to: next[i] })))

/** How a session is brought into each state, with output that holds `closed` back. */
const enter: Readonly<Record<State, (session: Session, role: Role) => void>> = {
  open: (session) => void session.sendMessage('on its way'),
  closing: (session) => session.close(),
  complete: (session, role) => void feed(session, closeFor(role)),
  failed: (session) => session.fail(violations.internalError),
  ended: (session) => {
    session.sendMessage('on its way')
    session.receiveEnd()
    pull(session)
  },
  closed: (session) => session.transportLost('reset'),
}

/** What causes each input. Returns what was sent, as far as it was taken. */
const cause: Readonly<Record<Input, (session: Session, role: Role) => readonly SentFrame[]>> = {
  close: (session) => {
    session.close()
    return []
  },
  'close-received': (session, role) => {
    feed(session, closeFor(role, ...codeBytes(1001)))
    return []
  },
  violation: (session) => {
    session.fail(violations.internalError)
    return []
  },
  end: (session) => {
    session.receiveEnd()
    pull(session)
    return []
  },
  drained: (session) => {
    const sent = sentFrames(session)
    pull(session)
    return sent
  },
  lost: (session) => {
    session.transportLost('timeout')
    return []
  },
}

test('the transitions are those of the table', () => {
  for (const { from, input, to } of pairs) expect(transitions[from][input], `${from} + ${input}`).toBe(to)
})

/** States that are entered with a Close. */
const sentBefore: ReadonlySet<State> = new Set(['closing', 'complete', 'failed'])

describe.each(roles)('a %s', (role) => {
  test.each(pairs)('in state $from goes to $to on $input', ({ from, input, to }) => {
    const session = createSession(role)
    enter[from](session, role)
    expect(session.state).toBe(from)
    const taken = cause[input](session, role)
    expect(session.state).toBe(to)
    const closes = [...taken, ...sentFrames(session)].filter(({ opcode }) => opcode === Opcode.CLOSE)
    const expected = sentBefore.has(from) || sendsClose(from, to) ? 1 : 0
    expect(closes).toHaveLength(input === 'lost' ? 0 : expected)
  })

  test.each(table.map(([state]) => state))('in state %s sends and reads as the state says', (state) => {
    const session = createSession(role)
    enter[state](session, role)
    expect(session.sendMessage('x')).toBe(state === 'open')
    expect(session.sendFragment('x', { fin: true })).toBe(state === 'open')
    expect(session.sendPing()).toBe(state === 'open')
    expect(session.sendPong()).toBe(state === 'open')
    const read = feed(session, textFor(role, 'x')).filter(({ type }) => type === 'message')
    expect(read).toHaveLength(readsFrames(state) ? 1 : 0)
    expect(session.outputEnded).toBe(endsOutput(session.state, role))
  })
})

test('a complete server ends its output at once, a complete client waits for the server', () => {
  expect(endsOutput('complete', 'server')).toBe(true)
  expect(endsOutput('complete', 'client')).toBe(false)
})

test('before closing nothing ends, after a failure everything does', () => {
  for (const role of roles) {
    expect([endsOutput('open', role), endsOutput('closing', role)]).toEqual([false, false])
    expect([endsOutput('failed', role), endsOutput('ended', role)]).toEqual([true, true])
  }
})
