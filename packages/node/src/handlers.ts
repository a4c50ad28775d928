/** What an application hands in to be called: the cheap way to receive. */
import type { CloseOutcome, Message } from '@hybi/session'
import type { Connection } from './connection.ts'
import type { IncomingMessageStream } from './message-stream.ts'

/** What a handler may answer: anything; a promise holds the next message back until it settles. */
export type HandlerResult = unknown

/**
 * Handlers of connections; all optional, called in order and never two at a time for one connection.
 *
 * A handler that throws, or whose promise is rejected, closes the connection with 1011; the error goes to `error`.
 */
export interface ConnectionHandlers<Data> {
  /** A whole message. Without `message` and `stream`, messages wait for `for await (… of connection)`. */
  message?(connection: Connection<Data>, message: Message): HandlerResult
  /** A message as it arrives, in parts. Either `message` or `stream`. */
  stream?(connection: Connection<Data>, message: IncomingMessageStream): HandlerResult
  /** The connection has ended, after its last message; called once. */
  close?(connection: Connection<Data>, outcome: CloseOutcome): HandlerResult
  /** What a handler threw. Without this handler it becomes an uncaught exception: an error is never swallowed. */
  error?(error: unknown, connection?: Connection<Data>): void
}

/** The names of the handlers above. */
export const connectionHandlerNames = ['message', 'stream', 'close', 'error'] as const

/** Throws a TypeError for handlers that are not functions, that do not exist, or that exclude each other. */
export function checkHandlers(handlers: object, known: readonly string[]): void {
  if (typeof handlers !== 'object' || handlers === null) {
    throw new TypeError(`handlers must be an object, but was ${String(handlers)}`)
  }
  for (const [name, handler] of Object.entries(handlers)) {
    if (!known.includes(name)) {
      throw new TypeError(`there is no handler ${JSON.stringify(name)}; the handlers are ${known.join(', ')}`)
    }
    if (handler !== undefined && typeof handler !== 'function') {
      throw new TypeError(`handler ${name} must be a function, but was ${String(handler)}`)
    }
  }
  if ('message' in handlers && 'stream' in handlers && handlers.message && handlers.stream) {
    throw new TypeError('give either a message handler or a stream handler, not both')
  }
}

/** True for what can be awaited. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Hands an error of the application to its handler, or to the process. */
export function reportError<Data>(
  handlers: ConnectionHandlers<Data>,
  error: unknown,
  connection?: Connection<Data>,
): void {
  if (handlers.error === undefined) {
    throwLater(error)
    return
  }
  try {
    handlers.error(error, connection)
  } catch (second) {
    throwLater(second)
  }
}

/** Makes the error an uncaught exception, in a turn of its own so that nothing of ours is torn. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
