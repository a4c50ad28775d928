import { expect, it } from 'vitest'
import { toSvg } from '../src/chart.ts'
import { contestOf } from '../src/contests.ts'
import { putBriefInto, putInto } from '../src/docs.ts'
import { selfTimes } from '../src/profile.ts'
import { type Report, toMarkdown } from '../src/report.ts'
import type { Sample } from '../src/rigs/rig.ts'
import type { Measurement } from '../src/run.ts'
import { scenarios } from '../src/scenarios.ts'
import { contestants } from '../src/servers/table.ts'
import { median, noiseOf, type Result, summarize } from '../src/summary.ts'
import { targets } from '../src/targets.ts'
import { aheadOf, judge, judgeAll } from '../src/verdict.ts'

const sample: Sample = {
  cpuUsPerMessage: 1,
  messagesPerSecond: 1000,
  p50Ms: 1,
  p99Ms: 2,
  systemShare: 0.7,
  loadShare: 0.5,
  quietShare: 1,
  pace: null,
  bytesPerConnection: null,
}

const everybody = contestants.map(({ name }) => name)

const measured =
  (scenario: string) =>
  (entrant: string, round: number, fields: Partial<Sample>): Measurement => ({
    scenario,
    entrant,
    round,
    error: null,
    sample: { ...sample, ...fields },
  })

const summarized = (scenario: string, measurements: readonly Measurement[]): Result => {
  const found = scenarios.find(({ name }) => name === scenario)
  const contest = found && contestOf(found, everybody)
  if (!contest) throw new Error(`${scenario} is no scenario`)
  return summarize(contest, measurements)
}

const pipe16 = (costs: Record<string, number>): Result =>
  summarized(
    'pipe16',
    Object.entries(costs).map(([name, cpuUsPerMessage]) =>
      measured('pipe16')(name, 0, { cpuUsPerMessage, messagesPerSecond: 1e6 / cpuUsPerMessage }),
    ),
  )

const circumstances = {
  date: '2026-01-01',
  machine: 'a <machine>',
  node: '20.0.0',
  versions: { ws: '8.0.0' },
  command: 'npm run bench',
  measured: 'median of 1 round',
  loadBefore: 0,
}
const reportOf = (...results: Result[]): Report => ({ circumstances, results })

it('takes the middle of an odd and the mean of the two middles of an even number of values', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
})

it('takes for noise what the median of equal runs is off by, or might have been in so few rounds', () => {
  expect(noiseOf([1.04])).toBeCloseTo(0.04)
  expect(noiseOf([0.96, 0.96, 0.96])).toBeCloseTo(0.04)
  expect(noiseOf([0.9, 1, 1, 1.1])).toBeCloseTo((1.58 * 0.1) / 2)
  expect(noiseOf([0.9, 0.9, 1, 1, 1, 1.1, 1.1])).toBeLessThan(noiseOf([0.9, 1, 1.1]))
})

it('compares entrants within a round, so that a slow round harms none of them', () => {
  const at = measured('pipe16')
  const { figures } = summarized('pipe16', [
    at('ws', 0, { cpuUsPerMessage: 10 }),
    at('hybi', 0, { cpuUsPerMessage: 1 }),
    at('ws', 1, { cpuUsPerMessage: 40 }),
    at('hybi', 1, { cpuUsPerMessage: 2 }),
  ])
  expect(figures.find(({ entrant }) => entrant === 'hybi')).toMatchObject({ ratio: 15, ratioRange: [10, 20] })
})

it('leaves out rounds in which somebody else was on a core all the time, unless they are more than half', () => {
  const at = measured('pipe16')
  const { figures } = summarized('pipe16', [
    at('ws', 0, { cpuUsPerMessage: 10 }),
    at('hybi', 0, { cpuUsPerMessage: 4, quietShare: 0 }),
    at('raw', 0, { cpuUsPerMessage: 5, quietShare: 0 }),
    at('ws', 1, { cpuUsPerMessage: 10, quietShare: 0.1 }),
    at('hybi', 1, { cpuUsPerMessage: 2 }),
    at('raw', 1, { cpuUsPerMessage: 4, quietShare: 0 }),
  ])
  const figureOf = (name: string) => figures.find(({ entrant }) => entrant === name)
  expect(figureOf('hybi')).toMatchObject({ rounds: 1, cost: 2, ratio: 5 })
  expect(figureOf('raw')).toMatchObject({ rounds: 2, cost: 4.5, ratio: 2.25 })
})

