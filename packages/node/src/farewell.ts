/**
 * The end of a socket that gets an answer and no connection: the answer and the FIN go out in order, and what still comes in
 * is thrown away. Closing with unread bytes would make the kernel reset the connection, which can overtake the answer.
 */
import type { Duplex } from 'node:stream'
import type { HttpAnswer } from './answer.ts'
import { ClosingTimer } from './closing-timer.ts'
import { refusedChannel } from './diagnostics.ts'
import { drive, type SocketDriver } from './driver.ts'
import { Member } from './roster.ts'
import { remoteAddressOf } from './server-request.ts'
import type { Timeouts } from './settings.ts'
import type { Visitor, Visitors } from './visitors.ts'

/** An answer that says why a request is refused. */
export interface NamedAnswer extends HttpAnswer {
  readonly name: string
}

/** The same, as it goes out. */
export interface EncodedAnswer {
  readonly name: string
  readonly status: number
  readonly octets: Uint8Array
}

/** Drives a socket to its end. */
class Farewell extends Member implements SocketDriver, Visitor {
  readonly discards = true
  readonly #socket: Duplex
  readonly #visitors: Visitors
  readonly #timer: ClosingTimer

  /** Takes over a socket that is not destroyed, and writes the last octets to it. */
  constructor(socket: Duplex, octets: Uint8Array, timeouts: Timeouts, visitors: Visitors) {
    super()
    this.#socket = socket
    this.#visitors = visitors
    this.#timer = new ClosingTimer(timeouts, () => socket.destroy())
    visitors.enter(this)
    drive(socket, this)
    socket.end(octets)
  }

  hurry(): void {
    // It is on its way.
  }

  drop(): void {
    this.#socket.destroy()
  }

  receive(): void {
    // Too late to be of interest.
  }

  receiveEnd(): void {
    // With both sides ended the socket closes by itself.
  }

  drained(): void {
    this.#timer.progress()
  }

  failed(): void {
    // `closed` follows.
  }

  closed(): void {
    this.#timer.stop()
    this.#visitors.leave(this)
  }
}

/** Ends a socket to which an answer was written, unless it is gone. */
export function seeOff(socket: Duplex, timeouts: Timeouts, visitors: Visitors): void {
  if (!socket.destroyed) new Farewell(socket, NO_BYTES, timeouts, visitors)
}

const NO_BYTES = new Uint8Array(0)

/** Answers a request, says so to who traces, and ends the socket. */
export function sayFarewell(
  socket: Duplex,
  { status, name, octets }: EncodedAnswer,
  timeouts: Timeouts,
  visitors: Visitors,
): void {
  if (refusedChannel.hasSubscribers) {
    refusedChannel.publish({ status, name, remoteAddress: remoteAddressOf(socket) })
  }
  new Farewell(socket, octets, timeouts, visitors)
}
