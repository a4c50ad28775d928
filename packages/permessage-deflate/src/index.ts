export { type Account, Budget, type BudgetOptions, sharedBudget } from './budget.ts'
export type { Codec, DeflateSettings, Inflated, InflateFailure, Inflater } from './codec.ts'
export {
  type AcceptedOffer,
  acceptOffer,
  type CheckedAnswer,
  checkAnswer,
  offer,
  type Parameters,
  type RefusedAnswer,
} from './negotiation.ts'
export type { PermessageDeflateOptions } from './options.ts'
export { EXTENSION_NAME } from './parameters.ts'
export { createTransform, type DeflateTransform } from './transform.ts'
export { zlibCodec } from './zlib-codec.ts'
