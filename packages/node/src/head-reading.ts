/** The first octets of a client on our own listener: the head of its request, under one deadline from accepting TCP on. */
import type { Duplex } from 'node:stream'
import { HeadReader, type RequestHead, refusals } from '@hybi/handshake'
import { encodeAnswer } from './answer.ts'
import { drive, type SocketDriver } from './driver.ts'
import type { Endpoint } from './endpoint.ts'
import { type NamedAnswer, sayFarewell } from './farewell.ts'
import { Member } from './roster.ts'
import { startTimer } from './settings.ts'
import type { Visitor } from './visitors.ts'

/** What follows a head: the socket is taken over; `leftMs` is left of the handshake's time. */
export type HeadReceived = (head: RequestHead, rest: Uint8Array, leftMs: number) => void

/** Reads the head of one request. */
export class HeadReading<Data> extends Member implements SocketDriver, Visitor {
  readonly #endpoint: Endpoint<Data>
  readonly #socket: Duplex
  readonly #received: HeadReceived
  readonly #reader: HeadReader<'request'>
  readonly #deadline: number
  readonly #timer: NodeJS.Timeout | undefined

  /** Takes over the socket; `deadlineMs` is what is left of the handshake's time. */
  constructor(endpoint: Endpoint<Data>, socket: Duplex, deadlineMs: number, received: HeadReceived) {
    super()
    const { maxHeadSize, maxHeadLines } = endpoint.limits
    this.#endpoint = endpoint
    this.#socket = socket
    this.#received = received
    this.#reader = new HeadReader('request', { maxBytes: maxHeadSize, maxLines: maxHeadLines })
    this.#deadline = performance.now() + deadlineMs
    this.#timer = startTimer(() => this.#giveUp(), deadlineMs)
    endpoint.visitors.enter(this)
    drive(socket, this)
  }

  receive(chunk: Uint8Array): void {
    const reading = this.#reader.receive(chunk)
    if (reading === null) return
    if (!reading.ok) {
      this.#refuse(reading.refusal)
      return
    }
    this.#leave()
    this.#received(reading.head, reading.rest, this.#deadline - performance.now())
  }

  receiveEnd(): void {
    // Half a head and no more: there is nothing to answer.
    this.#socket.destroy()
  }

  drained(): void {
    // Nothing was written.
  }

  failed(): void {
    // `closed` follows.
  }

  closed(): void {
    this.#leave()
  }

  hurry(): void {
    this.#socket.destroy()
  }

  drop(): void {
    this.#socket.destroy()
  }

  #giveUp(): void {
    if (this.#reader.size === 0) this.#socket.destroy()
    else this.#refuse(refusals.tooSlow)
  }

  #refuse(answer: NamedAnswer): void {
    const { timeouts, visitors } = this.#endpoint
    sayFarewell(this.#socket, { ...answer, octets: encodeAnswer(answer, 'GET') }, timeouts, visitors)
    this.#leave()
  }

  #leave(): void {
    clearTimeout(this.#timer)
    this.#endpoint.visitors.leave(this)
  }
}
