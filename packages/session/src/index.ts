export { isCloseCodeAllowed } from './close-codes.ts'
export type {
  Closed,
  CloseOutcome,
  CloseReceived,
  LossCause,
  MessagePart,
  PingReceived,
  PongReceived,
  SessionEvent,
} from './events.ts'
export { Message } from './message.ts'
export type { ReceiveMode, SessionOptions } from './options.ts'
export type { FragmentOptions, SendOptions } from './outgoing.ts'
export { PreparedMessage, prepareMessage } from './prepared-message.ts'
export { checkFrameHeader, type HeaderContext } from './rules.ts'
export { Session } from './session.ts'
export type { State } from './states.ts'
export type { MessageTransform, Transformed, TransformFailure } from './transform.ts'
export { type Violation, violations } from './violations.ts'
