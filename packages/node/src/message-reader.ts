/** Whole messages by `for await`: pulled one at a time, so that a slow loop slows the peer and nothing piles up. */
import type { Message, MessagePart } from '@hybi/session'
import type { Consumer, MessageSource } from './inbox.ts'
import { PullQueue } from './pull-queue.ts'

/** The messages of one connection, until its end or until the loop is left. */
export class MessageReader implements AsyncIterableIterator<Message, undefined>, Consumer {
  readonly #source: MessageSource
  readonly #queue: PullQueue<Message>
  readonly #signal: AbortSignal | undefined

  /** True from handing out a message until the next is asked for. */
  answering: boolean

  /** Throws when the connection's messages go elsewhere. */
  constructor(source: MessageSource, signal: AbortSignal | undefined) {
    this.#source = source
    this.#queue = new PullQueue()
    this.#signal = signal
    this.answering = false
    source.attach(this)
    if (signal?.aborted) this.#abort()
    else if (!this.#queue.over) signal?.addEventListener('abort', this.#abort)
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    this.answering = false
    const next = this.#queue.next()
    this.#source.pull()
    return next
  }

  /** Leaves the messages that follow to the next reader. */
  return(): Promise<IteratorResult<Message, undefined>> {
    this.end()
    return this.#queue.next()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  take(event: Message | MessagePart): boolean {
    if (event.type !== 'message' || !this.#queue.offer(event)) return false
    this.answering = true
    return true
  }

  end(): void {
    this.#queue.end()
    this.#leave()
  }

  #abort = (): void => {
    this.#queue.fail(this.#signal?.reason)
    this.#leave()
  }

  #leave(): void {
    this.#source.detach(this)
    this.#signal?.removeEventListener('abort', this.#abort)
  }
}
