/** One open WebSocket connection, as an application sees it. */
import type { Duplex } from 'node:stream'
import type { HeaderLine } from '@hybi/handshake'
import type { DeflateTransform } from '@hybi/permessage-deflate'
import { type CloseOutcome, type Message, type SendOptions, type Session, violations } from '@hybi/session'
import type { HandlerResult } from './handlers.ts'
import { Inbox } from './inbox.ts'
import { MessageReader } from './message-reader.ts'
import type { IncomingMessageStream } from './message-stream.ts'
import type { MessageParts, Outbox, Sendable, StreamOptions } from './outbox.ts'
import { PendingPings } from './pings.ts'
import { Member } from './roster.ts'
import { remoteAddressOf } from './server-request.ts'
import type { Shared } from './shared.ts'
import { StreamReader } from './stream-consumers.ts'
import type { Transport } from './transport.ts'

/** What the opening handshake has settled. */
export interface Agreement<Data> {
  readonly subprotocol: string | undefined
  /** The extensions in use, as in Sec-WebSocket-Extensions; '' for none. */
  readonly extensions: string
  /** Client: the header lines of the answer. */
  readonly responseHeaders: readonly HeaderLine[]
  readonly data: Data | undefined
}

/** Options of calls that wait. */
export interface WaitOptions {
  /** Stops waiting: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** The bytes that go out and came in with the opening handshake, and what is to be called when it is done. */
export interface Start {
  /** The head that is sent before anything else; null when it was sent. */
  readonly head: Uint8Array | null
  /** What was read behind the peer's head. */
  readonly rest: Uint8Array
  readonly open: (() => HandlerResult) | null
  /** The session's. */
  readonly transform: DeflateTransform | undefined
}

let start: typeof startConnection

/**
 * A connection. Messages go to the handlers that were given to `listen`, `attach` or `connect`, or are pulled from here by
 * `for await`; while nobody takes them the peer is slowed down.
 */
export class Connection<Data = unknown> extends Member implements AsyncIterable<Message> {
  /** What the application keeps with the connection; a server's `upgrade` handler may set it. */
  data: Data | undefined
  /** The subprotocol that was agreed on, if any (RFC 6455, 1.9). */
  readonly subprotocol: string | undefined
  /** The extensions in use, as in Sec-WebSocket-Extensions; '' for none. */
  readonly extensions: string
  /** Client: the header lines of the server's answer, in order. */
  readonly responseHeaders: readonly HeaderLine[]
  readonly #inbox: Inbox<Data>
  readonly #outbox: Outbox
  readonly #transport: Transport

