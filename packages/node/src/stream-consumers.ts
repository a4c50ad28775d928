/** Messages in parts, as they arrive: for the stream handler, and for `for await (… of connection.streams())`. */
import type { Message, MessagePart } from '@hybi/session'
import { ConnectionClosedError } from './errors.ts'
import type { Consumer, MessageSource } from './inbox.ts'
import { IncomingMessageStream } from './message-stream.ts'
import { PullQueue } from './pull-queue.ts'

/** Calls the stream handler, one message at a time. */
export interface StreamHandlerCaller {
  /** True while the promise of a handler is open. */
  readonly working: boolean
  handleStream(stream: IncomingMessageStream): void
  pull(): void
}

/** Gives each message to the stream handler when that is done with the one before. */
export class StreamHandling implements Consumer {
  readonly #inbox: StreamHandlerCaller
  #current: IncomingMessageStream | null

  constructor(inbox: StreamHandlerCaller) {
    this.#inbox = inbox
    this.#current = null
  }

  /** The handler is, when it works. */
  get answering(): boolean {
    return false
  }

  take(event: Message | MessagePart): boolean {
    if (this.#current === null || this.#current.complete) {
      if (this.#inbox.working) return false
      this.#current = new IncomingMessageStream(event, () => this.#inbox.pull())
      this.#inbox.handleStream(this.#current)
    }
    return this.#current.take(event)
  }

  end(): void {
    failUnfinished(this.#current)
  }
}

/** Gives each message to who asks for the next, which ends the one before. */
export class StreamReader implements AsyncIterableIterator<IncomingMessageStream, undefined>, Consumer {
  readonly #source: MessageSource
  readonly #queue: PullQueue<IncomingMessageStream>
  readonly #signal: AbortSignal | undefined
  #current: IncomingMessageStream | null

  /** Throws when the connection's messages go elsewhere. */
  constructor(source: MessageSource, signal: AbortSignal | undefined) {
    this.#source = source
    this.#queue = new PullQueue()
    this.#signal = signal
    this.#current = null
    source.attach(this)
    if (signal?.aborted) this.#abort()
    else if (!this.#queue.over) signal?.addEventListener('abort', this.#abort)
  }

  /** True from handing out a message until the next is asked for. */
  get answering(): boolean {
    return this.#current !== null && !this.#queue.wanted
  }

  next(): Promise<IteratorResult<IncomingMessageStream, undefined>> {
    this.#current?.cancel()
    const next = this.#queue.next()
    this.#source.pull()
    return next
  }

  /** Throws away the rest of the current message and leaves those that follow to the next reader. */
  return(): Promise<IteratorResult<IncomingMessageStream, undefined>> {
    this.#current?.cancel()
    this.#queue.end()
    this.#leave()
    return this.#queue.next()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  take(event: Message | MessagePart): boolean {
    if (this.#current !== null && !this.#current.complete) return this.#current.take(event)
    // The rest of a message that the reader before this one did not want.
    if (event.type === 'part' && !event.first) return true
    if (!this.#queue.wanted) return false
    this.#current = new IncomingMessageStream(event, () => this.#source.pull())
    this.#queue.offer(this.#current)
    return this.#current.take(event)
  }

  end(): void {
    failUnfinished(this.#current)
    this.#queue.end()
    this.#leave()
  }

  #abort = (): void => {
    this.#current?.fail(this.#signal?.reason)
    this.#queue.fail(this.#signal?.reason)
    this.#leave()
  }

  #leave(): void {
    this.#source.detach(this)
    this.#signal?.removeEventListener('abort', this.#abort)
  }
}

function failUnfinished(stream: IncomingMessageStream | null): void {
  if (stream?.complete) return
  stream?.fail(new ConnectionClosedError('the connection ended before the message did'))
}
