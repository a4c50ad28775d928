/** How long a connection may be served in a row. */
import type { SessionEvent } from '@hybi/session'
import { expect, test, vi } from 'vitest'
import { Shift } from '../src/shift.ts'

const clock = vi.hoisted(() => ({ ms: 0 }))
vi.mock('../src/clock.ts', () => ({ now: () => clock.ms }))

const event: SessionEvent = { type: 'pong', payload: new Uint8Array(0) }

/** Whether it is over within so many events that take no time. */
const isOver = (shift: Shift): boolean =>
  Array.from({ length: 64 }, () => shift.endsWithEvent(event)).includes(true)

test('is over when its time is, by events as by large reads', () => {
  const shift = new Shift(clock.ms)
  shift.work(clock.ms)
  clock.ms += 4
  expect([isOver(shift), shift.endsWithRead(65_536)]).toEqual([false, false])
  clock.ms += 1
  expect([isOver(shift), shift.endsWithRead(65_536), shift.endsWithRead(100)]).toEqual([true, true, false])
  shift.begin(clock.ms)
  expect(isOver(shift)).toBe(false)
})

test('begins anew with bytes that come after another was served, or after a while', () => {
  const one = new Shift(clock.ms)
  const other = new Shift(clock.ms)
  one.work(clock.ms)
  clock.ms += 4
  one.work(clock.ms)
  clock.ms += 4
  expect(isOver(one)).toBe(true)
  other.work(clock.ms)
  one.work(clock.ms)
  expect(isOver(one)).toBe(false)
  clock.ms += 6
  one.work(clock.ms)
  expect(isOver(one)).toBe(false)
})

test('does not begin anew because another is served meanwhile, without bytes of its own having come', () => {
  const shifts = [new Shift(clock.ms), new Shift(clock.ms), new Shift(clock.ms)]
  for (const shift of shifts) shift.work(clock.ms)
  for (let turn = 0; turn < 5; turn++) {
    clock.ms += 1
    expect(shifts.map(isOver)).toEqual(shifts.map(() => turn === 4))
  }
})
