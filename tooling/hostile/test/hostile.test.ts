import { expect, it } from 'vitest'
import { behaviour } from '../src/behaviour.ts'
import { clientBehaviours } from '../src/behaviours/of-client.ts'
import { serverBehaviours } from '../src/behaviours/of-server.ts'
import type { Finding } from '../src/finding.ts'
import { faultsOf } from '../src/finding.ts'
import { replaceRows, toMarkdown, toPage } from '../src/report.ts'

const MIB = 1024 * 1024
const one = behaviour({
  id: 'x.y',
  title: 'a | title\u0000',
  section: 'RFC 6455 5.1',
  accepts: ['close 1002'],
  attack: async () => 'close 1002',
})

it.each([
  ['server', serverBehaviours, 150],
  ['client', clientBehaviours, 80],
] as const)(
  'knows enough behaviours against a %s, each under a name of its own',
  (_role, behaviours, least) => {
    const ids = behaviours.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(behaviours.filter(({ full }) => !full).length).toBeGreaterThanOrEqual(least)
    for (const { section, accepts } of behaviours) {
      expect(section).toMatch(/^RFC \d+ \d/)
      expect(accepts.length).toBeGreaterThan(0)
    }
  },
)

it('names attached runs, and what is right only there', () => {
  const run: Finding = {
    role: 'server',
    scheme: 'ws',
    way: 'own',
    behaviour: { ...one, alsoAttached: ['fin'] },
    outcome: 'close 1002',
    growth: 0,
    bystanderMs: 0,
    elapsedMs: 0,
    faults: [],
  }
  const markdown = toMarkdown([run, { ...run, way: 'attached', outcome: 'fin' }])
  expect(markdown).toContain('| x.y | ws | a \\| title\\u0000 | RFC 6455 5.1 | close 1002 | close 1002 |')
  expect(markdown).toContain(
    '| x.y | ws attached | a \\| title\\u0000 | RFC 6455 5.1 | close 1002 or fin (attached) | fin |',
  )
})

it('finds nothing wrong with an acceptable outcome within its bounds', () => {
  expect(faultsOf(one, 'close 1002', MIB, 5)).toEqual([])
})

it('finds an outcome that is not acceptable, growth above the bound and a bystander who waited', () => {
  expect(faultsOf(one, 'echo', 100 * MIB, 5000)).toEqual([
    'came to "echo", acceptable is close 1002',
    'grew by 100 MiB, acceptable is 80 MiB',
    'a bystander waited 5000 ms, acceptable is 1000 ms',
  ])
})

it('writes a table whose cells hold no markup or control characters of a title', () => {
  const markdown = toMarkdown([
    {
      role: 'server',
      scheme: 'ws',
      way: 'own',
      behaviour: one,
      outcome: 'echo',
      growth: 2 * MIB,
      bystanderMs: 3,
      elapsedMs: 4,
      faults: ['wrong'],
    },
  ])
  expect(markdown).toContain('## Against the server: 1 behaviours, 1 runs')
  expect(markdown).toContain('a \\| title\\u0000')
  expect(markdown).toContain('**failed**: wrong')
})

it('writes a page with one row for a behaviour, and the most that it cost over ws and wss', () => {
  const run = (scheme: 'ws' | 'wss', growth: number, bystanderMs: number): Finding => ({
    role: 'server',
    scheme,
    way: 'own',
    behaviour: one,
    outcome: 'close 1002',
    growth,
    bystanderMs,
    elapsedMs: 1,
    faults: [],
  })
  const page = toPage([run('ws', 3 * MIB, 5), run('wss', MIB, 8)], {
    date: '2026-11-22',
    node: 'v20.20.2',
    command: 'npm run hostile -- --docs',
    machine: '4 cores under a load of 2',
  })
  expect(page).toContain('## Against the server: 1 behaviours, 2 runs')
  expect(page).toContain(
    '| x.y | a \\| title\\u0000 | 6455 5.1 | close 1002 | ws, wss | close 1002 | 3.0 | 8 | passed |',
  )
  expect(page).toContain('## Against the client: 0 behaviours, 0 runs')
  expect(replaceRows(page, [run('ws', 2 * MIB, 1)])).toContain('| ws | close 1002 | 2.0 | 1 | passed |')
  expect(replaceRows(page, [{ ...run('ws', 2 * MIB, 1), role: 'client' }])).toBe(page)
})
