/** One message as it arrives: its parts are pulled, so that a message of any size passes through bounded memory. */
import type { Message, MessagePart } from '@hybi/session'
import { PullQueue } from './pull-queue.ts'

/** A message whose end may not have arrived yet; to be read once, by `for await`. */
export class IncomingMessageStream implements AsyncIterable<Uint8Array> {
  readonly binary: boolean
  /** True when the message came through the extension. */
  readonly compressed: boolean
  readonly #queue: PullQueue<Uint8Array>
  readonly #pull: () => void
  #state: 'arriving' | 'cancelled' | 'complete'

  /** `pull` asks for the next part. */
  constructor(first: Message | MessagePart, pull: () => void) {
    this.binary = first.binary
    this.compressed = first.compressed
    this.#queue = new PullQueue()
    this.#pull = pull
    this.#state = 'arriving'
  }

  /** True when the last part was handed out, or thrown away. */
  get complete(): boolean {
    return this.#state === 'complete'
  }

  /**
   * The payload in parts as they arrive, each the receiver's own. Text is checked: it is UTF-8 as far as it was handed out,
   * but a part may end inside a character (decode with `TextDecoderStream`, or `TextDecoder` and `stream: true`).
   *
   * Throws a ConnectionClosedError when the connection ends before the message does. Leaving the loop cancels the rest.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array, undefined> {
    const iterator: AsyncIterableIterator<Uint8Array, undefined> = {
      next: () => {
        const next = this.#queue.next()
        // Behind the message there is nothing for its reader, and he may still answer it.
        if (this.#state !== 'complete') this.#pull()
        return next
      },
      return: () => {
        this.cancel()
        return this.#queue.next()
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  /** Throws away what is still to come of this message. */
  cancel(): void {
    this.#queue.end()
    if (this.#state === 'complete') return
    this.#state = 'cancelled'
    this.#pull()
  }

  /** Takes the next part; false while nobody waits for it. */
  take(part: Message | MessagePart): boolean {
    const final = part.type === 'message' || part.final
    const { bytes } = part
    if (this.#state === 'arriving' && bytes.length > 0 && !this.#queue.offer(bytes)) return false
    if (final) {
      this.#state = 'complete'
      this.#queue.end()
    }
    return true
  }

  /** The rest of the message will not come, for a reason that its reader is told. */
  fail(reason: unknown): void {
    this.#queue.fail(reason)
    this.#state = 'complete'
  }
}
