import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Budget } from '../src/index.ts'

/** Lets all promises that can settle do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** Takes and notes when it was granted. */
function taker(budget: Budget, log: string[]) {
  return (name: string, bytes: number, account = budget.open()) => {
    void account.take(bytes).then((granted) => log.push(granted ? name : `not ${name}`))
    return account
  }
}

describe('Budget', () => {
  it('grants what fits at once and lets the rest wait in order', async () => {
    const budget = new Budget({ bytes: 100 })
    const log: string[] = []
    const take = taker(budget, log)
    const a = take('a', 60)
    const b = take('b', 40)
    take('c', 50)
    take('d', 10)
    await settled()
    expect(log).toEqual(['a', 'b'])
    expect(budget.waiting).toBe(2)
    // d would fit, but c was there first.
    b.close()
    await settled()
    expect(log).toEqual(['a', 'b'])
    a.close()
    await settled()
    expect(log).toEqual(['a', 'b', 'c', 'd'])
    expect(budget.used).toBe(60)
  })

  it('lets one holder go on beyond it, so that those who hold can end', async () => {
    const budget = new Budget({ bytes: 100 })
    const log: string[] = []
    const take = taker(budget, log)
    const a = take('a', 50)
    const b = take('b', 50)
    take('new', 10)
    take('a goes on', 30, a)
    take('b goes on', 30, b)
    await settled()
    take('a goes on again', 30, a)
    await settled()
    expect(log).toEqual(['a', 'b', 'a goes on', 'a goes on again'])
    expect(budget.used).toBe(160)
    a.close()
    await settled()
    // Those who wait are served in order, and b is now the one that may go on.
    expect(log.slice(4)).toEqual(['new', 'b goes on'])
    expect(budget.used).toBe(90)
  })

  it('lets no holder go on beyond it that is done only with its connection', async () => {
    const budget = new Budget({ bytes: 100 })
    const log: string[] = []
    const take = taker(budget, log)
    const contexts = budget.openContexts()
    take('one context', 50, contexts)
    const message = take('message', 50)
    take('the other', 50, contexts)
    take('message goes on', 30, message)
    await settled()
    expect(log).toEqual(['one context', 'message', 'message goes on'])
    message.close()
    await settled()
    expect(log.slice(3)).toEqual(['the other'])
    expect(budget.used).toBe(100)
  })

  it('gives a holder what it asks for when nobody else has anything', async () => {
    const budget = new Budget({ bytes: 100 })
    const log: string[] = []
    const take = taker(budget, log)
    const contexts = budget.openContexts()
    take('one context', 60, contexts)
    const message = take('message', 30)
    take('the other', 60, contexts)
    await settled()
    expect(log).toEqual(['one context', 'message'])
    message.close()
    await settled()
    expect(log.slice(2)).toEqual(['the other'])
    contexts.close()
    expect(budget.used).toBe(0)
  })

  it('gives somebody who asks for more than all of it what is asked for, when nobody has anything', async () => {
    const budget = new Budget({ bytes: 100 })
    const log: string[] = []
    const take = taker(budget, log)
    const small = take('small', 1)
    const huge = take('huge', 1_000)
    await settled()
    expect(log).toEqual(['small'])
    small.close()
    await settled()
    expect(log).toEqual(['small', 'huge'])
    huge.close()
    expect(budget.used).toBe(0)
  })

  it('forgets who is closed while waiting, and what it held', async () => {
    const budget = new Budget({ bytes: 100 })
    const log: string[] = []
    const take = taker(budget, log)
    const a = take('a', 100)
    const b = take('b', 100)
    take('c', 100)
    b.close()
    await settled()
    expect(log).toEqual(['a', 'not b'])
    a.close()
    a.close()
    await settled()
    expect(log).toEqual(['a', 'not b', 'c'])
    expect(budget.used).toBe(100)
    expect(budget.waiting).toBe(0)
  })

  it('does no more work at a time than it has places for, in order', async () => {
    const budget = new Budget({ jobs: 2 })
    const log: string[] = []
    const finish: (() => void)[] = []
    const work = (name: string) =>
      budget.run(() => {
        log.push(name)
        return new Promise<void>((resolve) => finish.push(resolve))
      })
    const all = ['a', 'b', 'c', 'd'].map(work)
    expect(log).toEqual(['a', 'b'])
    finish[1]()
    await settled()
    expect(log).toEqual(['a', 'b', 'c'])
    finish[0]()
    finish[2]()
    await settled()
    expect(log).toEqual(['a', 'b', 'c', 'd'])
    finish[3]()
    await Promise.all(all)
    const failing = [1, 2, 3].map(() => budget.run(() => Promise.reject(new Error('no'))))
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
    expect(await budget.run(async () => 'still works')).toBe('still works')
  })

  it('throws for sizes that are none', () => {
    expect(() => new Budget({ bytes: 0 })).toThrow('bytes must be positive, not 0')
    expect(() => new Budget({ bytes: Number.NaN })).toThrow(RangeError)
    expect(() => new Budget({ jobs: 0 })).toThrow('jobs must be a positive integer, not 0')
    expect(() => new Budget({ jobs: 1.5 })).toThrow(RangeError)
  })
})

