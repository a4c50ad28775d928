/** One case on one connection: opening handshake, plan, closing; its result is all that was seen. */
import { StatusCode } from '@hybi/frame'
import type { Plan, ReceivedEvent, ScriptPlan } from '../cases/case.ts'
import { GOOD_HABITS, type ProbePlan } from '../cases/probe.ts'
import { closeBody } from '../cases/step.ts'
import { MessageInflater } from '../deflate/inflater.ts'
import { equalsEveryOutcome } from '../judge/events.ts'
import type { Observation, Opening, TimedEvent } from '../observation.ts'
import type { Clock } from '../peer/clock.ts'
import type { IncomingMessage } from '../peer/incoming.ts'
import { join } from '../peer/incoming.ts'
import { Peer } from '../peer/peer.ts'
import type { Recorder } from '../peer/recorder.ts'
import type { Wire } from '../peer/wire.ts'
import { type PeerRole, UNSEEN_ENDING } from '../record.ts'
import type { Profile } from '../runner.ts'
import { type MessageSource, SeriesRun } from './series.ts'
import { type AgreedDeflate, CompressionSource, EchoSource, RoundsSource } from './sources.ts'
import { runSteps, type ScriptContext } from './steps.ts'
import { toTrafficStats } from './traffic.ts'

/** How the opening handshake ended. */
export interface Opened {
  readonly opening: Opening
  /** Octets behind the head. */
  readonly rest: Uint8Array
  /** The agreed permessage-deflate; null: none. */
  readonly deflate: AgreedDeflate | null
}

export interface ExchangeOptions {
  readonly plan: Plan
  /** What the endpoint under test is. */
  readonly role: PeerRole
  readonly wire: Wire
  readonly clock: Clock
  readonly recorder: Recorder
  readonly profile: Profile
  /** Goes through the opening handshake of one connection. */
  readonly open: (peer: Peer) => Promise<Opened>
}

/** Messages of a compression case in the quick profile. */
export const QUICK_COUNT = 50
/** RSV1, which permessage-deflate claims. */
const DEFLATE_RSV = 4
/** A long run in which nothing has moved for so long is over, however long it may take in all. */
const STALL_MS = 30_000
/** An own case has no larger echoes. */
const MOST_INFLATED = 4 * 1024 * 1024

export async function exchange(options: ExchangeOptions): Promise<Observation> {
  const run = new Exchange(options)
  await run.conduct()
  return run.observe()
}

class Exchange {
  readonly #options: ExchangeOptions
  readonly #peer: Peer
  readonly #events: TimedEvent[] = []
  readonly #unmet: string[] = []
  readonly #compressed: Uint8Array[] = []
  readonly #lateBefore: number
  #series: SeriesRun | null = null
  #compression: CompressionSource | null = null
  #unimplemented: string | null = null
  #opened: Opened | null = null
  #inflater: MessageInflater | null = null
  #stalled = false
  #openedAt: number
  #preopen = { sent: 0, received: 0 }
  #endedAt = 0

