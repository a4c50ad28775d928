export {
  type CloseOutcome,
  type Message,
  type PreparedMessage,
  prepareMessage,
  type SendOptions,
} from '@hybi/session'
export { type HeaderOptions, type HttpAnswer, type Refused, refuse } from './answer.ts'
export { type AttachOptions, attach } from './attach.ts'
export { type BroadcastOptions, type BroadcastResult, broadcast, type SlowPolicy } from './broadcast.ts'
export type { CompressionOption } from './compression.ts'
export { type ConnectOptions, connect } from './connect.ts'
export type { Connection, WaitOptions } from './connection.ts'
export type { Destination } from './destination.ts'
export type { CreateConnection, DialOptions } from './dial.ts'
export type { EndpointOptions, ServerCloseOptions } from './endpoint.ts'
export { ConnectError, ConnectionClosedError, ConnectRefusedError } from './errors.ts'
export type { ConnectionHandlers, HandlerResult } from './handlers.ts'
export { type Host, type HostOptions, hostOptions, type UpgradeListener } from './host.ts'
export { type ListeningServer, type ListenOptions, listen } from './listen.ts'
export type { IncomingMessageStream } from './message-stream.ts'
export type { OriginOption } from './origin.ts'
export type { MessageParts, Sendable, StreamOptions } from './outbox.ts'
export type { PathOption } from './path.ts'
export type { Connections, Server } from './server.ts'
export type { Accepted, ListenHandlers, ServerHandlers, UpgradeAnswer } from './server-handlers.ts'
export type { Asked, ServerRequest } from './server-request.ts'
export {
  defaultHeartbeat,
  defaultLimits,
  defaultTimeouts,
  type Heartbeat,
  type Limits,
  type SettingsOptions,
  type Timeouts,
} from './settings.ts'