describe('a budget that somebody waits for', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    vi.advanceTimersByTime(1)
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Opens accounts that note when they give up. */
  function holders(budget: Budget, log: string[]) {
    return (name: string, bytes: number) => {
      const account = budget.open(() => {
        log.push(name)
        account.close()
      })
      account.takeNow(bytes)
      return account
    }
  }

  it('makes messages give up whose peers keep them waiting, the one that waits longest first, and no more than needed', async () => {
    const budget = new Budget({ bytes: 100, patienceMs: 1_000 })
    const log: string[] = []
    const hold = holders(budget, log)
    const late = hold('late', 30)
    hold('works', 20)
    const early = hold('early', 30)
    hold('earliest', 20).stall()
    vi.advanceTimersByTime(10)
    early.stall()
    vi.advanceTimersByTime(10)
    late.stall()
    taker(budget, log)('waiter', 40)
    vi.advanceTimersByTime(999)
    await settled()
    expect(log).toEqual([])
    vi.advanceTimersByTime(251)
    await settled()
    expect(log).toEqual(['earliest', 'early', 'waiter'])
  })

  it('counts all waits of a message together, so that a drip does not help', async () => {
    const budget = new Budget({ bytes: 100, patienceMs: 1_000 })
    const log: string[] = []
    const drip = holders(budget, log)('drip', 100)
    taker(budget, log)('waiter', 1)
    for (let i = 0; i < 3; i++) {
      drip.stall()
      vi.advanceTimersByTime(300)
      drip.goOn()
    }
    await settled()
    expect(log).toEqual([])
    drip.stall()
    vi.advanceTimersByTime(251)
    await settled()
    expect(log).toEqual(['drip', 'waiter'])
  })

  it('lets those wait who wait for nobody that could give up, and those hold whom nobody waits for', async () => {
    const budget = new Budget({ bytes: 100, patienceMs: 1_000 })
    const log: string[] = []
    const hold = holders(budget, log)
    const stalled = hold('stalled', 50)
    stalled.stall()
    vi.advanceTimersByTime(5_000)
    stalled.goOn()
    stalled.close()
    const works = hold('works', 100)
    taker(budget, log)('waiter', 90)
    vi.advanceTimersByTime(5_000)
    await settled()
    expect(log).toEqual([])
    works.close()
    await settled()
    expect(log).toEqual(['waiter'])
    vi.advanceTimersByTime(5_000)
    expect(log).toEqual(['waiter'])
  })

  it('gives a message a quarter of its patience, however long others have waited', async () => {
    const budget = new Budget({ bytes: 100, patienceMs: 1_000 })
    const log: string[] = []
    const slow = holders(budget, log)('slow', 100)
    taker(budget, log)('waiter', 1)
    vi.advanceTimersByTime(1_990)
    slow.stall()
    vi.advanceTimersByTime(249)
    await settled()
    expect(log).toEqual([])
    vi.advanceTimersByTime(250)
    await settled()
    expect(log).toEqual(['slow', 'waiter'])
  })

  it('has patience for ever when it is told to', async () => {
    const budget = new Budget({ bytes: 100, patienceMs: Number.POSITIVE_INFINITY })
    const log: string[] = []
    holders(budget, log)('stalled', 100).stall()
    taker(budget, log)('waiter', 1)
    vi.advanceTimersByTime(1_000_000)
    await settled()
    expect(log).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('has ten seconds of it by default, and none that is negative', () => {
    expect(new Budget().patienceMs).toBe(10_000)
    expect(() => new Budget({ patienceMs: -1 })).toThrow(/patienceMs must not be negative, but is -1/)
  })
})
