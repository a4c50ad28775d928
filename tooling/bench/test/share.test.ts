import fc from 'fast-check'
import { expect, it } from 'vitest'
import { partOf, processesFor } from '../src/load/share.ts'
import { type EchoScenario, type PlayableScenario, scenarios } from '../src/scenarios.ts'

const playable = scenarios.flatMap((scenario): PlayableScenario[] => {
  switch (scenario.kind) {
    case 'scale':
      return scenario.counts.map((connections) => ({ ...scenario.load, connections }))
    case 'client':
    case 'workers':
      return []
    default:
      return [scenario]
  }
})

function shareAmong(scenario: PlayableScenario, most: number): PlayableScenario[] {
  const count = processesFor(scenario, most)
  return Array.from({ length: count }, (_, index) => partOf(scenario, index, count))
}

const processes = fc.integer({ min: 1, max: 3 })

it('shares all connections, and leaves no process without one', () => {
  fc.assert(
    fc.property(fc.constantFrom(...playable), processes, (scenario, most) => {
      const parts = shareAmong(scenario, most)
      expect(parts.length).toBeLessThanOrEqual(most)
      expect(Math.min(...parts.map(({ connections }) => connections))).toBeGreaterThan(0)
      expect(parts.reduce((sum, { connections }) => sum + connections, 0)).toBe(scenario.connections)
    }),
  )
})

it('loads as many connections at a time as the scenario says, however many processes there are', () => {
  const isInTurns = (scenario: PlayableScenario): scenario is EchoScenario =>
    scenario.kind === 'echo' && scenario.active > 0
  fc.assert(
    fc.property(fc.constantFrom(...playable.filter(isInTurns)), processes, (scenario, most) => {
      const parts = shareAmong(scenario, most).filter(isInTurns)
      expect(parts.every(({ active, connections }) => active > 0 && active <= connections)).toBe(true)
      expect(parts.reduce((sum, { active }) => sum + active, 0)).toBe(scenario.active)
    }),
  )
})

it('has a broadcast asked for by one process', () => {
  const [broadcast] = playable.filter(({ kind }) => kind === 'broadcast')
  if (broadcast === undefined) throw new Error('there is no broadcast')
  const triggers = shareAmong(broadcast, 3).map((part) => part.kind === 'broadcast' && part.triggers)
  expect(triggers).toEqual([true, false, false])
})
