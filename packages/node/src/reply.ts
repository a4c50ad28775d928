/** What a server answers to the opening handshake of a client: 101 with frames behind it, or a refusal with its body. */
import type { Duplex } from 'node:stream'
import { HeadReader, type ResponseHead } from '@hybi/handshake'
import { drive, type SocketDriver } from './driver.ts'
import { ConnectError } from './errors.ts'
import { RefusalBody } from './refusal-body.ts'
import type { Limits } from './settings.ts'

/** An answer other than 101. */
export interface Refusal {
  readonly head: ResponseHead
  readonly body: Uint8Array
}

/** Who waits for the answer; one of these is called, once. */
export interface ReplyTaker {
  /** The answer is 101: the socket is to be taken over at once, with what was read behind the head. */
  switched(head: ResponseHead, rest: Uint8Array): void
  /** The answer is another; the socket is done with. */
  refused(refusal: Refusal): void
  /** There was no answer. */
  failed(error: Error): void
}

const SWITCHING_PROTOCOLS = 101

/** Reads the answer from a socket. */
export class ReplyReading implements SocketDriver {
  readonly #socket: Duplex
  readonly #limits: Limits
  readonly #taker: ReplyTaker
  readonly #reader: HeadReader<'response'>
  #refusal: { readonly head: ResponseHead; readonly body: RefusalBody } | null
  #error: Error | undefined
  #done: boolean

  /** Takes over the socket. */
  constructor(socket: Duplex, limits: Limits, taker: ReplyTaker) {
    this.#socket = socket
    this.#limits = limits
    this.#taker = taker
    this.#reader = new HeadReader('response', { maxBytes: limits.maxHeadSize, maxLines: limits.maxHeadLines })
    this.#refusal = null
    this.#error = undefined
    this.#done = false
    drive(socket, this)
  }

  /** The refusal that has begun to arrive: its head, and what has come of its body. Null before. */
  get refusal(): Refusal | null {
    return this.#refusal === null ? null : { head: this.#refusal.head, body: this.#refusal.body.bytes }
  }

  receive(chunk: Uint8Array): void {
    if (this.#done) return
    if (this.#refusal === null) this.#readHead(chunk)
    else this.#refusal.body.receive(chunk)
    if (this.#refusal?.body.complete) this.#refuse()
  }

  receiveEnd(): void {
    if (this.#refusal !== null) this.#refuse()
    else this.#fail('the server closed the connection before it answered')
  }

  drained(): void {
    // One head was written, and nothing waits.
  }

  failed(error: Error): void {
    this.#error = error
  }

  closed(): void {
    if (this.#refusal !== null) this.#refuse()
    else this.#fail('the connection broke before the server answered')
  }

  #readHead(chunk: Uint8Array): void {
    const reading = this.#reader.receive(chunk)
    if (reading === null) return
    if (!reading.ok) {
      this.#fail(`the server's answer is malformed: ${reading.failure.text} (${reading.failure.section})`)
      return
    }
    const { head, rest } = reading
    if (head.status === SWITCHING_PROTOCOLS) {
      this.#done = true
      this.#taker.switched(head, rest)
    } else {
      this.#refusal = { head, body: new RefusalBody(head, this.#limits.maxRefusalBody) }
      if (rest.length > 0) this.#refusal.body.receive(rest)
    }
  }

  #refuse(): void {
    const { refusal } = this
    if (this.#done || refusal === null) return
    this.#done = true
    this.#socket.destroy()
    this.#taker.refused(refusal)
  }

  #fail(message: string): void {
    if (this.#done) return
    this.#done = true
    this.#socket.destroy()
    this.#taker.failed(new ConnectError(message, { cause: this.#error }))
  }
}
