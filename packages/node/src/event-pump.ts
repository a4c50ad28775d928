/**
 * Hands the events of one session to its receiver, one at a time and in order, and knows why it does not.
 *
 *   held      the receiver did not take an event: it is offered again, and nothing is read
 *   yields    the receiver may answer its message before it is given more
 *   awaits    the extension works off the event loop: what comes after that waits
 *   output    answers to what was read pile up
 *   rests     its shift is over: others have their turn
 */
import type { Session, SessionEvent } from '@hybi/session'
import { now } from './clock.ts'
import { Shift } from './shift.ts'

/** The one who is handed the events of a session. */
export interface Receiver {
  /** Takes the event, or answers false for "not now": it is offered again the next time. */
  take(event: SessionEvent): boolean
  /** True while code of the application is at work that may send more in this turn. */
  readonly busy: boolean
  /** True while the application is at work on a message: what it sends counts as an answer. */
  readonly answering: boolean
  /** The socket is gone. Events that were not taken can still be pulled. */
  socketClosed(): void
}

/** The one who reads for the session, and writes. */
interface PumpDriver {
  readonly session: Session
  /** True when the socket is gone: nobody else waits for a turn, and no output for its time. */
  readonly isGone: boolean
  /** True when answers pile up although what the socket takes has been written. */
  answersPileUp(): boolean
  /** Goes on with what is there. */
  processInput(): void
}

/** The way of events from one session to its receiver. */
export class EventPump {
  readonly #driver: PumpDriver
  readonly #receiver: Receiver
  readonly #shift: Shift
  /** The event that the receiver did not take. */
  #held: SessionEvent | null
  /** True while the application is given the rest of this turn for the message that it was handed. */
  #yields: boolean
  #awaits: boolean
  #outputBlocks: boolean
  /** True from the end of a shift until the event loop has been round. */
  #rests: boolean

  constructor(driver: PumpDriver, receiver: Receiver, time: number) {
    this.#driver = driver
    this.#receiver = receiver
    this.#shift = new Shift(time)
    this.#held = null
    this.#yields = false
    this.#awaits = false
    this.#outputBlocks = false
    this.#rests = false
  }

  /** True while a message waits for the application. */
  get holdsMessage(): boolean {
    return this.#held !== null
  }

  /** True while nothing is handed out because answers pile up. */
  get outputBlocks(): boolean {
    return this.#outputBlocks
  }

  /** True while the application is given the rest of this turn. */
  get yields(): boolean {
    return this.#yields
  }

  /** True while nothing more is to be read. */
  get isBlocked(): boolean {
    return this.#held !== null || this.#awaits || this.#outputBlocks || this.#rests
  }

  /** Bytes have come. */
  heard(time: number): void {
    this.#shift.work(time)
  }

  /** After all that came of a read of `size` octets: true, and the connection rests, when its shift is over. */
  endsRead(size: number): boolean {
    if (this.#rests || this.#driver.isGone || !this.#shift.endsWithRead(size)) return false
    this.#rest()
    return true
  }

  /** The application has had its time for the message that it was handed. */
  endYield(): void {
    this.#yields = false
  }

  /** Throws away what was not taken. */
  drop(): void {
    this.#held = null
    this.#yields = false
  }

  /** Hands out what there is; true when that was all, for now. */
  handOut(): boolean {
    const { session } = this.#driver
    this.#outputBlocks = false
    if (this.#rests || (this.#yields && this.#receiver.answering)) return false
    for (;;) {
      if (this.#held === null && this.#driver.answersPileUp()) {
        this.#outputBlocks = true
        return false
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
      this.#yields = carriesMessage(event) && this.#receiver.answering
      if (this.#endsEvent(event) || this.#yields) return false
    }
    if (session.inputPending === null) return true
    this.#await(session.inputPending)
    return false
  }

  /** After an event: true, and the connection rests, when its shift is over. */
  #endsEvent(event: SessionEvent): boolean {
    if (this.#driver.isGone || !this.#shift.endsWithEvent(event)) return false
    this.#rest()
    return true
  }

  #rest(): void {
    this.#rests = true
    setImmediate(() => {
      this.#rests = false
      this.#shift.begin(now())
      this.#driver.processInput()
    })
  }

  #await(pending: Promise<void>): void {
    if (this.#awaits) return
    this.#awaits = true
    pending.then(() => {
      this.#awaits = false
      this.#driver.processInput()
    })
  }
}

const carriesMessage = ({ type }: SessionEvent): boolean => type === 'message' || type === 'part'
