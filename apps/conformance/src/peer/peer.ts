/**
 * The runner's end of one open connection: a good WebSocket peer as far as its habits say so, that sends whatever a script tells and
 * records whatever comes. It owns the closing handshake and its timers (RFC 6455 7.1), as Autobahn's fuzzer does them.
 *
 *     opening --opened()-> open
 *     open --own Close--> closing --their Close--> finished        (clean)
 *     open --their Close, answered--------------> finished        (clean)
 *     any  --FIN, RST, a timer------------------> gone
 */
import { decodeCloseBody, encodeCloseBody, Opcode, StatusCode } from '@hybi/frame'
import { isUtf8 } from '@hybi/utf8'
import type { Habits } from '../cases/probe.ts'
import type { CloseFrame } from '../observation.ts'
import type { PeerRole, TransportEnding } from '../record.ts'
import type { Clock } from './clock.ts'
import { Incoming, type IncomingMessage } from './incoming.ts'
import { Outgoing } from './outgoing.ts'
import type { Recorder } from './recorder.ts'
import type { Wire } from './wire.ts'

/** Autobahn's closing timers. */
const CLOSE_HANDSHAKE_MS = 1000
const SERVER_DROP_MS = 1000

export interface PeerListener {
  message(message: IncomingMessage): void
  ping(payload: Uint8Array): void
  pong(payload: Uint8Array): void
}

type State = 'opening' | 'open' | 'closing' | 'finished' | 'gone'

export class Peer {
  readonly outgoing: Outgoing
  readonly incoming: Incoming
  /** Settles when the transport is closed for good. */
  readonly over: Promise<void>

  closedByMe = false
  failedByMe = false
  droppedByMe = false
  wasClean = false
  wasNotCleanReason: string | null = null
  wasServerConnectionDropTimeout = false
  wasCloseHandshakeTimeout = false
  localClose: CloseFrame | null = null
  remoteClose: CloseFrame | null = null
  illegal: string | null = null

  readonly #wire: Wire
  readonly #clock: Clock
  readonly #recorder: Recorder
  readonly #tests: PeerRole
  readonly #habits: Habits
  readonly #listener: PeerListener
  readonly #timers = new Set<() => void>()
  #state: State = 'opening'
  #head: (chunk: Uint8Array) => boolean = () => false
  /** What came behind the head before `opened` was called. */
  #early: Uint8Array[] = []
  #finAt: number | null = null
  #finSentAt: number | null = null
  #resetAt: number | null = null
  #first: TransportEnding['first'] = 'none'
  #octetsAfterClose = 0
  #settle: () => void = () => undefined
  #watchers: (() => void)[] = []

  constructor(
    wire: Wire,
    clock: Clock,
    recorder: Recorder,
    tests: PeerRole,
    habits: Habits,
    listener: PeerListener,
  ) {
    this.#wire = wire
    this.#clock = clock
    this.#recorder = recorder
    this.#tests = tests
    this.#habits = habits
    this.#listener = listener
    this.outgoing = new Outgoing(wire, clock, recorder, tests === 'server')
    this.incoming = new Incoming(recorder, tests === 'client', {
      message: (message) => this.#takeMessage(message),
      control: (opcode, payload) => this.#takeControl(opcode, payload),
      illegal: (rule) => this.#takeIllegal(rule),
    })
    this.over = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /** Until `opened`, what comes goes to `head`, which says whether it took it; what it does not take is kept for later. */
  readHead(head: (chunk: Uint8Array) => boolean): void {
    this.#head = head
  }

  /** The opening handshake is done; `rest` came behind its head. */
  opened(rest: Uint8Array): void {
    this.#state = 'open'
    if (rest.length > 0) this.incoming.receive(rest)
    for (const chunk of this.#early) this.incoming.receive(chunk)
    this.#early = []
    this.#look()
  }

  /** No Close went or came yet, and the transport is up. */
  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** The endpoint has begun or finished closing, or is gone: a script has nothing more to say. */
  get isEnding(): boolean {
    return this.remoteClose !== null || this.#finAt !== null || this.#state === 'gone'
  }

  get isGone(): boolean {
    return this.#state === 'gone'
  }

  get hasReceivedFin(): boolean {
    return this.#finAt !== null
  }

  /** Resolves when `condition` holds, is looked at after each input; false when the time is over or the transport closed first. */
  waitFor(condition: () => boolean, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (met: boolean): void => {
        cancel()
        this.#watchers = this.#watchers.filter((watcher) => watcher !== look)
        resolve(met)
      }
      const look = (): void => {
        if (condition()) finish(true)
        else if (this.isGone) finish(false)
      }
      const cancel = this.after(ms, () => finish(condition()))
      this.#watchers.push(look)
      look()
    })
  }

