/**
 * One open WebSocket connection (RFC 6455, 5-7) as a function of its input: no socket, no clock, no randomness.
 *
 * Four verbs: bytes in (`receive`), events out one at a time (`next`), commands in (`sendMessage`, `close`, ...), bytes
 * out (`takeOutput`). The driver reads, pulls until null, takes the output and writes it in one go:
 *
 *     session.receive(chunk)
 *     for (let event = session.next(); event !== null; event = session.next()) handle(event)
 *     for (const piece of session.takeOutput()) socket.write(piece)
 *     if (session.outputEnded) socket.end()
 *
 * Reading is in `incoming`, sending in `outgoing`, the end of the connection in `states` and `closing`; here they meet.
 */
import { Opcode, StatusCode } from '@hybi/frame'
import { checkClose, toBytes, toControlPayload } from './arguments.ts'
import { Closing } from './closing.ts'
import type { CloseReceived, LossCause, SessionEvent } from './events.ts'
import { Incoming } from './incoming.ts'
import { EMPTY } from './memory.ts'
import { Message } from './message.ts'
import { checkLimit, checkReceiveMode, checkRole, type ReceiveMode, type SessionOptions } from './options.ts'
import { type FragmentOptions, Outgoing, type SendOptions } from './outgoing.ts'
import { PreparedMessage } from './prepared-message.ts'
import { endsOutput, readsFrames, type State } from './states.ts'
import { identity, type MessageTransform } from './transform.ts'
import type { Violation } from './violations.ts'

const DEFAULT_SEND: SendOptions = {}

/** One end of one connection. */
export class Session {
  readonly role: 'server' | 'client'
  readonly #incoming: Incoming
  readonly #outgoing: Outgoing
  readonly #closing = new Closing()
  readonly #transform: MessageTransform
  /** True when the peer's FIN was received, behind all that was received before. */
  #inputEnded = false
  /** True when the last event has been handed out. */
  #reported = false

  /** Throws a TypeError for a role or mode that is none and for a client without masking keys, a RangeError for limits that are none. */
  constructor(options: SessionOptions) {
    this.role = checkRole(options.role)
    this.#incoming = new Incoming(options)
    this.#outgoing = new Outgoing(options)
    this.#transform = options.transform ?? identity
  }

  // Bytes in.

