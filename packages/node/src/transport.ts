/**
 * Drives one session over one socket.
 *
 *   socket ── bytes ─▶ session.receive ──▶ next() ──▶ receiver.take(event)      one event at a time, in order
 *   socket ◀── write ── session.takeOutput ◀── what the receiver sends          one write for all of them
 *
 * Backpressure, in: an event that the receiver does not take is held, nothing more is pulled, the socket is paused.
 * Backpressure, out: while the socket is backed up no output is taken; when answers to input pile up nothing is pulled.
 * Fairness: who has brought much work in a row rests until the event loop has been round, and others have had their turn.
 */
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { LossCause, Session, Violation } from '@hybi/session'
import { Backlog } from './backlog.ts'
import { now } from './clock.ts'
import { ClosingTimer } from './closing-timer.ts'
import { drive, type SocketDriver } from './driver.ts'
import { EventPump, type Receiver } from './event-pump.ts'
import { HeartbeatTimer } from './heartbeat.ts'
import type { Settings } from './settings.ts'
import { SocketWriter } from './socket-writer.ts'
import { callAfterReads, callAtEndOfTurn, type LoopTaker, type TurnTaker } from './turn.ts'

/** The one who waits for output to leave. */
export interface OutputWaiter {
  /** Output may have left. */
  outputLeft(): void
}

/** One session on one socket. */
export class Transport implements SocketDriver, TurnTaker, LoopTaker {
  readonly session: Session
  readonly socket: Duplex
  /** Who is told when output may have left; null while nobody waits for that. */
  outputWaiter: OutputWaiter | null
  readonly #receiver: Receiver
  readonly #settings: Settings
  readonly #pump: EventPump
  readonly #writer: SocketWriter
  readonly #backlog: Backlog
  /**
   * The socket brings what it reads in many chunks, and says a turn of the loop later what has left, although it left at once. One
   * write for all the chunks instead of one for the first and one for the rest: tls1k takes a quarter less processor time, tls64k a
   * fifth (`npm run bench -- tls1k tls64k`, Node 20).
   */
  readonly #secure: boolean
  #closingTimer: ClosingTimer | null
  #heartbeat: HeartbeatTimer | null
  #error: Error | null
  #reading: boolean
  #pumping: boolean
  #turnPlanned: boolean
  #flushPlanned: boolean
  #awaitsOutput: boolean
  #lost: boolean
  #outputWasLost: boolean
  #heardAt: number

  constructor(session: Session, socket: Duplex, receiver: Receiver, settings: Settings) {
    this.session = session
    this.socket = socket
    this.outputWaiter = null
    this.#receiver = receiver
    this.#settings = settings
    // Where our mark is below the socket's own, more than ours may be pending and the socket has nothing to say when that leaves.
    const isSilent = settings.limits.highWaterMark < socket.writableHighWaterMark
    this.#writer = new SocketWriter(socket, isSilent ? () => this.#written() : undefined)
    this.#secure = socket instanceof TLSSocket
    this.#backlog = new Backlog(this, session.role, settings.limits, this.#secure)
    this.#closingTimer = null
    this.#heartbeat = null
    this.#error = null
    this.#reading = true
    this.#pumping = false
    this.#turnPlanned = false
    this.#flushPlanned = false
    this.#awaitsOutput = false
    this.#lost = false
    this.#outputWasLost = false
    this.#heardAt = now()
    this.#pump = new EventPump(this, receiver, this.#heardAt)
  }

  /** Octets that were accepted for output and that the operating system does not have yet. */
  get pendingOutput(): number {
    return this.session.pendingOutput + this.#writer.pending
  }

  /** False once closing has begun, or the socket is gone. */
  get isOpen(): boolean {
    return !this.#lost && this.session.state === 'open'
  }

  /** True when the socket is gone. Messages that were read before may still wait for the application. */
  get isGone(): boolean {
    return this.#lost
  }

  /** True while a message waits for the application, and nothing is read. */
  get holdsMessage(): boolean {
    return this.#pump.holdsMessage
  }

  /** When the peer last showed life, in milliseconds as of `now`: bytes arrived, or it took output that was stuck. */
  get heardAt(): number {
    return this.#heardAt
  }

  /** True when the socket went before everything that was accepted had left. */
  get outputWasLost(): boolean {
    return this.#outputWasLost
  }

  /** What broke the socket, if anything did. */
  get error(): Error | null {
    return this.#error
  }

  /**
   * Takes over the socket.
   *
   * @param head goes out before anything else; null when it has
   * @param rest was read behind the peer's head
   * @param opened is called when something can be sent, before anything is handed out
   */
  start(head: Uint8Array | null, rest: Uint8Array, opened: () => void): void {
    const { socket, session } = this
    if (head !== null) this.#writer.put([head])
    if (rest.length > 0) session.receive(rest)
    // It does not say so again.
    if (socket.readableEnded) session.receiveEnd()
    const { heartbeat } = this.#settings
    if (heartbeat !== null) this.#heartbeat = new HeartbeatTimer(this, heartbeat)
    opened()
    drive(socket, this)
    this.processInput()
  }