  /** A timer that ends with the connection; the result cancels it. */
  after(ms: number, action: () => void): () => void {
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(cancel)
      action()
    })
    this.#timers.add(cancel)
    return () => {
      this.#timers.delete(cancel)
      cancel()
    }
  }

  // Input from the transport.

  receive(chunk: Uint8Array): void {
    this.#recorder.countOctets('received', chunk)
    if (this.remoteClose !== null) this.#octetsAfterClose += chunk.length
    if (this.#state !== 'opening') this.incoming.receive(chunk)
    else if (!this.#head(chunk)) this.#early.push(chunk)
    this.#look()
  }

  receiveFin(): void {
    this.#finAt = this.#recorder.now
    if (this.#first === 'none') this.#first = 'peer'
    this.#recorder.resume()
    this.incoming.finish()
    this.#recorder.transport('received', this.#wire.closeNotify === true ? 'close-notify' : 'fin')
    this.#notFinished('TCP ended without a closing handshake')
    if (this.#habits.endsTcp) {
      this.#endTcp()
      this.after(SERVER_DROP_MS, () => this.#wire.destroy())
    }
    this.#look()
  }

  receiveReset(reason: string): void {
    if (this.#first === 'none') this.#first = 'peer'
    this.#resetAt = this.#recorder.now
    this.#recorder.resume()
    this.#recorder.transport('received', 'reset', reason)
    this.#notFinished(`the connection broke (${reason})`)
    this.#look()
  }

  receiveClosed(): void {
    this.#notFinished('TCP ended without a closing handshake')
    this.#state = 'gone'
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    this.#look()
    this.#settle()
  }

  // Commands.

  /** Octets outside of any script, `size` a write. */
  async sendChopped(octets: Uint8Array, size: number): Promise<void> {
    this.#wire.hold()
    await this.outgoing.chopped(octets, size, () => this.isGone)
    this.#wire.release()
  }

  /** Begins the closing handshake. */
  beginClose(body: Uint8Array): void {
    if (this.#state !== 'open') return
    this.closedByMe = true
    this.#state = 'closing'
    this.#sendClose(body)
    this.after(CLOSE_HANDSHAKE_MS, () => {
      if (this.#state !== 'closing') return
      this.wasCloseHandshakeTimeout = true
      this.#notClean('the Close frame was not answered in time')
      this.drop()
    })
  }

  /** Fails the connection (7.1.7). */
  fail(code: number): void {
    this.failedByMe = true
    this.beginClose(encodeCloseBody(code))
  }

  /** Gives up TCP. */
  drop(): void {
    this.droppedByMe = true
    if (this.#first === 'none') this.#first = 'runner'
    this.#recorder.transport('sent', 'destroyed')
    this.#wire.destroy()
  }

  /** The case has seen enough: lets go of TCP, which is no judgement on the endpoint. */
  dropQuietly(): void {
    this.#wire.destroy()
  }

  halfClose(): void {
    this.#endTcp()
  }

  /** Ends TCP under TLS without a word. */
  truncate(): void {
    if (this.#first === 'none') this.#first = 'runner'
    this.#finSentAt = this.#recorder.now
    this.#recorder.transport('sent', 'fin', 'without close_notify')
    this.#wire.truncate()
  }

  reset(): void {
    if (this.#first === 'none') this.#first = 'runner'
    this.#recorder.transport('sent', 'reset')
    this.#wire.reset()
  }

  get ending(): TransportEnding {
    return {
      first: this.#first,
      finReceivedAt: this.#finAt,
      finSentAt: this.#finSentAt,
      resetAt: this.#resetAt,
      closeNotify: this.#wire.closeNotify,
      closeFrameReceivedAt: this.remoteClose?.at ?? null,
      closeFrameSentAt: this.localClose?.at ?? null,
      octetsAfterClose: this.#octetsAfterClose,
      withoutCloseFrame: this.remoteClose === null && (this.#finAt !== null || this.#resetAt !== null),
    }
  }

  #takeMessage(message: IncomingMessage): void {
    if (this.remoteClose === null) this.#listener.message(message)
  }

  #takeControl(opcode: number, payload: Uint8Array): void {
    if (this.remoteClose !== null) return
    if (opcode === Opcode.CLOSE) this.#takeClose(payload)
    else if (opcode === Opcode.PONG) this.#listener.pong(payload)
    else if (opcode === Opcode.PING) {
      this.#listener.ping(payload)
      if (this.#habits.answersPings && this.#state === 'open')
        this.outgoing.fastFrame(Opcode.PONG, true, 0, payload)
    }
  }

  #takeClose(payload: Uint8Array): void {
    this.#recorder.resume()
    const body = decodeCloseBody(payload)
    if (body === null) this.#takeIllegal('a Close body of one octet (5.5.1)')
    else if (!isUtf8(body.reason)) this.#takeIllegal('a Close reason that is not UTF-8 (5.5.1)')
    this.remoteClose = this.#toCloseFrame(payload)
    if (this.#state === 'open' && this.#habits.answersClose)
      this.#sendClose(encodeCloseBody(StatusCode.NORMAL))
    if (this.localClose === null) return
    this.#state = 'finished'
    this.wasClean = this.illegal === null
    if (!this.wasClean) this.#notClean(`the endpoint broke a rule: ${this.illegal}`)
    this.#finishTcp()
  }

  /** 7.1.1: "The underlying TCP connection, in most normal cases, SHOULD be closed first by the server". */
  #finishTcp(): void {
    if (!this.#habits.endsTcp) return
    if (this.#tests === 'server') {
      this.after(SERVER_DROP_MS, () => {
        if (this.#finAt !== null) return
        this.wasServerConnectionDropTimeout = true
        this.wasClean = false
        this.#notClean('the server did not end TCP in time')
        this.drop()
      })
      return
    }
    this.droppedByMe = true
    this.#endTcp()
    this.after(SERVER_DROP_MS, () => this.#wire.destroy())
  }

  #takeIllegal(rule: string): void {
    this.illegal ??= rule
    this.#recorder.note(`the endpoint broke a rule: ${rule}`)
    if (this.#habits.failsOnViolation) this.fail(StatusCode.PROTOCOL_ERROR)
  }

  #sendClose(body: Uint8Array): void {
    this.#recorder.resume()
    this.localClose = this.#toCloseFrame(body)
    this.outgoing.fastFrame(Opcode.CLOSE, true, 0, body)
  }

  /** A body of one octet says no more than none. */
  #toCloseFrame(body: Uint8Array): CloseFrame {
    const decoded = body.length === 0 ? null : decodeCloseBody(body)
    return { at: this.#recorder.now, code: decoded?.code ?? null, reason: decoded?.reason ?? body }
  }

  #endTcp(): void {
    if (this.#finSentAt !== null) return
    if (this.#first === 'none') this.#first = 'runner'
    this.#finSentAt = this.#recorder.now
    this.#recorder.transport('sent', 'fin')
    this.#wire.end()
  }

  #notFinished(reason: string): void {
    if (this.#state !== 'finished') this.#notClean(reason)
  }

  #notClean(reason: string): void {
    this.wasNotCleanReason ??= reason
  }

  #look(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}
