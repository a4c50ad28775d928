/**
 * Hands the events of one session to the application: to its handlers, or to who reads.
 *
 * One message at a time, in order. A message that nobody is ready for stays in the transport, which stops reading.
 */
import type { Duplex } from 'node:stream'
import { StatusCode } from '@hybi/frame'
import type { CloseOutcome, Message, MessagePart, Session, SessionEvent } from '@hybi/session'
import type { Connection } from './connection.ts'
import { Deferred } from './deferred.ts'
import { closeChannel, errorChannel, messageChannel } from './diagnostics.ts'
import { ConnectionClosedError } from './errors.ts'
import type { Receiver } from './event-pump.ts'
import { type HandlerResult, isPromiseLike, reportError } from './handlers.ts'
import type { IncomingMessageStream } from './message-stream.ts'
import { Outbox } from './outbox.ts'
import type { PendingPings } from './pings.ts'
import type { Shared } from './shared.ts'
import { StreamHandling } from './stream-consumers.ts'
import { Transport } from './transport.ts'

/** Something of the application that takes messages. */
export interface Consumer {
  /** True from handing out a message until the next is asked for. */
  readonly answering: boolean
  /** Takes a message, or a part of one; false for "not now". */
  take(event: Message | MessagePart): boolean
  /** No message will follow. */
  end(): void
}

/** Where consumers get their messages from. */
export interface MessageSource {
  /** Sends messages to this consumer. Throws a TypeError when they go elsewhere. */
  attach(consumer: Consumer): void
  detach(consumer: Consumer): void
  /** Offers what is there. */
  pull(): void
}

/** The receiving half of a connection, and its end. */
export class Inbox<Data> implements Receiver, MessageSource {
  readonly transport: Transport
  readonly outbox: Outbox
  /** How the connection ended; null before. */
  outcome: CloseOutcome | null
  /** The application's Pings, when it sent any. */
  pings: PendingPings | null
  readonly #connection: Connection<Data>
  readonly #shared: Shared<Data>
  #consumer: Consumer | null
  /** True when the last reader left with a message, and no other has come: it may still be answered. */
  #leftAnswering: boolean
  /** True while a handler runs, up to its first await. */
  #calling: boolean
  #working: boolean
  #closing: boolean
  #discarding: boolean
  /** The last event of the session, until the socket is gone as well. */
  #sessionOutcome: CloseOutcome | null
  #socketGone: boolean
  #closeHandled: boolean
  #closedWaiters: Deferred<CloseOutcome>[] | null

  constructor(connection: Connection<Data>, session: Session, socket: Duplex, shared: Shared<Data>) {
    this.transport = new Transport(session, socket, this, shared)
    this.outbox = new Outbox(connection, this.transport, shared.limits)
    this.outcome = null
    this.pings = null
    this.#connection = connection
    this.#shared = shared
    this.#consumer = shared.handlers.stream === undefined ? null : new StreamHandling(this)
    this.#leftAnswering = false
    this.#calling = false
    this.#working = false
    this.#closing = false
    this.#discarding = false
    this.#sessionOutcome = null
    this.#socketGone = false
    this.#closeHandled = false
    this.#closedWaiters = null
  }

  /** True while the promise of a handler is open. */
  get working(): boolean {
    return this.#working
  }

  get busy(): boolean {
    return this.#working || this.#consumer !== null
  }

  get answering(): boolean {
    return this.#calling || this.#working || (this.#consumer?.answering ?? this.#leftAnswering)
  }

  take(event: SessionEvent): boolean {
    switch (event.type) {
      case 'message':
      case 'part':
        return this.#discarding || this.#takeMessage(event) || this.#discard()
      case 'pong':
        this.pings?.answer(event.payload)
        return true
      case 'closed':
        this.#sessionOutcome = event.outcome
        this.#consumer?.end()
        this.#finish()
        return true
      default:
        return true
    }
  }

  socketClosed(): void {
    this.#socketGone = true
    this.#shared.forget(this.#connection)
    this.#finish()
    if (this.outcome !== null) return
    // Messages that were read before wait for the application, which may wait for what cannot come any more.
    this.outbox.socketClosed()
    this.pings?.fail(new ConnectionClosedError('the connection ended before the Pong came'))
  }