it('compares like with like where few rounds are quiet', () => {
  const at = measured('pipe16')
  const { figures } = summarized('pipe16', [
    ...[0, 0, 1, 0].map((quietShare, round) =>
      at('ws', round, { cpuUsPerMessage: quietShare === 0 ? 15 : 10, quietShare }),
    ),
    ...[0, 0.05, 1, 0].map((quietShare, round) =>
      at('hybi', round, { cpuUsPerMessage: quietShare === 0 ? 1.5 : 1, quietShare }),
    ),
  ])
  expect(figures.find(({ entrant }) => entrant === 'hybi')).toMatchObject({ ratio: 10, ratioRange: [10, 10] })
})

it('takes nothing for quiet that was so only before the run had seen the core alone', () => {
  const at = measured('pipe16')
  const { figures } = summarized('pipe16', [
    at('ws', 0, { cpuUsPerMessage: 15, pace: { leastUs: 38, mostAloneUs: 41 } }),
    at('hybi', 0, { cpuUsPerMessage: 1, pace: { leastUs: 21, mostAloneUs: 23 } }),
    at('ws', 1, { cpuUsPerMessage: 10, pace: { leastUs: 21, mostAloneUs: 22 } }),
    at('hybi', 1, { cpuUsPerMessage: 1, pace: { leastUs: 21, mostAloneUs: 22 } }),
  ])
  expect(figures.find(({ entrant }) => entrant === 'ws')).toMatchObject({
    cost: 10,
    quietShare: 0.5,
    loud: [1, 2],
  })
  expect(figures.find(({ entrant }) => entrant === 'hybi')).toMatchObject({ ratio: 10, loud: [0, 2] })
})

it('says how much of a run was alone, and warns where most was not', () => {
  const at = measured('pipe16')
  const run = (...shares: readonly (number | null)[]): string =>
    toMarkdown(
      reportOf(
        summarized(
          'pipe16',
          shares.map((quietShare, round) =>
            at('ws', round, {
              quietShare,
              pace: quietShare === null ? null : { leastUs: 21, mostAloneUs: 22 },
            }),
          ),
        ),
      ),
    )
  expect(run(1, 0.5, 0)).toContain(
    'Alone on the core for 50 % of a stretch on average, in 1 of 3 stretches not at all; a look took 21 µs at best.\n',
  )
  expect(run(0.3, 0, 0)).toContain(
    'for 10 % of a stretch on average, in 2 of 3 stretches not at all; a look took 21 µs at best. Most of these figures are those of a core that is shared.\n',
  )
  expect(run(null)).not.toContain('Alone')
})

it('keeps the reason of a measurement that failed, and calls the run unclean', () => {
  const failed: Measurement = {
    scenario: 'pipe16',
    entrant: 'hybi',
    round: 0,
    sample: null,
    error: 'it broke',
  }
  const result = summarized('pipe16', [measured('pipe16')('ws', 0, {}), failed])
  expect(result.figures.find(({ entrant }) => entrant === 'hybi')).toMatchObject({
    rounds: 0,
    ratio: null,
    error: 'it broke',
  })
  expect(judge(result)).toBe('–')
  expect(judgeAll([result])).toMatchObject({
    clean: false,
    line: expect.stringContaining('failed 1 (hybi in pipe16)'),
  })
})

it('judges against the targets, for a must the noise of the scenario allowed', () => {
  expect(judge(pipe16({ ws: 12, hybi: 0.63, 'ws-again': 13.2 }))).toBe('must')
  expect(judge(pipe16({ ws: 12, hybi: 0.5, 'ws-again': 12 }))).toBe('goal')
  expect(judge(pipe16({ ws: 12, hybi: 1, 'ws-again': 12 }))).toBe('must')
  expect(judge(pipe16({ ws: 12, hybi: 1.05, 'ws-again': 12 }))).toBe('missed')
  expect(judge(pipe16({ ws: 12, hybi: 1.05, 'ws-again': 13.2 }))).toBe('must')
})

