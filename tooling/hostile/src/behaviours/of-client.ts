/** Everything that is done to the client. */
import type { Behaviour } from '../behaviour.ts'
import { answerBehaviours } from './answers.ts'
import { closingBehaviours } from './closing.ts'
import { compressionBehaviours } from './compression.ts'
import { flowBehaviours } from './flow.ts'
import { frameBehaviours } from './frames.ts'

/** A client holds one connection here: what takes many at once is done to the server. */
const takesMany = ({ id }: Behaviour): boolean => /many-|declared-and-|fragments-held/.test(id)

export const clientBehaviours: readonly Behaviour[] = [
  ...answerBehaviours,
  ...[
    ...frameBehaviours('client'),
    ...closingBehaviours('client'),
    ...compressionBehaviours('client'),
    ...flowBehaviours('client'),
  ].filter((behaviour) => !takesMany(behaviour)),
]
