/** A request that waits for an answer: from the rules at once, or from a handler of the application that takes its time. */
import type { Duplex } from 'node:stream'
import { encodeAnswer } from './answer.ts'
import { drive, type SocketDriver } from './driver.ts'
import type { Endpoint } from './endpoint.ts'
import { type EncodedAnswer, type NamedAnswer, sayFarewell } from './farewell.ts'
import { isPromiseLike, reportError } from './handlers.ts'
import { Member } from './roster.ts'
import { startTimer } from './settings.ts'
import type { Visitor } from './visitors.ts'

/** The refusal of a server that closes. */
export const goingAway = { name: 'server closes', status: 503, body: 'The server is about to close.\n' }
const undecided = { name: 'handler too slow', status: 503, body: 'The server could not decide in time.\n' }
const handlerFailed = { name: 'handler failed', status: 500, body: 'The server failed to decide.\n' }

/** Holds the socket of one request until it is refused, answered, or accepted. */
export class Decision<Data> extends Member implements SocketDriver, Visitor {
  readonly endpoint: Endpoint<Data>
  readonly socket: Duplex
  readonly #method: string
  /** What was read behind the head. */
  #rest: Uint8Array
  #abort: AbortController | null
  #timer: NodeJS.Timeout | undefined
  /** What the request was counted for. */
  #key: string | undefined
  /** True once it was decided, or is no longer needed. */
  #settled: boolean

  /** Takes over the socket. */
  constructor(endpoint: Endpoint<Data>, socket: Duplex, method: string, rest: Uint8Array) {
    super()
    this.endpoint = endpoint
    this.socket = socket
    this.#method = method
    this.#rest = rest
    this.#abort = null
    this.#timer = undefined
    this.#key = undefined
    this.#settled = false
    endpoint.visitors.enter(this)
    drive(socket, this)
  }

  /** Aborted when the client has gone, or the deadline has passed, before there was a decision. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    return this.#abort.signal
  }

  /** Decides by a function that may throw: then the error is the application's, and the client gets a 500. */
  decide(decide: () => void): void {
    try {
      decide()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Goes on with what a handler answered, now or within the deadline. */
  wait<Answer>(
    answer: Answer | PromiseLike<Answer>,
    deadlineMs: number,
    goOn: (answer: Answer) => void,
  ): void {
    if (!isPromiseLike(answer)) {
      // A handler may have closed the server.
      if (!this.#settled) goOn(answer)
      return
    }
    this.#timer = startTimer(() => {
      this.refuse(undecided)
      this.#abort?.abort(new Error('the deadline of the opening handshake has passed'))
    }, deadlineMs)
    const settled = (value: Answer): void => {
      if (!this.#settled) this.decide(() => goOn(value))
    }
    answer.then(settled, (error) => this.#fail(error))
  }

  /** Remembers what the request was counted for. */
  count(key: string | undefined): void {
    if (this.#settled) this.endpoint.dismiss(key)
    else this.#key = key
  }

  /** Answers without opening a connection. Throws for what cannot be sent. */
  refuse(answer: NamedAnswer): void {
    if (this.#settled) return
    this.refuseWith({ ...answer, octets: encodeAnswer(answer, this.#method) })
  }

  /** As `refuse`, with an answer that is encoded already. */
  refuseWith(answer: EncodedAnswer): void {
    if (this.#settled) return
    sayFarewell(this.socket, answer, this.endpoint.timeouts, this.endpoint.visitors)
    this.#cancel()
  }

  /** Gives the socket, and what was read from it, to a connection, which is begun by `open`. */
  accept(open: (rest: Uint8Array, key: string | undefined) => void): void {
    this.#settle()
    open(this.#rest, this.#key)
    this.endpoint.visitors.leave(this)
  }

  /** A client has nothing to say before it is answered; what it says all the same is kept, and soon enough not read. */
  receive(chunk: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    if (this.#rest.length > this.endpoint.limits.highWaterMark) this.socket.pause()
  }

  /** Most likely the client has given up. If it is accepted all the same, the connection finds out. */
  receiveEnd(): void {
    this.#abort?.abort(new Error('the client has ended its side'))
  }

  drained(): void {
    // Nothing was written.
  }

  failed(): void {
    // `closed` follows.
  }

  closed(): void {
    this.#cancel()
    this.#abort?.abort(new Error('the client has gone'))
  }

  hurry(): void {
    this.refuse(goingAway)
  }

  drop(): void {
    this.socket.destroy()
  }

  #fail(error: unknown): void {
    if (!this.#saysAborted(error)) reportError(this.endpoint.handlers, error)
    this.refuse(handlerFailed)
  }

  /** True for the error of a handler that has given up because `signal` told it to, which is no mistake. */
  #saysAborted(error: unknown): boolean {
    const { aborted = false, reason } = this.#abort?.signal ?? {}
    return aborted && (error === reason || (error instanceof Error && error.cause === reason))
  }

  #cancel(): void {
    if (!this.#settled) this.endpoint.dismiss(this.#key)
    this.#settle()
    this.endpoint.visitors.leave(this)
  }

  #settle(): void {
    this.#settled = true
    clearTimeout(this.#timer)
  }
}