  /**
   * Takes the next bytes from the peer and with them their memory: payload is unmasked in place and handed out as views.
   * With `transientInput` the memory is the driver's again when `next` has returned null, or after `keepUnread`.
   */
  receive(chunk: Uint8Array): void {
    if (readsFrames(this.#closing.state)) this.#incoming.receive(chunk)
  }

  /** The peer has ended its side of the transport. Takes effect behind everything that was received before. */
  receiveEnd(): void {
    this.#inputEnded = true
  }

  /** The transport is gone, now: what was not pulled and not taken is dropped. */
  transportLost(cause: LossCause): void {
    this.#closing.lose(cause, this.#outgoing.drained)
    this.#incoming.discard()
    this.#outgoing.discard()
  }

  /** For a driver with transient input that stops pulling before null: copies what is unread. */
  keepUnread(): void {
    this.#incoming.keepUnread()
  }

  // Events out.

  /**
   * The next event. Null when there is none yet: more bytes are needed, or `inputPending` must settle, or the output
   * must be taken, or the peer must end the transport.
   */
  next(): SessionEvent | null {
    if (readsFrames(this.#closing.state)) {
      const event = this.#incoming.next()
      if (event !== null) {
        if (event.type === 'ping') this.#answerPing(event.payload)
        else if (event.type === 'close') this.#answerClose(event)
        return event
      }
      if (this.#incoming.violation !== null) this.fail(this.#incoming.violation)
    }
    if (this.#inputEnded && this.#incoming.pending === null) this.#closing.end()
    return this.#finish()
  }

  // Commands in.

  /**
   * Sends a whole message. A received one is sent on as it is, straight from where it lies. In a string a lone surrogate
   * becomes U+FFFD. Bytes from 16,000 octets on are sent or encoded from where they are: leave them unchanged until the output is written.
   * Those of fewer have been read when this returns.
   *
   * @returns false when closing has begun and the message is not sent
   * @throws TypeError for what is no message, or bytes sent as text that are not UTF-8; Error inside a fragmented message
   */
  sendMessage(data: string | Uint8Array | Message | PreparedMessage, options = DEFAULT_SEND): boolean {
    if (!this.#canSend()) return refuse(data)
    this.#outgoing.sendMessage(data, options)
    return true
  }

  /**
   * Sends one fragment of a message of unknown size. The message ends with the fragment that has `fin`. Control frames may
   * come in between, other messages may not. The bytes belong to whom they do in `sendMessage`.
   *
   * @returns false when closing has begun and the fragment is not sent
   * @throws TypeError for what does not fit into the message, which then goes on as if it had not been tried
   */
  sendFragment(data: string | Uint8Array, options: FragmentOptions): boolean {
    if (!this.#canSend()) return refuse(data)
    this.#outgoing.sendFragment(data, options)
    return true
  }

  /** Sends a Ping; false when closing has begun. Throws a RangeError for more than 125 octets of payload. */
  sendPing(payload: string | Uint8Array = EMPTY): boolean {
    return this.#sendControl(Opcode.PING, toControlPayload(payload))
  }

  /** Sends a Pong that nobody asked for; false when closing has begun. Throws as `sendPing`. Pings are answered without it. */
  sendPong(payload: string | Uint8Array = EMPTY): boolean {
    return this.#sendControl(Opcode.PONG, toControlPayload(payload))
  }

  /**
   * Starts the closing handshake, behind everything sent before. Does nothing when closing has begun.
   *
   * @throws RangeError for a code that must not be sent or a reason of more than 123 octets in UTF-8, TypeError for one that is no text
   */
  close(code: number = StatusCode.NORMAL, reason = ''): void {
    checkClose(code, reason)
    if (this.#closing.close()) this.#outgoing.close(code, reason)
  }

  /**
   * Fails the connection (7.1.7): sends Close with the violation's code, behind everything sent before, and ignores input.
   * Does nothing when the connection is over already.
   *
   * @param reason sent with the code; the violation's name by default. Throws as `close`
   */
  fail(violation: Violation, reason: string = violation.name): void {
    checkClose(violation.code, reason)
    if (this.#closing.violate(violation)) this.#outgoing.close(violation.code, reason)
    this.#incoming.discard()
  }

  // Bytes out.

  /**
   * Takes what is ready to be sent, in order, to be written before anything that is taken later. Not to be modified: large payloads are the
   * sender's own, and a prepared message may leave other sessions from the same memory.
   */
  takeOutput(): Uint8Array[] {
    this.#checkOutgoing()
    return this.#outgoing.take()
  }

  /** Octets accepted and not taken, including what a transform still works on. */
  get pendingOutput(): number {
    return this.#outgoing.size
  }

  /** True when nothing follows what `takeOutput` gives: write it, then end this side of the transport. */
  get outputEnded(): boolean {
    return endsOutput(this.#closing.state, this.role) && this.#outgoing.pending === null
  }

  /** True from the beginning of closing to the last event: the driver limits this time. */
  get closeExpected(): boolean {
    return this.#closing.state !== 'open' && !this.#reported
  }

  /** See the states table. */
  get state(): State {
    return this.#closing.state
  }

  /** Whether messages are handed out whole or in parts; a change applies from the next message on. Set, throws as the constructor. */
  get receiveMode(): ReceiveMode {
    return this.#incoming.receiveMode
  }

  set receiveMode(mode: ReceiveMode) {
    this.#incoming.receiveMode = checkReceiveMode(mode)
  }

  /** Largest message that is taken, in octets, inclusive; a change applies from the next message on. Set, throws as the constructor. */
  get maxMessageSize(): number {
    return this.#incoming.maxMessageSize
  }

  set maxMessageSize(size: number) {
    this.#incoming.maxMessageSize = checkLimit('maxMessageSize', size)
  }

  /** Set while `next` returns null because a transform is at work: pull again when it settles. Never rejects. */
  get inputPending(): Promise<void> | null {
    return this.#incoming.pending
  }

  /** Set while output waits for a transform: take the output again when it settles. Never rejects. */
  get outputPending(): Promise<void> | null {
    return this.#outgoing.pending
  }

  // Where the parts meet.

  #canSend(): boolean {
    this.#checkOutgoing()
    return this.#closing.state === 'open'
  }

  #sendControl(opcode: number, payload: Uint8Array): boolean {
    if (!this.#canSend()) return false
    this.#outgoing.sendControl(opcode, payload)
    return true
  }

  #answerPing(payload: Uint8Array): void {
    // 5.5.2: "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it already received a
    // Close frame." Nothing follows a Close that we sent, either.
    if (this.#closing.state === 'open') this.#outgoing.answerPing(payload)
  }

  #answerClose(close: CloseReceived): void {
    this.#incoming.discard()
    // 5.5.1: "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a
    // Close frame in response. (When sending a Close frame in response, the endpoint typically echos the status code it
    // received.)"
    const code = close.code === StatusCode.NO_STATUS ? undefined : close.code
    if (this.#closing.closeReceived(close)) this.#outgoing.close(code, '')
  }

  #checkOutgoing(): void {
    if (this.#outgoing.violation !== null) this.fail(this.#outgoing.violation)
  }

  /** The last event, when its time has come. */
  #finish(): SessionEvent | null {
    this.#checkOutgoing()
    if (this.outputEnded && this.#outgoing.drained) this.#closing.drain()
    if (this.#closing.state !== 'closed' || this.#reported) return null
    this.#reported = true
    this.#transform.release()
    return { type: 'closed', outcome: this.#closing.outcome }
  }
}

/** Closing has begun: a message is not sent, but a wrong argument still throws. */
function refuse(data: unknown): false {
  if (!(data instanceof Message) && !(data instanceof PreparedMessage)) toBytes(data)
  return false
}
