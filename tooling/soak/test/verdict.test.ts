import { expect, it } from 'vitest'
import { addUp, type Health, judge, type Totals } from '../src/verdict.ts'

const good: Totals = {
  lives: 2,
  messages: 10,
  octets: 100,
  clean: 2,
  broken: 0,
  faults: [],
  ending: { close: 2 },
}
const resting: Health = {
  connections: 0,
  retained: 2 ** 20,
  rss: 2 ** 25,
  uncaught: [],
  resources: ['TCPServerWrap'],
}

it('adds up what the peers of all processes have seen', () => {
  const other: Totals = { ...good, faults: ['a wrong octet'], ending: { close: 1, reset: 1 } }
  expect(addUp([good, other])).toEqual({
    lives: 4,
    messages: 20,
    octets: 200,
    clean: 4,
    broken: 0,
    faults: ['a wrong octet'],
    ending: { close: 3, reset: 1 },
  })
})

it('finds nothing wrong with right echoes and a server at rest', () => {
  expect(judge(good, [resting], null)).toMatchObject({ passed: 6, failed: 0 })
})

it.each([
  ['no echo at all', { ...good, messages: 0 }, resting],
  ['a wrong echo', { ...good, faults: ['a wrong octet'] }, resting],
  ['a connection that is left', good, { ...resting, connections: 1 }],
  ['an uncaught error', good, { ...resting, uncaught: ['Error: boom'] }],
  ['a timer that is left', good, { ...resting, resources: ['TCPServerWrap', 'Timeout'] }],
] as const)('fails on %s', (_what, totals, health) => {
  expect(judge(totals, [health], null)).toMatchObject({ passed: 5, failed: 1 })
})

it('fails on memory that grows', () => {
  expect(judge(good, [resting], { flat: false, growth: 2 ** 24 })).toMatchObject({ failed: 1 })
})