  constructor(options: ExchangeOptions) {
    const { wire, clock, recorder, role, plan } = options
    this.#options = options
    this.#lateBefore = clock.lateMs()
    this.#openedAt = recorder.now
    this.#peer = new Peer(wire, clock, recorder, role, plan.kind === 'probe' ? plan.habits : GOOD_HABITS, {
      message: (message) => this.#takeMessage(message),
      ping: (payload) => this.#takeEvent({ type: 'ping', payload }),
      pong: (payload) => this.#takeEvent({ type: 'pong', payload }),
    })
    wire.listen({
      octets: (chunk) => this.#peer.receive(chunk),
      fin: () => this.#peer.receiveFin(),
      reset: (reason) => this.#peer.receiveReset(reason),
      closed: () => this.#peer.receiveClosed(),
    })
  }

  async conduct(): Promise<void> {
    const { plan, open, recorder } = this.#options
    const peer = this.#peer
    this.#opened = await open(peer)
    this.#openedAt = recorder.now
    this.#preopen = { ...recorder.octets }
    if (this.#opened.opening.completed) {
      if (this.#opened.deflate !== null) peer.incoming.claimedRsv = DEFLATE_RSV
      peer.opened(this.#opened.rest)
      await this.#carryOut(plan)
    } else if (plan.kind === 'probe') {
      await peer.waitFor(() => peer.hasReceivedFin, plan.patienceMs)
      peer.dropQuietly()
    } else peer.drop()
    await peer.over
    this.#endedAt = recorder.now
  }

  async #carryOut(plan: Plan): Promise<void> {
    switch (plan.kind) {
      case 'script':
        return this.#runScript(plan)
      case 'probe':
        return this.#runProbe(plan)
      case 'echo':
        this.#series = new SeriesRun(new EchoSource(plan), this.#options.wire)
        this.#series.sendNext()
        this.#watchProgress()
        return runSteps(
          plan.steps,
          this.#context(() => this.#peer.isEnding),
        )
      case 'rounds':
        return this.#runSeries(new RoundsSource(plan, this.#peer.outgoing), plan.timeoutMs)
      case 'compression': {
        const deflate = this.#opened?.deflate ?? null
        if (deflate === null) {
          this.#unimplemented = 'The endpoint did not agree to permessage-deflate as asked for.'
          this.#beginClose()
          return
        }
        const count = this.#options.profile === 'quick' ? QUICK_COUNT : plan.count
        this.#compression = new CompressionSource(plan, count, this.#peer.outgoing, deflate)
        return this.#runSeries(this.#compression, plan.timeoutMs)
      }
    }
  }

  async #runScript(plan: ScriptPlan): Promise<void> {
    await runSteps(
      plan.steps,
      this.#context(() => this.#peer.isEnding),
    )
  }

  #runSeries(source: MessageSource, timeoutMs: number): void {
    this.#series = new SeriesRun(source, this.#options.wire)
    this.#options.recorder.timer({ timer: 'close', event: 'armed', delayMs: timeoutMs })
    this.#peer.after(timeoutMs, () => {
      this.#options.recorder.timer({ timer: 'close', event: 'expired' })
      this.#beginClose()
    })
    this.#series.sendNext()
    this.#watchProgress()
  }

  /** Ends a long run that has come to a standstill. */
  #watchProgress(): void {
    const { octets } = this.#options.recorder
    const before = octets.received + octets.sent
    this.#peer.after(STALL_MS, () => {
      if (!this.#peer.isOpen) return
      if (octets.received + octets.sent > before) {
        this.#watchProgress()
        return
      }
      this.#stalled = true
      this.#options.recorder.note(`nothing has moved for ${STALL_MS / 1000} s`)
      this.#beginClose()
    })
  }

  async #runProbe(plan: ProbePlan): Promise<void> {
    const peer = this.#peer
    if (plan.needsDeflate && this.#opened?.deflate === null) {
      this.#unimplemented =
        'The case is about permessage-deflate, and the endpoint did not agree to it with the parameters that the case needs.'
      this.#beginClose()
    } else {
      await runSteps(
        plan.steps,
        this.#context(() => peer.isGone),
      )
      if (plan.closesAtEnd) this.#beginClose()
    }
    await peer.waitFor(() => peer.isGone, plan.patienceMs)
    if (!peer.isGone) peer.dropQuietly()
  }

  #context(isOver: () => boolean): ScriptContext {
    const { wire, recorder } = this.#options
    return {
      peer: this.#peer,
      wire,
      recorder,
      events: this.#events,
      isOver,
      timeout: (tag) => this.#takeEvent({ type: 'timeout', tag }),
      unmet: (text) => this.#unmet.push(text),
    }
  }

  #takeMessage(message: IncomingMessage): void {
    if (this.#series !== null) {
      if (this.#series.take(message)) this.#beginClose()
      return
    }
    this.#takeEvent({ type: 'message', payload: this.#contentOf(message), binary: message.binary })
  }

  /** What a message says: inflated, where it came compressed and can be. */
  #contentOf(message: IncomingMessage): Uint8Array {
    if (!message.compressed) return join(message.parts)
    this.#compressed.push(join(message.parts))
    const deflate = this.#opened?.deflate
    if (deflate === null || deflate === undefined) return join(message.parts)
    this.#inflater ??= new MessageInflater(deflate.receiving)
    const inflated = this.#inflater.inflate(message.parts, MOST_INFLATED)
    if (!('failure' in inflated)) return inflated
    this.#options.recorder.note(`a message cannot be inflated: ${inflated.failure}`)
    this.#unmet.push(`a message that can be inflated (${inflated.failure})`)
    return join(message.parts)
  }

  #takeEvent(event: ReceivedEvent): void {
    const { plan, recorder } = this.#options
    if (this.#series !== null && event.type !== 'message') return
    this.#events.push({ ...event, at: recorder.now })
    if (plan.kind !== 'script' || !plan.close.closedByMe || plan.suppressClose) return
    if (equalsEveryOutcome(plan.outcomes, this.#events)) this.#beginClose(plan.close.closeCode[0])
  }

  #beginClose(code: number = StatusCode.NORMAL): void {
    this.#peer.beginClose(closeBody(code))
  }

  observe(): Observation {
    const { role, wire, recorder, clock } = this.#options
    const peer = this.#peer
    return {
      role,
      secure: wire.secure,
      opening: this.#opened?.opening ?? NOT_OPENED,
      events: this.#events,
      frames: recorder.frames,
      compressed: this.#compressed,
      series: this.#series?.series ?? null,
      illegal: peer.illegal,
      unimplemented: this.#unimplemented,
      closedByMe: peer.closedByMe,
      failedByMe: peer.failedByMe,
      droppedByMe: peer.droppedByMe,
      wasClean: peer.wasClean,
      wasNotCleanReason: peer.wasClean ? null : peer.wasNotCleanReason,
      wasServerConnectionDropTimeout: peer.wasServerConnectionDropTimeout,
      wasCloseHandshakeTimeout: peer.wasCloseHandshakeTimeout,
      localClose: peer.localClose,
      remoteClose: peer.remoteClose,
      ending: peer.ending,
      unmet: this.#unmet,
      stalled: this.#stalled,
      durationMs: this.#endedAt - this.#openedAt,
      loopLagMs: clock.lateMs() - this.#lateBefore,
      log: recorder.log,
      rxOctetStats: recorder.octetStats.received,
      txOctetStats: recorder.octetStats.sent,
      rxFrameStats: recorder.frameStats.received,
      txFrameStats: recorder.frameStats.sent,
      trafficStats:
        this.#compression === null
          ? null
          : toTrafficStats(this.#compression.traffic, recorder.octets, this.#preopen, this.#series?.series),
    }
  }
}

const NOT_OPENED: Opening = {
  completed: false,
  failure: 'it was not tried',
  timedOut: false,
  request: '',
  response: '',
  status: null,
  headers: [],
  extensions: null,
}

/** The observation of a case that means nothing here: no connection was made. */
export const notRun = (reason: string, role: PeerRole, secure: boolean): Observation => ({
  role,
  secure,
  opening: NOT_OPENED,
  events: [],
  frames: [],
  compressed: [],
  series: null,
  illegal: null,
  unimplemented: reason,
  closedByMe: false,
  failedByMe: false,
  droppedByMe: false,
  wasClean: false,
  wasNotCleanReason: reason,
  wasServerConnectionDropTimeout: false,
  wasCloseHandshakeTimeout: false,
  localClose: null,
  remoteClose: null,
  ending: UNSEEN_ENDING,
  unmet: [],
  stalled: false,
  durationMs: 0,
  loopLagMs: 0,
  log: [],
  rxOctetStats: {},
  txOctetStats: {},
  rxFrameStats: {},
  txFrameStats: {},
  trafficStats: null,
})
