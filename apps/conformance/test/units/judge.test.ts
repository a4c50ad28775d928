import { describe, expect, it } from 'vitest'
import type { ScriptPlan } from '../../src/cases/case.ts'
import { CLOSED_BY_RUNNER, failedByPeer } from '../../src/cases/case.ts'
import { nonStrict, ok, pongEvent, script, textEvent, timeoutEvent } from '../../src/cases/outcomes.ts'
import { notRun } from '../../src/exchange/exchange.ts'
import { equalsEveryOutcome, findOutcome, isSameEvent } from '../../src/judge/events.ts'
import { judge } from '../../src/judge/judge.ts'
import type { CloseFrame, Observation } from '../../src/observation.ts'

const close = (code: number | null): CloseFrame => ({ at: 1, code, reason: new Uint8Array(0) })
const blank = notRun('', 'server', false)

/** A clean case in which the runner closed and the server ended TCP; `changes` makes it another. */
const seen = (changes: Partial<Observation> = {}): Observation => ({
  ...blank,
  unimplemented: null,
  opening: { ...blank.opening, completed: true, failure: '', status: 101 },
  closedByMe: true,
  wasClean: true,
  wasNotCleanReason: null,
  localClose: close(1000),
  remoteClose: close(1000),
  ...changes,
})

const hello = textEvent('hello')
const at = <T extends object>(event: T): T & { readonly at: number } => ({ ...event, at: 0 })
const echo = script([], { outcomes: [ok(hello)] })
const verdictOf = (plan: ScriptPlan, changes: Partial<Observation>): readonly [string, string] => {
  const { behavior, behaviorClose } = judge(plan, seen(changes))
  return [behavior, behaviorClose]
}

describe('events', () => {
  it('are the same when kind, payload and type of message are', () => {
    expect(isSameEvent(hello, textEvent('hello'))).toBe(true)
    expect(isSameEvent(hello, { ...hello, binary: true } as typeof hello)).toBe(false)
    expect(isSameEvent(hello, pongEvent('hello'))).toBe(false)
    expect(isSameEvent(timeoutEvent('A'), timeoutEvent('A'))).toBe(true)
    expect(isSameEvent(timeoutEvent('A'), timeoutEvent('B'))).toBe(false)
    expect(isSameEvent(timeoutEvent('A'), hello)).toBe(false)
  })

  it('match the first outcome that they equal whole and in order', () => {
    const outcomes = [nonStrict(), ok(hello, pongEvent('p'))]
    expect(findOutcome(outcomes, [])?.verdict).toBe('NON-STRICT')
    expect(findOutcome(outcomes, [hello, pongEvent('p')])?.verdict).toBe('OK')
    expect(findOutcome(outcomes, [pongEvent('p'), hello])).toBeUndefined()
    expect(findOutcome(outcomes, [hello])).toBeUndefined()
    expect(findOutcome(outcomes, [hello, pongEvent('p'), hello])).toBeUndefined()
  })

  it('let the runner close early only when they equal every outcome', () => {
    expect(equalsEveryOutcome([ok(hello)], [hello])).toBe(true)
    expect(equalsEveryOutcome([nonStrict(), ok(hello)], [hello])).toBe(false)
  })
})

describe('the verdict on a script', () => {
  it('is OK when the events and the close are as expected', () => {
    expect(verdictOf(echo, { events: [at(hello)] })).toEqual(['OK', 'OK'])
  })

  it('is FAILED when an event is missing, wrong, or one too many', () => {
    expect(verdictOf(echo, { events: [] })[0]).toBe('FAILED')
    expect(verdictOf(echo, { events: [at(textEvent('hallo'))] })[0]).toBe('FAILED')
    expect(verdictOf(echo, { events: [at(hello), at(hello)] })[0]).toBe('FAILED')
  })

  it('is NON-STRICT when the less strict outcome is met', () => {
    const plan = script([], { outcomes: [nonStrict(), ok(hello)], close: failedByPeer(1002) })
    expect(verdictOf(plan, { closedByMe: false, remoteClose: close(1002) })).toEqual(['NON-STRICT', 'OK'])
  })

  it('is FAILED both ways when the opening handshake was not done', () => {
    const opening = { ...blank.opening, failure: 'status 404' }
    expect(verdictOf(echo, { opening })).toEqual(['FAILED', 'FAILED'])
  })

  it('is FAILED when the endpoint broke a rule itself', () => {
    expect(verdictOf(echo, { events: [at(hello)], illegal: 'a server masked a frame (5.1)' })[0]).toBe(
      'FAILED',
    )
  })

  it('is INFORMATIONAL both ways where nothing is required, but keeps what the close rules say', () => {
    const plan = script([], { informational: true })
    expect(verdictOf(plan, { events: [at(hello)] })).toEqual(['INFORMATIONAL', 'INFORMATIONAL'])
    expect(verdictOf(plan, { wasClean: false })).toEqual(['INFORMATIONAL', 'UNCLEAN'])
  })
})

