/** Everything that is done to the server. */
import type { Behaviour } from '../behaviour.ts'
import { closingBehaviours } from './closing.ts'
import { compressionBehaviours } from './compression.ts'
import { crowdBehaviours } from './crowd.ts'
import { flowBehaviours } from './flow.ts'
import { frameBehaviours } from './frames.ts'
import { headBehaviours } from './heads.ts'
import { timeBehaviours } from './time.ts'

export const serverBehaviours: readonly Behaviour[] = [
  ...headBehaviours,
  ...frameBehaviours('server'),
  ...closingBehaviours('server'),
  ...compressionBehaviours('server'),
  ...flowBehaviours('server'),
  ...timeBehaviours,
  ...crowdBehaviours,
]