  static {
    start = (connection, { head, rest, open, transform }) => {
      if (transform !== undefined)
        transform.gaveUp = () => connection.#transport.fail(violations.messageTooBig)
      connection.#transport.start(head, rest, () => {
        if (open !== null) connection.#inbox.open(open)
      })
    }
  }

  /** Made by `listen`, `attach` and `connect`. */
  constructor(session: Session, socket: Duplex, shared: Shared<Data>, agreement: Agreement<Data>) {
    super()
    this.data = agreement.data
    this.subprotocol = agreement.subprotocol
    this.extensions = agreement.extensions
    this.responseHeaders = agreement.responseHeaders
    this.#inbox = new Inbox(this, session, socket, shared)
    this.#outbox = this.#inbox.outbox
    this.#transport = this.#inbox.transport
  }

  /**
   * `open`: messages can be sent; `closing`: closing has begun, by either end, or the socket is gone and messages that were read before
   * are still to be handed out; `closed`: all of that is over.
   */
  get state(): 'open' | 'closing' | 'closed' {
    if (this.#transport.isOpen) return 'open'
    return this.#inbox.outcome === null ? 'closing' : 'closed'
  }

  /** Octets that were accepted for sending and that the operating system does not have yet. */
  get bufferedAmount(): number {
    return this.#outbox.pending
  }

  /** True while more output is pending than `limits.highWaterMark`. */
  get isSlow(): boolean {
    return this.#outbox.isHigh
  }

  /** Messages that `send` did not take because closing had begun, or the socket was gone. */
  get notSent(): number {
    return this.#outbox.notSent
  }

  /** The address of the peer; undefined for a unix socket, and once the socket is gone. */
  get remoteAddress(): string | undefined {
    return remoteAddressOf(this.#transport.socket)
  }

  /**
   * How the connection ended; never rejected. It has not while messages that were read before wait for somebody to read them: who leaves a
   * loop over messages for good calls `close` or `terminate`, which throw them away.
   */
  get closed(): Promise<CloseOutcome> {
    return this.#inbox.waitClosed(undefined)
  }

  /**
   * Sends a message: a string as text, bytes as binary, a received message as what it is.
   *
   * Bytes must not be changed until they have left (`drained` tells). What is sent in one turn of the event loop leaves in
   * one write.
   *
   * @returns true while less output is pending than `limits.highWaterMark`: go on. False: better wait for `drained`; or the
   *   message was not sent because closing has begun or the socket is gone: then `notSent` grows and `drained` is rejected
   * @throws TypeError for what is no message
   */
  send(data: Sendable, options?: SendOptions): boolean {
    return this.#outbox.send(data, options)
  }

  /**
   * Waits until less output is pending than `limits.highWaterMark`.
   *
   * Rejected with a ConnectionClosedError when something was not sent, as closing had begun or the connection broke.
   */
  drained({ signal }: WaitOptions = {}): Promise<void> {
    return this.#outbox.drained(signal)
  }

  /**
   * Sends one message from a source of any length, pulling as fast as the peer reads: strings make a text, bytes a binary
   * message unless `binary` says otherwise. Messages that are sent meanwhile wait behind it.
   *
   * Rejected with what the source throws, or a ConnectionClosedError; a message that was begun cannot be taken back, so
   * that the connection is then closed with 1011.
   */
  sendStream(parts: MessageParts, options: StreamOptions = {}): Promise<void> {
    return this.#outbox.sendStream(parts, options)
  }

  /**
   * Sends a Ping and waits for its Pong. The Pong is read in its turn: while messages before it wait for the application, so
   * does it.
   *
   * @param data up to 125 octets; by default a payload that tells this Ping from the others
   * @returns the round-trip time in milliseconds; rejected with a ConnectionClosedError when the Pong does not come
   * @throws RangeError for too much data
   */
  ping(data?: string | Uint8Array, { signal }: WaitOptions = {}): Promise<number> {
    this.#inbox.pings ??= new PendingPings()
    return this.#inbox.pings.send(this.#transport, data, signal)
  }

  /** The messages from here on, whole; also by `for await (const message of connection)`. One reader at a time. */
  messages({ signal }: WaitOptions = {}): AsyncIterableIterator<Message, undefined> {
    if (this.#transport.session.receiveMode === 'streamed') {
      throw new TypeError('this connection receives its messages as streams: use streams()')
    }
    return new MessageReader(this.#inbox, signal)
  }

  /** As `messages()`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    return this.messages()
  }

  /** The next message, or null when the connection ends before one comes. */
  async receive(options: WaitOptions = {}): Promise<Message | null> {
    const messages = this.messages(options)
    const next = await messages.next()
    await messages.return?.()
    return next.value ?? null
  }

  /** The messages from here on, each as a stream of its parts, for messages of any size. From then on only as streams. */
  streams({ signal }: WaitOptions = {}): AsyncIterableIterator<IncomingMessageStream, undefined> {
    const streams = new StreamReader(this.#inbox, signal)
    this.#transport.session.receiveMode = 'streamed'
    return streams
  }

  /**
   * Starts the closing handshake, behind everything that was sent, and waits for the end of the connection. What the peer
   * still sends is received as long as somebody is ready for it; the rest is thrown away.
   *
   * @param code 1000 (default) to 1003, 1007 to 1014, or 3000 to 4999
   * @param reason up to 123 octets in UTF-8
   * @throws RangeError for other codes and longer reasons
   */
  close(code?: number, reason?: string, { signal }: WaitOptions = {}): Promise<CloseOutcome> {
    this.#transport.session.close(code, reason)
    this.#inbox.closeLocally()
    return this.#inbox.waitClosed(signal)
  }

  /** Drops the connection at once, without a closing handshake and whatever is pending. */
  terminate(): void {
    this.#inbox.terminate()
  }
}

/** Lets a new connection begin. */
export function startConnection<Data>(connection: Connection<Data>, how: Start): void {
  start(connection, how)
}
