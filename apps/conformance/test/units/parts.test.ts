import { describe, expect, it, vi } from 'vitest'
import { closeBody, hex, octets, repeat } from '../../src/cases/step.ts'
import { allCases, autobahnCases, ownCases, selectCases, shardCases } from '../../src/catalogue.ts'
import { parseTarget } from '../../src/connect.ts'
import { SystemClock } from '../../src/peer/clock.ts'
import { findIllegality } from '../../src/peer/legality.ts'
import { cutMessage } from '../../src/peer/outgoing.ts'
import { makeBatches, runLimited } from '../../src/schedule.ts'
import { parseRoute } from '../../src/serving/routes.ts'

const ids = (cases: readonly { readonly id: string }[]): string[] => cases.map(({ id }) => id)

describe('the catalogue', () => {
  it('has ids that occur once, own ones that no pattern of Autobahn takes in', () => {
    expect(new Set(ids(allCases)).size).toBe(allCases.length)
    expect(ownCases.every(({ id }) => /^[A-Z]\.\d+\.\d+$/.test(id))).toBe(true)
    expect(allCases.map(({ number }) => number)).toEqual(allCases.map((_, index) => index + 1))
    expect(selectCases(['1*', '7*'], [], 'server').every(({ autobahn }) => autobahn)).toBe(true)
  })

  it('has at least 120 own cases, each with its reason, rule, severity and requirements', () => {
    expect(ownCases.length).toBeGreaterThanOrEqual(120)
    for (const { id, reason, rule, plan, title, description } of ownCases) {
      expect(reason, id).toMatch(/[.!"]$/)
      expect(rule, id).toMatch(/^RFC \d{4} \d/)
      expect(description, id).toMatch(/\.$/)
      expect(title, id).not.toBe('')
      expect(plan.kind === 'probe' && plan.requirements.length, id).toBeGreaterThan(0)
    }
  })

  it('selects by patterns in the form of Autobahn, in suite order', () => {
    expect(ids(selectCases(['2.1', '1.1.1'], [], 'server'))).toEqual(['1.1.1', '2.1'])
    expect(ids(selectCases(['1.*'], ['1.1.*'], 'server'))).toHaveLength(8)
    expect(selectCases([], [], 'server').length).toBeGreaterThan(517)
    expect(selectCases(['h.3.*'], [], 'server')).toEqual([])
    expect(selectCases(['h.3.*'], [], 'client').length).toBeGreaterThan(0)
    expect(selectCases(['.'], [], 'client')).toEqual([])
  })

  it('shards without loss', () => {
    const shards = [1, 2, 3, 4].map((index) => shardCases(autobahnCases, index, 4))
    expect(shards.flat()).toHaveLength(517)
    expect(new Set(ids(shards.flat())).size).toBe(517)
  })
})

describe('what runs at the same time', () => {
  it('is light or heavy, never both', () => {
    const batches = makeBatches(autobahnCases, undefined)
    expect(batches.map(({ cases }) => new Set(cases.map(({ heavy }) => heavy)).size)).toEqual([1, 1])
    expect(batches.flatMap(({ cases }) => cases)).toHaveLength(517)
    expect(makeBatches([], 1)).toEqual([])
    expect(makeBatches(autobahnCases, 1).map(({ atATime }) => atATime)).toEqual([1, 1])
  })

  it('is never more than allowed, and nothing once stopped', async () => {
    let running = 0
    let most = 0
    const done: number[] = []
    await runLimited(
      [1, 2, 3, 4, 5],
      2,
      () => done.length >= 4,
      async (item) => {
        most = Math.max(most, ++running)
        await Promise.resolve()
        running--
        done.push(item)
      },
    )
    expect(most).toBe(2)
    expect(done).toEqual([1, 2, 3, 4])
  })
})

describe('targets', () => {
  it('are ws and wss URLs with their ports, paths and Host', () => {
    expect(parseTarget('ws://localhost/a?b=c')).toEqual({
      secure: false,
      host: 'localhost',
      port: 80,
      path: '/a?b=c',
      authority: 'localhost',
    })
    expect(parseTarget('wss://[::1]:9002')).toMatchObject({
      secure: true,
      host: '::1',
      port: 9002,
      authority: '[::1]:9002',
    })
  })
})

describe('routes of the driver protocol', () => {
  it('are read from the request target', () => {
    expect(parseRoute('/getCaseCount', 3)).toEqual({ to: 'getCaseCount' })
    expect(parseRoute('/runCase?case=3&agent=a%20b', 3)).toEqual({ to: 'runCase', position: 3, agent: 'a b' })
    expect(parseRoute('/getCaseInfo?case=1', 3)).toEqual({ to: 'getCaseInfo', position: 1 })
    expect(parseRoute('/getCaseStatus?case=1&agent=x', 3)).toEqual({
      to: 'getCaseStatus',
      position: 1,
      agent: 'x',
    })
    expect(parseRoute('/updateReports', 3)).toEqual({ to: 'updateReports', agent: 'UnknownClient' })
  })

  it('lead nowhere when the case does not exist', () => {
    for (const target of ['/runCase?case=0', '/runCase?case=4', '/runCase?case=x', '/runCase', '/', '/other'])
      expect(parseRoute(target, 3).to).toBe('nowhere')
  })
})

describe('messages cut into frames', () => {
  const lengths = (
    length: number,
    spec: Parameters<typeof cutMessage>[1],
  ): readonly (readonly [number, boolean])[] =>
    [...cutMessage(repeat('x', length), spec)].map(({ payload, last }) => [payload.length, last] as const)

  it('end with an empty frame when the length is a multiple of the size, as Autobahn does', () => {
    expect(lengths(4, { fragment: 2 })).toEqual([
      [2, false],
      [2, false],
      [0, true],
    ])
    expect(lengths(5, { fragment: 2 })).toEqual([
      [2, false],
      [2, false],
      [1, true],
    ])
    expect(lengths(2, { fragment: 2 })).toEqual([[2, true]])
    expect(lengths(0, {})).toEqual([[0, true]])
  })

  it('end with the rest when they are cut automatically', () => {
    expect(lengths(4, { autoFragment: 2 })).toEqual([
      [2, false],
      [2, true],
    ])
    expect(lengths(3, { autoFragment: 2 })).toEqual([
      [2, false],
      [1, true],
    ])
  })
})

describe("the endpoint's own frames", () => {
  const good = {
    fin: true,
    rsv: 0,
    opcode: 1,
    masked: false,
    maskingKey: 0,
    payloadLength: 5,
    lengthBytes: 0,
    lengthHigh: 0,
  } as const
  const server = { masked: false, claimedRsv: 0, fragmented: false }

  it('are legal or break one rule, which is named', () => {
    expect(findIllegality(good, server)).toBeNull()
    expect(findIllegality({ ...good, rsv: 4 }, { ...server, claimedRsv: 4 })).toBeNull()
    expect(findIllegality({ ...good, lengthBytes: 2, payloadLength: 126 }, server)).toBeNull()
    for (const [header, rule] of [
      [{ ...good, masked: true }, '5.1'],
      [{ ...good, rsv: 4 }, '5.2'],
      [{ ...good, opcode: 3 }, '5.2'],
      [{ ...good, lengthBytes: 2 }, 'not minimal'],
      [{ ...good, lengthBytes: 8, payloadLength: 65_535 }, 'not minimal'],
      [{ ...good, opcode: 9, fin: false }, '5.5'],
      [{ ...good, opcode: 9, lengthBytes: 2, payloadLength: 126 }, '5.5'],
      [{ ...good, opcode: 0 }, '5.4'],
    ] as const)
      expect(findIllegality(header, server)).toContain(rule)
    expect(findIllegality(good, { ...server, masked: true })).toContain('did not mask')
    expect(findIllegality(good, { ...server, fragmented: true })).toContain('5.4')
    expect(
      findIllegality({ ...good, opcode: 0, rsv: 4 }, { masked: false, claimedRsv: 4, fragmented: true }),
    ).toContain('5.2')
  })
})

describe('the clock', () => {
  it('waits longer by the time that the event loop was held up', () => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
    })
    try {
      const clock = new SystemClock()
      const expired: number[] = []
      clock.after(100, () => expired.push(clock.now()))
      const start = clock.now()
      vi.advanceTimersByTime(100)
      expect(expired).toEqual([start + 100])
      const cancel = clock.after(10, () => expired.push(-1))
      cancel()
      vi.advanceTimersByTime(1000)
      expect(expired).toHaveLength(1)
      clock.close()
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('octets', () => {
  it('are written as text, hex, patterns and Close bodies of any code', () => {
    expect(octets('é')).toEqual(Uint8Array.of(0xc3, 0xa9))
    expect(hex('00 ff')).toEqual(Uint8Array.of(0, 255))
    expect(repeat('ab', 3)).toEqual(octets('aba'))
    expect(repeat('', 2)).toEqual(new Uint8Array(2))
    expect(closeBody(65_535, 'x')).toEqual(Uint8Array.of(0xff, 0xff, 0x78))
  })
})
