/** How a session comes to its end: its state, and what the outcome will say (RFC 6455, 7.1.4 - 7.1.6). */
import { StatusCode } from '@hybi/frame'
import type { CloseOutcome, CloseReceived, LossCause } from './events.ts'
import { type Input, type State, sendsClose, transitions } from './states.ts'
import type { Violation } from './violations.ts'

/** The record of closing. Each method is one input of the states table. */
export class Closing {
  state: State = 'open'
  // 7.1.5: "If _The WebSocket Connection is Closed_ and no Close control frame was received by the endpoint [...], _The
  // WebSocket Connection Close Code_ is considered to be 1006."
  #code: number = StatusCode.ABNORMAL
  #reason = ''
  #wasClean = false
  #initiator: CloseOutcome['initiator'] = 'none'
  #cause: CloseOutcome['cause'] = 'close'
  #violation: Violation | undefined

  /** The application closes. Returns true when a Close is to be sent. */
  close(): boolean {
    return this.#enter('close', 'local')
  }

  /** The peer's Close was read. Returns true when it is to be answered. */
  closeReceived(close: CloseReceived): boolean {
    this.#code = close.code
    this.#reason = close.reason
    this.#wasClean = true
    return this.#enter('close-received', 'remote')
  }

  /** The connection is failed. Returns true when a Close is to be sent. */
  violate(violation: Violation): boolean {
    const before = this.state
    const sends = this.#enter('violation', 'local')
    if (this.state !== before) {
      this.#cause = 'violation'
      this.#violation = violation
    }
    return sends
  }

  /** The peer's FIN was read. */
  end(): void {
    if (this.state === 'open' || this.state === 'closing') this.#cause = 'half-close'
    this.#enter('end', 'remote')
  }

  /** All that was accepted for output has been taken, and nothing will follow. */
  drain(): void {
    this.#enter('drained', 'none')
  }

  /** The transport is gone. `drained`: all output had been taken before. */
  lose(cause: LossCause, drained: boolean): void {
    if (this.state === 'closed') return
    if (this.#violation === undefined && !(this.state === 'ended' && drained)) this.#cause = cause
    if (!drained) this.#wasClean = false
    this.#enter('lost', cause === 'terminated' ? 'local' : 'none')
  }

  /** What the last event says. */
  get outcome(): CloseOutcome {
    const outcome = {
      code: this.#code,
      reason: this.#reason,
      wasClean: this.#wasClean,
      initiator: this.#initiator,
      cause: this.#cause,
    }
    return this.#violation === undefined ? outcome : { ...outcome, violation: this.#violation }
  }

  #enter(input: Input, initiator: CloseOutcome['initiator']): boolean {
    const from = this.state
    this.state = transitions[from][input]
    if (from === 'open' && this.state !== 'open') this.#initiator = initiator
    return sendsClose(from, this.state)
  }
}