  attach(consumer: Consumer): void {
    const { message, stream } = this.#shared.handlers
    if (message !== undefined || stream !== undefined) {
      throw new TypeError('the messages of this connection go to its handler; give none to iterate over them')
    }
    if (this.#consumer !== null) throw new TypeError('the messages of this connection are being read already')
    if (this.#sessionOutcome !== null) consumer.end()
    else this.#consumer = consumer
  }

  detach(consumer: Consumer): void {
    if (this.#consumer !== consumer) return
    this.#consumer = null
    this.#leftAnswering = consumer.answering
  }

  pull(): void {
    this.transport.pull()
  }

  /** Calls the `open` handler; messages wait for the promise that it may return. */
  open(call: () => HandlerResult): void {
    this.#call(call, ignore)
  }

  /** Calls the stream handler; what it leaves of the message when its promise settles is thrown away. */
  handleStream(stream: IncomingMessageStream): void {
    this.#call(
      () => this.#shared.handlers.stream?.(this.#connection, stream),
      () => stream.cancel(),
    )
  }

  /**
   * This end closes: messages that nobody is ready for, now or later, are thrown away, so that the peer's Close is seen
   * behind them. 5.5.1: "there is no guarantee that the endpoint that has already sent a Close frame will continue to
   * process data."
   */
  closeLocally(): void {
    this.#closing = true
    this.transport.processInput()
  }

  /** Drops the connection, and what was read or accepted for sending. */
  terminate(): void {
    this.#closing = true
    this.#discarding = true
    this.transport.destroy('terminated')
  }

  /** Waits for the end. */
  waitClosed(signal: AbortSignal | undefined): Promise<CloseOutcome> {
    const waiter = new Deferred<CloseOutcome>(signal)
    if (this.outcome !== null) waiter.resolve(this.outcome)
    else if (this.#closedWaiters === null) this.#closedWaiters = [waiter]
    else this.#closedWaiters.push(waiter)
    return waiter.promise
  }

  #takeMessage(event: Message | MessagePart): boolean {
    const consumer = this.#consumer
    if (consumer !== null) return consumer.take(event) && publish(this.#connection, event)
    const { handlers } = this.#shared
    if (this.#working || handlers.message === undefined || event.type === 'part') return false
    publish(this.#connection, event)
    // As #call, without its closures: they take a sixth of what a short echo takes, many to a read (`npx pnpm --filter @hybi/node
    // bench:echo`, Node 20).
    this.#calling = true
    try {
      const result = handlers.message(this.#connection, event)
      if (isPromiseLike(result)) this.#await(result, ignore)
    } catch (error) {
      this.#handlerFailed(error)
    }
    this.#calling = false
    return true
  }

  #discard(): boolean {
    this.#discarding = this.#closing
    return this.#discarding
  }

  /** Calls a handler; `done` is called when it is, promise included. */
  #call(call: () => HandlerResult, done: () => void): void {
    try {
      const result = call()
      if (isPromiseLike(result)) this.#await(result, done)
    } catch (error) {
      this.#handlerFailed(error)
    }
  }

  #await(result: PromiseLike<unknown>, done: () => void): void {
    this.#working = true
    const settled = (): void => {
      this.#working = false
      done()
      this.transport.processInput()
      this.#callCloseHandler()
    }
    result.then(settled, (error) => {
      this.#handlerFailed(error)
      settled()
    })
  }

  /** A handler that failed has lost track of its connection: nothing more is given to it. */
  #handlerFailed(error: unknown): void {
    // That its connection has ended is told by the outcome, and is no mistake of the handler.
    if (error instanceof ConnectionClosedError && !this.transport.isOpen) return
    if (errorChannel.hasSubscribers) errorChannel.publish({ connection: this.#connection, error })
    reportError(this.#shared.handlers, error, this.#connection)
    this.transport.session.close(StatusCode.INTERNAL_ERROR)
    this.#closing = true
    this.#discarding = true
    this.transport.processInput()
  }

  /** The connection has ended when the session has told all and the socket is gone. */
  #finish(): void {
    if (this.#sessionOutcome === null || !this.#socketGone || this.outcome !== null) return
    const { outputWasLost, error } = this.transport
    const outcome = outputWasLost ? { ...this.#sessionOutcome, wasClean: false } : this.#sessionOutcome
    this.outcome = outcome
    if (closeChannel.hasSubscribers) closeChannel.publish({ connection: this.#connection, outcome, error })
    this.outbox.end(outcome)
    this.pings?.fail(new ConnectionClosedError('the connection ended before the Pong came', outcome))
    for (const waiter of this.#closedWaiters ?? []) waiter.resolve(outcome)
    this.#closedWaiters = null
    this.#callCloseHandler()
  }

  #callCloseHandler(): void {
    const { handlers } = this.#shared
    const { outcome } = this
    if (outcome === null || this.#working || this.#closeHandled) return
    this.#closeHandled = true
    this.#call(() => handlers.close?.(this.#connection, outcome), ignore)
  }
}

function publish<Data>(connection: Connection<Data>, event: Message | MessagePart): true {
  if (event.type === 'message' && messageChannel.hasSubscribers) {
    messageChannel.publish({ connection, message: event })
  }
  return true
}

function ignore(): void {
  // Nothing is to be done after most handlers.
}
