import { expect, it } from 'vitest'
import { judge, toMarkdown, toSvg } from '../src/report.ts'
import type { Measurement } from '../src/run.ts'
import { scenarios } from '../src/scenarios.ts'
import { median, summarize } from '../src/summary.ts'

const measured = (server: string, round: number, cpuUsPerMessage: number): Measurement => ({
  scenario: 'pipe16',
  server,
  round,
  error: null,
  sample: {
    cpuUsPerMessage,
    messagesPerSecond: 1e6 / cpuUsPerMessage,
    p50Ms: 1,
    p99Ms: 2,
    loadShare: 0.5,
    bytesPerConnection: null,
  },
})

const where = {
  date: '2026-01-01',
  machine: 'a <machine>',
  node: '20',
  versions: {},
  command: 'c',
  rounds: 3,
}

it('takes the middle of an odd and the mean of the two middles of an even number of values', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
})

it('compares servers within a round, so that a slow round harms none of them', () => {
  const figures = summarize(
    [measured('ws', 0, 10), measured('hybi', 0, 1), measured('ws', 1, 40), measured('hybi', 1, 2)],
    'ws',
  )
  expect(figures.find(({ server }) => server === 'hybi')).toMatchObject({ ratio: 15, ratioRange: [10, 20] })
})

it('keeps the reason of a measurement that failed', () => {
  const failed: Measurement = {
    scenario: 'pipe16',
    server: 'hybi',
    round: 0,
    sample: null,
    error: 'it broke',
  }
  const figures = summarize([measured('ws', 0, 10), failed], 'ws')
  expect(figures.find(({ server }) => server === 'hybi')).toMatchObject({
    rounds: 0,
    ratio: null,
    error: 'it broke',
  })
  expect(judge(figures, 'pipe16')).toBe('–')
})

it('judges against the targets, the noise of the scenario allowed', () => {
  const judged = (hybi: number, again: number) =>
    judge(
      summarize([measured('ws', 0, 12), measured('hybi', 0, hybi), measured('ws-again', 0, again)], 'ws'),
      'pipe16',
    )
  expect(judged(0.5, 12)).toBe('goal')
  expect(judged(1, 12)).toBe('must')
  expect(judged(1.05, 12)).toBe('missed')
  expect(judged(1.05, 13.2)).toBe('must')
})

it('writes a table and a chart that name no markup of the machine', () => {
  const figures = summarize([measured('ws', 0, 10), measured('hybi', 0, 0.5)], 'ws')
  const chosen = scenarios.filter(({ name }) => name === 'pipe16')
  expect(toMarkdown(chosen, ['ws', 'hybi'], figures, where)).toContain(
    '| 1 (10.0 µs) | 20.0 | 12.0 | 20.0 | goal |',
  )
  const svg = toSvg(chosen, figures, where)
  expect(svg).toContain('20.0×')
  expect(svg).not.toContain('<machine>')
})
