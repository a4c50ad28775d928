/** What a scenario asks of a server beyond a plain echo. */
import type { PlayableScenario } from './scenarios.ts'

export interface ScenarioNeeds {
  readonly deflate: boolean
  readonly strings: boolean
  readonly attached: boolean
  readonly broadcast: boolean
  readonly tls: boolean
}

export const needsOf = (scenario: PlayableScenario): ScenarioNeeds => ({
  deflate: 'deflate' in scenario && scenario.deflate,
  strings: scenario.kind === 'echo' && scenario.strings,
  attached: scenario.kind === 'connect' && scenario.attached,
  broadcast: scenario.kind === 'broadcast',
  tls: scenario.kind === 'echo' && scenario.tls,
})

/** True when a server that `can` these things can run the scenario. */
export const meets = (can: ScenarioNeeds, needs: ScenarioNeeds): boolean =>
  (can.deflate || !needs.deflate) &&
  (can.strings || !needs.strings) &&
  (can.attached || !needs.attached) &&
  (can.broadcast || !needs.broadcast) &&
  (can.tls || !needs.tls)
