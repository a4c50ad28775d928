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
import type { LossCause, Session, SessionEvent, Violation } from '@hybi/session'
import { Backlog } from './backlog.ts'
import { now } from './clock.ts'
import { ClosingTimer } from './closing-timer.ts'
import { drive, type SocketDriver } from './driver.ts'
import { HeartbeatTimer } from './heartbeat.ts'
import type { Settings } from './settings.ts'
import { Shift } from './shift.ts'
import { SocketWriter } from './socket-writer.ts'
import { callAfterReads, callAtEndOfTurn, type LoopTaker, type TurnTaker } from './turn.ts'

/** The one who is handed the events of a session. */
export interface Receiver {
  /** Takes the event, or answers false for "not now": it is offered again at the next `pump`. */
  take(event: SessionEvent): boolean
  /** True while code of the application is at work that may send more in this turn. */
  readonly busy: boolean
  /** True while the application is at work on a message: what it sends counts as an answer. */
  readonly answering: boolean
  /** The socket is gone. Events that were not taken can still be pulled. */
  socketClosed(): void
}

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
  readonly #writer: SocketWriter
  readonly #backlog: Backlog
  /**
   * The socket brings what it reads in many chunks, and says a turn of the loop later what has left, although it left at once. One
   * write for all the chunks instead of one for the first and one for the rest: tls1k takes a quarter less processor time, tls64k a
   * fifth (`npm run bench -- tls1k tls64k`, Node 20).
   */
  readonly #secure: boolean
  /** The event that the receiver did not take. */
  #held: SessionEvent | null
  #closingTimer: ClosingTimer | null
  #heartbeat: HeartbeatTimer | null
  #error: Error | null
  #reading: boolean
  #pumping: boolean
  /** True while the application is given the rest of this turn for the message that it was handed. */
  #yielded: boolean
  #turnPlanned: boolean
  #flushPlanned: boolean
  #awaitsInput: boolean
  #awaitsOutput: boolean
  /** True while nothing is read because answers pile up. */
  #outputBlocks: boolean
  readonly #shift: Shift
  /** True from the end of a shift until the event loop has been round: nothing is read. */
  #rests: boolean
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
    this.#held = null
    this.#closingTimer = null
    this.#heartbeat = null
    this.#error = null
    this.#reading = true
    this.#pumping = false
    this.#yielded = false
    this.#turnPlanned = false
    this.#flushPlanned = false
    this.#awaitsInput = false
    this.#awaitsOutput = false
    this.#outputBlocks = false
    this.#rests = false
    this.#lost = false
    this.#outputWasLost = false
    this.#heardAt = now()
    this.#shift = new Shift(this.#heardAt)
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
    return this.#held !== null
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
    this.#shift.work(this.#heardAt)
    this.#backlog.heard()
    this.session.receive(chunk)
    this.processInput()
    if (!this.#rests && !this.#lost && this.#shift.endsWithRead(chunk.length)) {
      this.#rest()
      this.#setReading()
    }
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

  failed(error: Error): void {
    this.#error = error
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
    this.#held = null
    this.#yielded = false
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
    this.#yielded = false
    this.processInput()
  }

  /** Hands out what there is, and writes what came of it in one go: now, or at the end of the turn. */
  processInput(): void {
    if (this.#pumping) return
    this.#pumping = true
    this.#outputBlocks = false
    let exhausted = this.#handOut()
    // What was read before the socket broke still counts; then the session learns that it is alone.
    if (exhausted && this.#lost) {
      this.session.transportLost('reset')
      exhausted = this.#handOut()
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
    if (this.#secure && !this.#yielded) {
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
    if (this.#yielded) {
      this.#yielded = false
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

  /** Writes what there is, unless the socket is backed up, and goes on with input that waited for it. */
  flush(): void {
    this.#writeOutput()
    if (this.#outputBlocks && !this.#answersPileUp()) this.processInput()
  }

  /**
   * A write is done. Where it had left at once, nobody waits; and it is no sign of life, as the system takes what it has room for, and more so
   * where every write is done later.
   */
  #written(): void {
    if (this.outputWaiter === null && !this.#outputBlocks) return
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

  #handOut(): boolean {
    const { session } = this
    if (this.#rests || (this.#yielded && this.#receiver.answering)) return false
    for (;;) {
      if (this.#held === null && this.#answersPileUp()) {
        this.#writeOutput()
        this.#outputBlocks = this.#answersPileUp()
        if (this.#outputBlocks) return false
      }
      const event = this.#held ?? session.next()
      if (event === null) break
      if (!this.#receiver.take(event)) {
        this.#held = event
        return false
      }
      this.#held = null
      // Whoever has been handed a message may answer it in a microtask: until then the session is not told of what is behind
      // it, for with a Close or a mistake of the peer it would be too late for the answer.
      this.#yielded = carriesMessage(event) && this.#receiver.answering
      if (this.#endsShift(event) || this.#yielded) return false
    }
    if (session.inputPending === null) return true
    this.#awaitInput(session.inputPending)
    return false
  }

  /** Nothing piles up while closing: no output is accepted then, and the peer's answer stands behind its input. */
  #answersPileUp(): boolean {
    return this.#backlog.isOfAnswers && this.session.state === 'open' && !this.#lost
  }

  /** After an event: true, and the connection rests, when its shift is over. */
  #endsShift(event: SessionEvent): boolean {
    if (this.#lost || !this.#shift.endsWithEvent(event)) return false
    this.#rest()
    return true
  }

  #rest(): void {
    this.#rests = true
    setImmediate(() => {
      this.#rests = false
      this.#shift.begin(now())
      this.processInput()
    })
  }

  #setReading(): void {
    const reading = this.#held === null && !this.#awaitsInput && !this.#outputBlocks && !this.#rests
    if (reading === this.#reading) return
    this.#reading = reading
    if (reading) this.socket.resume()
    else this.socket.pause()
  }

  /** The extension works off the loop: what comes after it waits. */
  #awaitInput(pending: Promise<void>): void {
    if (this.#awaitsInput) return
    this.#awaitsInput = true
    pending.then(() => {
      this.#awaitsInput = false
      this.processInput()
    })
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

const carriesMessage = ({ type }: SessionEvent): boolean => type === 'message' || type === 'part'
