import { describe, expect, it } from 'vitest'
import { selectCases } from '../../src/catalogue.ts'
import { SeriesRun } from '../../src/exchange/series.ts'
import type { IncomingMessage } from '../../src/peer/incoming.ts'
import type { PeerRole } from '../../src/record.ts'
import { EchoEndpoint } from '../mutants/echo-endpoint.ts'
import { type MemoryEndpoint, runInMemory } from '../mutants/memory-run.ts'

describe.each<PeerRole>(['server', 'client'])('long runs against a %s in memory', (role) => {
  it.each(['9.1.1', '9.4.3', '9.5.6', '9.7.2', '9.8.4', '12.1.1', '12.5.11', '13.3.3', '13.7.14'])(
    '%s is OK',
    async (id) => {
      const [one] = selectCases([id], [], role)
      const record = await runInMemory(one, role, new EchoEndpoint(role, null))
      expect([record.behavior, record.behaviorClose, record.result]).toMatchObject(['OK', 'OK', /came back/])
      expect(record.reportTime).toBe(true)
    },
  )

  it('12.1.4 fails when an echo is another message, and says which', async () => {
    const [one] = selectCases(['12.1.4'], [], role)
    const record = await runInMemory(one, role, new EchoEndpoint(role, 'echoesAsBinary'))
    expect([record.behavior, record.behaviorClose]).toEqual(['FAILED', 'OK'])
    expect(record.result).toContain('message 1 ')
  })

  it('ends when nothing moves any more', async () => {
    const right = new EchoEndpoint(role, null)
    let octets = 0
    /** Goes silent after a while. */
    const endpoint: MemoryEndpoint = {
      receive: (chunk) => {
        octets += chunk.length
        if (octets < 5000) right.receive(chunk)
      },
      receiveFin: () => right.receiveFin(),
      take: () => right.take(),
    }
    const [one] = selectCases(['9.7.4'], [], role)
    const record = await runInMemory(one, role, endpoint)
    expect([record.behavior, record.behaviorClose]).toEqual(['FAILED', 'UNCLEAN'])
    expect(
      record.log.some((entry) => entry.kind === 'note' && entry.text.includes('nothing has moved')),
    ).toBe(true)
    expect(record.duration).toBeLessThan(62_000)
  })
})

describe('a series', () => {
  const echo = (length: number): IncomingMessage => ({
    binary: false,
    compressed: false,
    parts: [],
    length,
    frames: 1,
  })
  const wire = { hold: () => undefined, release: () => undefined }

  it('sends the next message when the echo of the one before is right', () => {
    const sent: number[] = []
    const run = new SeriesRun({ count: 2, send: (index) => sent.push(index), compare: () => null }, wire)
    run.sendNext()
    expect(run.take(echo(1))).toBe(false)
    expect(run.take(echo(1))).toBe(true)
    expect(sent).toEqual([0, 1])
    expect(run.series).toEqual({ sent: 2, matched: 2, of: 2, failure: '' })
  })

  it('ends with the first wrong echo, and with one that nothing called for', () => {
    const wrong = new SeriesRun({ count: 2, send: () => undefined, compare: () => 'it is blue' }, wire)
    wrong.sendNext()
    expect(wrong.take(echo(1))).toBe(true)
    expect(wrong.series.failure).toBe('message 1 came back wrong: it is blue')
    const early = new SeriesRun({ count: 1, send: () => undefined, compare: () => null }, wire)
    expect(early.take(echo(7))).toBe(true)
    expect(early.series.failure).toContain('text of 7 octets')
  })
})
