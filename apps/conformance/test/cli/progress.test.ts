import { describe, expect, it } from 'vitest'
import { formatDuration, Progress } from '../../src/cli/progress.ts'
import { makeDefinition, makeRecord } from '../report/fixtures.ts'

/** A screen and a clock that a test moves. */
function makeScreen(isTTY: boolean) {
  const screen = {
    text: '',
    isTTY,
    columns: 40,
    write: (part: string) => {
      screen.text += part
    },
  }
  const clock = { ms: 0, usedMs: 0, now: () => clock.ms, used: () => clock.usedMs }
  return { screen, clock }
}

const definitions = ['1.1.1', '1.1.2', '2.1'].map((id) =>
  makeDefinition({ id, category: id.startsWith('1') ? 'Framing' : 'Pings' }),
)

describe('progress without a terminal', () => {
  it('is a line for each category that is done, and for each failure at once', () => {
    const { screen, clock } = makeScreen(false)
    const progress = new Progress(screen, definitions, false, clock)
    progress.record(makeRecord({ id: '1.1.1' }))
    expect(screen.text).toBe('')
    progress.record(makeRecord({ id: '1.1.2', behavior: 'FAILED', result: 'Evil\u001b[2J.' }))
    progress.record(makeRecord({ id: '2.1' }))
    clock.ms = 65_000
    clock.usedMs = 3_000
    progress.end()
    expect(screen.text).toBe(
      '  ✗ 1.1.2 FAILED: text message of 125 octets. Evil\\x1b[2J.\n✗ 1 Framing: 2 cases, 1 failing\n✓ 2 Pings: 1 case\n  took 1 min 5 s, and 3 s of processor time here\n',
    )
  })

  it('cuts a long reason behind a word', () => {
    const { screen, clock } = makeScreen(false)
    const progress = new Progress(screen, definitions, false, clock)
    progress.record(makeRecord({ id: '1.1.1', behavior: 'FAILED', result: 'seldom '.repeat(100) }))
    expect(screen.text).toMatch(/ seldom …\n$/)
    expect(screen.text.length).toBeLessThan(300)
  })

  it('gives a sign of life when nothing was said for a while', () => {
    const { screen, clock } = makeScreen(false)
    const progress = new Progress(screen, definitions, false, clock)
    clock.ms = 20_000
    progress.record(makeRecord({ id: '1.1.1' }))
    expect(screen.text).toBe('  1/3, about 40 s left\n')
  })
})

describe('progress on a terminal', () => {
  it('keeps its last line up to date and no longer than the terminal is wide', () => {
    const { screen, clock } = makeScreen(true)
    const progress = new Progress(screen, definitions, false, clock)
    clock.ms = 100_000
    progress.record(makeRecord({ id: '1.1.1', behavior: 'FAILED' }))
    expect(screen.text.split('\r\u001b[2K').at(-1)).toBe('1/3, 1 failing, about 3 min 20 s left')
    progress.end()
    expect(screen.text.split('\r\u001b[2K').at(-1)).toMatch(/^ {2}took 1 min 40 s, .*\n$/)
  })

  it('counts a heavy case for many', () => {
    const { screen, clock } = makeScreen(true)
    const heavy = [makeDefinition({ id: '1.1.1' }), makeDefinition({ id: '9.1.1', heavy: true })]
    const progress = new Progress(screen, heavy, false, clock)
    clock.ms = 1000
    progress.record(makeRecord({ id: '1.1.1' }))
    expect(screen.text).toContain('1/2, about 25 s left')
  })
})

describe('a time', () => {
  it('is in seconds, and from a minute on in minutes too', () => {
    expect([59_400, 60_000, 125_000].map(formatDuration)).toEqual(['59 s', '1 min 0 s', '2 min 5 s'])
  })
})
