import { expect, it } from 'vitest'
import { own, peers } from '../src/agents.ts'
import { countOf, sum } from '../src/count.ts'

const WELL = [
  '  ✗ 9.3.1 FAILED: too many: 5 cases, 5 failing',
  '✗ 9 Limits and performance: 54 cases, 4 failing',
  "a: Autobahn's: 517 cases, 298 OK, 216 UNIMPLEMENTED, 3 INFORMATIONAL",
  'a: own: 172 cases, 167 OK, 5 not applicable',
  'a: 689 cases, none failing',
  'report: x',
  '',
].join('\n')

it('counts what came out as expected, what was not run as skipped, and not what there is nothing to run of', () => {
  expect(countOf(WELL, 0)).toEqual({ passed: 468, failed: 0, skipped: 216 })
})

it('counts every deviation from the table as a failure', () => {
  const output = `a: 10 cases, 8 OK, 2 FAILED; 2 failing; more\n  regression: 1.1.1 is FAILED, expected not failing\n  changed: 2.1 is FAILED, expected OK\n`
  expect(countOf(output, 1)).toEqual({ passed: 8, failed: 2, skipped: 0 })
})

it('fails a run that was not complete, or said nothing, whatever else it says', () => {
  expect(countOf(WELL, 2)).toMatchObject({ failed: 1 })
  expect(countOf('', 0)).toMatchObject({ passed: 0, failed: 1 })
  expect(countOf(WELL, 1)).toMatchObject({ failed: 1 })
})

it('adds up', () => {
  expect(
    sum([
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 4, failed: 5, skipped: 6 },
    ]),
  ).toEqual({
    passed: 5,
    failed: 7,
    skipped: 9,
  })
})

it('tests both roles over both schemes, each under a name of its own', () => {
  expect(own.map(({ role, scheme }) => `${role} ${scheme}`)).toEqual([
    'server ws',
    'server wss',
    'client ws',
    'client wss',
  ])
  const names = [...own, ...peers].map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