it('lets noise excuse no more than a quiet machine has', () => {
  expect(judge(pipe16({ ws: 12, hybi: 1.2, 'ws-again': 24 }))).toBe('missed')
})

it('judges memory by what a connection holds, not by what the reference holds', () => {
  const at = measured('memory')
  const held = (octets: number): Result =>
    summarized('memory', [
      at('ws', 0, { bytesPerConnection: 100_000 }),
      at('hybi', 0, { bytesPerConnection: octets }),
    ])
  expect(judge(held(5 * 1024))).toBe('goal')
  expect(judge(held(6 * 1024))).toBe('must')
  expect(judge(held(7 * 1024))).toBe('missed')
})

it('judges the gain of workers by messages per second, whatever a message costs', () => {
  const at = measured('workers')
  const { figures } = summarized('workers', [
    at('1', 0, { messagesPerSecond: 100, cpuUsPerMessage: null }),
    at('2', 0, { messagesPerSecond: 190, cpuUsPerMessage: null }),
  ])
  expect(figures.find(({ entrant }) => entrant === '2')?.ratio).toBeCloseTo(1.9)
})

it('judges how flat a server is by the number of connections with the worst ratio', () => {
  const at = measured('scale64')
  const costs = { 64: 10, '64-again': 10, 1000: 10, 10000: 10 }
  const of = (most: number): Result =>
    summarized(
      'scale64',
      Object.entries({ ...costs, 1000: most }).map(([name, cpuUsPerMessage]) =>
        at(name, 0, { cpuUsPerMessage }),
      ),
    )
  expect(judge(of(10))).toBe('goal')
  expect(judge(of(12))).toBe('missed')
})

it('judges by ratios within rounds, and not by what costs most in the middle of them', () => {
  const costs = {
    64: [10, 20, 10],
    '64-again': [12, 20, 12],
    1000: [13, 13, 13],
    10000: [10, 22, 14],
  }
  const at = measured('scale64')
  const result = summarized(
    'scale64',
    Object.entries(costs).flatMap(([name, rounds]) =>
      rounds.map((cpuUsPerMessage, round) => at(name, round, { cpuUsPerMessage })),
    ),
  )
  expect(judge(result)).toBe('missed')
})

it('says of each figure what the kernel has used of it', () => {
  expect(toMarkdown(reportOf(pipe16({ ws: 10, hybi: 0.5 })))).toContain('| 70 % | 50 % |')
})

it('says what ours costs beside each other one, by the rounds that have both', () => {
  const markdown = toMarkdown(reportOf(pipe16({ ws: 10, hybi: 0.5, 'ws-tuned': 0.4 })))
  expect(markdown).toContain(
    '| ws-tuned | 0.40 µs | 2500000 | 1.000 | 2.000 | 25.0 | 25.0–25.0 | 1.25 ± 0 % |',
  )
  expect(markdown).toContain('| hybi | 0.50 µs | 2000000 | 1.000 | 2.000 | 20.0 | 20.0–20.0 | – |')
})

it('calls the time of several workers for a message no processor time', () => {
  const at = measured('workers')
  const workers = summarized('workers', [at('1', 0, { messagesPerSecond: 100, cpuUsPerMessage: null })])
  expect(toMarkdown(reportOf(workers))).toContain('| workers | 1 | – | 100 |')
})

it('names rivals that are ahead, each where it must not be', () => {
  expect(aheadOf(pipe16({ ws: 12, hybi: 2, 'ws-tuned': 1.9, uws: 1.8 }))).toEqual(['ws-tuned', 'uws'])
  expect(aheadOf(pipe16({ ws: 12, hybi: 2, 'ws-tuned': 1.9, 'ws-again': 13.5 }))).toEqual([])
  expect(aheadOf({ ...pipe16({ ws: 12, hybi: 2, uws: 1.9 }), scenario: 'conc16' })).toEqual([])
})

