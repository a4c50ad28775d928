/** The load generator's process: starts and stops loads, and says what they saw. */
import type { PlayableScenario } from '../scenarios.ts'
import type { Load, Target } from './load.ts'
import { startLoad } from './loads.ts'
import { Tally } from './tally.ts'

export type LoadRequest =
  | { readonly do: 'start'; readonly scenario: PlayableScenario; readonly target: Target }
  | { readonly do: 'mark' }
  | { readonly do: 'stop' }

let load: Load | null = null
const tally = new Tally()
let failure: string | null = null

async function answer(request: LoadRequest): Promise<object> {
  switch (request.do) {
    case 'start':
      failure = null
      load = await startLoad(request.scenario, request.target, tally, (error) => {
        failure ??= error.message
      })
      return {}
    case 'mark':
      return tally.mark()
    case 'stop':
      await load?.stop()
      load = null
      return {}
  }
}

process.on('message', (request: LoadRequest) => {
  answer(request).then(
    (result) => process.send?.(failure === null || request.do === 'stop' ? result : { error: failure }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
