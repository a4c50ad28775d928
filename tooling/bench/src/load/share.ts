/** Shares a load among processes. Pure. */
import type { PlayableScenario } from '../scenarios.ts'

/** How many of `most` processes can take part: each needs a connection that is loaded all the time. */
export function processesFor(scenario: PlayableScenario, most: number): number {
  const loaded = scenario.kind === 'echo' && scenario.active > 0 ? scenario.active : scenario.connections
  return Math.min(most, loaded)
}

/** What falls to the process `index` of `count`. */
export function partOf(scenario: PlayableScenario, index: number, count: number): PlayableScenario {
  const share = (all: number): number => Math.floor((all + index) / count)
  const connections = share(scenario.connections)
  switch (scenario.kind) {
    case 'echo':
      return { ...scenario, connections, active: share(scenario.active) }
    case 'broadcast':
      return { ...scenario, connections, triggers: index === 0 }
    default:
      return { ...scenario, connections }
  }
}