it('names no rival that is ahead by less than the rounds of that comparison differ', () => {
  const at = measured('conc16')
  const result = (costs: readonly number[]): Result =>
    summarized(
      'conc16',
      costs.flatMap((cpuUsPerMessage, round) => [
        at('ws', round, { cpuUsPerMessage: 20 }),
        at('ws-again', round, { cpuUsPerMessage: 20 }),
        at('ws-tuned', round, { cpuUsPerMessage: 10 }),
        at('hybi', round, { cpuUsPerMessage }),
      ]),
    )
  expect(aheadOf(result([10.4, 10.5, 10.6, 10.5, 10.5]))).toEqual(['ws-tuned'])
  expect(aheadOf(result([9, 10.5, 12, 9.5, 11.5]))).toEqual([])
})

it('has a scenario for every target', () => {
  const names = scenarios.map(({ name }) => name)
  expect(Object.keys(targets).filter((name) => !names.includes(name))).toEqual([])
})

it('writes what was reached in the table, and all of it in the last line', () => {
  const markdown = toMarkdown(reportOf(pipe16({ ws: 10, hybi: 0.5, 'ws-again': 10, 'ws-tuned': 0.4 })))
  expect(markdown).toContain('| 1 (10.0 µs) | 20.0 | 25.0 |')
  expect(markdown).toContain('| ± 0 % | 12.0 | 20.0 | goal, behind ws-tuned |')
  expect(markdown).toContain('goal 1 · must 0 · missed 0 · behind 1 (ws-tuned in pipe16) · failed 0')
})

it('says where the load generator may have been the bottleneck', () => {
  const busy = summarized('pipe16', [measured('pipe16')('hybi', 0, { loadShare: 0.97 })])
  expect(toMarkdown(reportOf(busy))).toContain('more than 90 % of what it could have had: pipe16 (hybi).')
})

it('draws a chart without markup of the machine', () => {
  const svg = toSvg(reportOf(pipe16({ ws: 10, hybi: 0.5, uws: 1, raw: 0.4 })))
  expect(svg).toContain('20.0×')
  expect(svg.match(/<circle/g)).toHaveLength(3 + 2)
  expect(svg).not.toContain('<machine>')
})

it('replaces the figures of a page, and nothing else, however often', () => {
  const page =
    'before\n\n<!-- figures: written by `npm run bench -- docs` -->\nold\n<!-- end of figures -->\n\nafter\n'
  const report = reportOf(pipe16({ ws: 10, hybi: 0.5, 'ws-tuned': 2.5 }))
  const once = putInto(page, [report])
  expect(once).toMatch(/^before\n\n[\s\S]*### Node 20\.0\.0[\s\S]*\n\nafter\n$/)
  expect(once).not.toContain('old')
  expect(putInto(once, [report])).toBe(once)
  expect(() => putInto('no marks', [report])).toThrow('no place')
  const brief = putBriefInto(page, report)
  expect(brief).toMatch(
    /^before\n\n[\s\S]*\| \*\*pipe16\*\* .*\| 20\.0 \| 1 \(10\.0 µs\) \| 4\.00 \| failed \|[\s\S]*\n\nafter\n$/,
  )
  expect(putBriefInto(brief, report)).toBe(brief)
})

it('sums the time of functions in themselves, as parts of the busy time', () => {
  const node = (id: number, functionName: string, url: string) => ({
    id,
    callFrame: { functionName, url, lineNumber: 4 },
  })
  const profile = {
    nodes: [
      node(1, '(idle)', ''),
      node(2, 'work', 'file:///x/packages/node/dist/index.js'),
      node(3, 'writeBuffer', ''),
    ],
    samples: [1, 2, 3, 2],
    timeDeltas: [500, 10, 60, 30],
  }
  expect(selfTimes(profile)).toEqual([
    { name: 'writeBuffer', share: 0.6 },
    { name: 'work node/dist/index.js:5', share: 0.4 },
  ])
})