  receive(chunk: Uint8Array): void {
    this.#heardAt = now()
    this.#pump.heard(this.#heardAt)
    this.#backlog.heard()
    this.session.receive(chunk)
    this.processInput()
    if (this.#pump.endsRead(chunk.length)) this.#setReading()
  }

  receiveEnd(): void {
    this.#closingTimer?.progress()
    this.session.receiveEnd()
    this.processInput()
  }

  drained(): void {
    this.#heardAt = now()
    this.#closingTimer?.progress()
    this.#backlog.tried(true)
    this.flush()
  }

  failed(error: NodeJS.ErrnoException): void {
    this.#error = error
    // Once the socket is closed, what it could not write counts as written.
    this.#outputWasLost ||= this.pendingOutput > 0 || error.syscall === 'write'
  }

  closed(): void {
    this.#closingTimer?.stop()
    this.#heartbeat?.stop()
    this.#lost = true
    this.#outputWasLost ||= this.pendingOutput > 0
    this.processInput()
    this.#receiver.socketClosed()
  }

  /** Gives up the socket at once, and what was read or accepted for output with it. */
  destroy(cause: LossCause): void {
    this.#outputWasLost ||= this.pendingOutput > 0
    this.session.transportLost(cause)
    this.#pump.drop()
    this.socket.destroy()
    this.processInput()
  }

  /** Fails the connection for a reason that is not in what was received. */
  fail(violation: Violation): void {
    this.session.fail(violation)
    this.processInput()
  }

  /** The application asks for more: it has done what it wanted with its message. */
  pull(): void {
    this.#pump.endYield()
    this.processInput()
  }

  /** Hands out what there is, and writes what came of it in one go: now, or at the end of the turn. */
  processInput(): void {
    if (this.#pumping) return
    this.#pumping = true
    let exhausted = this.#pump.handOut()
    // What was read before the socket broke still counts; then the session learns that it is alone.
    if (exhausted && this.#lost) {
      this.session.transportLost('reset')
      exhausted = this.#pump.handOut()
    }
    this.#pumping = false
    if (exhausted && !this.#receiver.busy && !this.#secure) this.#writeOutput()
    else this.planFlush()
    this.#setReading()
  }

  /** Says how much output was added to the session: if it is an answer to input, it can pause the reading. */
  countOutput(size: number): void {
    this.#backlog.add(size, this.#receiver.answering)
  }

  /** Says that there may be new output: it is written at the end of the turn, or at once when it is much. */
  outputAdded(): void {
    if (this.#backlog.isMuch(this.session.pendingOutput)) this.flush()
    else this.planFlush()
  }

  /** Says that there may be new output: it is written at the end of the turn. */
  planFlush(): void {
    if (this.#pumping) return
    if (this.#secure && !this.#pump.yields) {
      if (this.#flushPlanned) return
      this.#flushPlanned = true
      callAfterReads(this)
    } else {
      if (this.#turnPlanned) return
      this.#turnPlanned = true
      callAtEndOfTurn(this)
    }
  }

  /** The application has had its microtasks: goes on with what is behind their message, and then writes what they have sent. */
  endTurn(): void {
    this.#turnPlanned = false
    if (this.#pump.yields) {
      this.#pump.endYield()
      this.processInput()
    } else if (!this.#flushPlanned) {
      this.flush()
    }
  }

  /** Over TLS: the next chunks belong to the next turn of the loop, and what was written in the last one has left if it could. */
  endReads(): void {
    this.#flushPlanned = false
    this.#backlog.tried(this.#writer.pending === 0)
    this.flush()
  }

  /** True when answers pile up although what the socket takes has been written. */
  answersPileUp(): boolean {
    if (!this.#hasAnswersPending()) return false
    this.#writeOutput()
    return this.#hasAnswersPending()
  }

  /** Writes what there is, unless the socket is backed up, and goes on with input that waited for it. */
  flush(): void {
    this.#writeOutput()
    if (this.#pump.outputBlocks && !this.#hasAnswersPending()) this.processInput()
  }

  /** A write is done, and the socket has no `drain` to say. No sign of life of the peer: the system takes what it has room for. */
  #written(): void {
    if (this.outputWaiter === null && !this.#pump.outputBlocks) return
    this.flush()
  }

  #writeOutput(): void {
    const { session } = this
    const writer = this.#writer
    writer.flush()
    if (writer.empty && !writer.backedUp) {
      writer.put(session.takeOutput())
      writer.flush()
    }
    this.#backlog.written()
    if (session.outputPending !== null) this.#awaitOutput(session.outputPending)
    if (session.state !== 'open') this.#goOnClosing()
    this.outputWaiter?.outputLeft()
  }

  #goOnClosing(): void {
    const { session } = this
    const writer = this.#writer
    // Never write and then destroy: the FIN (over TLS after close_notify) follows the last octet in order.
    if (session.outputEnded && session.pendingOutput === 0 && writer.empty && !writer.over) this.socket.end()
    if (this.#closingTimer === null) this.#startClosingTimer()
  }

  /** Nothing piles up while closing: no output is accepted then, and the peer's answer stands behind its input. */
  #hasAnswersPending(): boolean {
    return this.#backlog.isOfAnswers && this.isOpen
  }

  #setReading(): void {
    const reading = !this.#pump.isBlocked
    if (reading === this.#reading) return
    this.#reading = reading
    if (reading) this.socket.resume()
    else this.socket.pause()
  }

  #awaitOutput(pending: Promise<void>): void {
    if (this.#awaitsOutput) return
    this.#awaitsOutput = true
    pending.then(() => {
      this.#awaitsOutput = false
      this.flush()
    })
  }

  #startClosingTimer(): void {
    if (this.#lost) return
    this.#closingTimer = new ClosingTimer(this.#settings.timeouts, () => this.destroy('timeout'))
  }
}
