/** The loads by kind of scenario. */
import type { PlayableScenario } from '../scenarios.ts'
import { startBroadcast } from './broadcast-load.ts'
import { startConnect } from './connect-load.ts'
import { startEcho } from './echo-load.ts'
import { startIdle } from './idle-load.ts'
import type { Load, Target } from './load.ts'
import type { Tally } from './tally.ts'

/** Starts the scenario's load on a server; resolves once every connection is open. */
export async function startLoad(
  scenario: PlayableScenario,
  target: Target,
  tally: Tally,
  fail: (error: Error) => void,
): Promise<Load> {
  switch (scenario.kind) {
    case 'echo':
      return startEcho(scenario, target, tally, fail)
    case 'connect':
      return startConnect(scenario, target, tally, fail)
    case 'broadcast':
      return startBroadcast(scenario, target, tally, fail)
    case 'memory':
      return startIdle(scenario, target)
  }
}