describe('the verdict on the close', () => {
  const closing = (changes: Partial<Observation>, expected = CLOSED_BY_RUNNER): string =>
    judge(script([], { close: expected }), seen(changes)).behaviorClose

  it('asks who closed before whether it was clean', () => {
    expect(closing({ closedByMe: false, wasClean: false })).toBe('FAILED')
    expect(closing({ wasClean: false, remoteClose: close(1002) })).toBe('UNCLEAN')
  })

  it('finds a wrong code, and takes no code at all', () => {
    expect(closing({ remoteClose: close(1002) })).toBe('WRONG CODE')
    expect(closing({ remoteClose: close(null) })).toBe('OK')
    // 7.4.1: 1005 "MUST NOT be set as a status code in a Close control frame by an endpoint".
    expect(closing({ remoteClose: close(1005) })).toBe('WRONG CODE')
  })

  it('accepts that TCP is dropped without a Close where the peer has to fail the connection', () => {
    expect(closing({ closedByMe: false, wasClean: false, remoteClose: null }, failedByPeer(1002))).toBe('OK')
  })

  it('is FAILED BY CLIENT when the server left TCP to the runner', () => {
    const expected = { closedByMe: true, closeCode: [1000], requireClean: false }
    expect(closing({ droppedByMe: true, wasClean: false }, expected)).toBe('FAILED BY CLIENT')
    expect(closing({ droppedByMe: true, wasClean: false, role: 'client' }, expected)).toBe('OK')
  })

  it('counts for the behavior where the case says so', () => {
    const fatalCode = script([], { wrongCodeIsFatal: true })
    expect(verdictOf(fatalCode, { remoteClose: close(1002) })).toEqual(['FAILED', 'WRONG CODE'])
    const fatalCloser = script([], { close: { ...failedByPeer(1007), closedByWrongEndpointIsFatal: true } })
    expect(verdictOf(fatalCloser, {})).toEqual(['FAILED', 'FAILED'])
  })
})

describe('the verdict on a series', () => {
  const plan = {
    kind: 'rounds',
    binary: false,
    length: 1,
    count: 2,
    timeoutMs: 1000,
    close: CLOSED_BY_RUNNER,
  } as const
  const behavior = (changes: Partial<Observation>): string => judge(plan, seen(changes)).behavior

  it('is OK when every message came back', () => {
    expect(behavior({ series: { sent: 2, matched: 2, of: 2, failure: '' } })).toBe('OK')
  })

  it('is FAILED when one is missing or wrong, or none was sent', () => {
    expect(behavior({ series: { sent: 2, matched: 1, of: 2, failure: '' } })).toBe('FAILED')
    expect(behavior({ series: { sent: 1, matched: 0, of: 2, failure: 'it is another' } })).toBe('FAILED')
    expect(behavior({ series: null })).toBe('FAILED')
  })

  it('is UNIMPLEMENTED when the endpoint did not agree to what the case needs', () => {
    expect(behavior({ unimplemented: 'no permessage-deflate' })).toBe('UNIMPLEMENTED')
  })
})

describe('words on the end', () => {
  it('name the status and the reason of an endpoint that closed first', () => {
    const words = (remoteClose: CloseFrame | null): string =>
      judge(echo, seen({ closedByMe: false, remoteClose })).resultClose
    const reason = new TextEncoder().encode('too many fragments')
    expect(words({ at: 1, code: 1008, reason })).toMatch(
      /by the endpoint, with 1008 \(too many fragments\)\.$/,
    )
    expect(words(close(1008))).toMatch(/by the endpoint, with 1008\.$/)
    expect(words(close(null))).toMatch(/by the endpoint, without a status\.$/)
    expect(words(null)).toMatch(/by nobody: TCP ended\.$/)
  })
})
