/** The fuzzing client: runs cases against a server under test. */
import type { Case, Plan } from './cases/case.ts'
import { allCases } from './catalogue.ts'
import { connectTo, parseTarget, type Target, type Transport } from './connect.ts'
import { exchange, notRun } from './exchange/exchange.ts'
import type { Observation, Opening } from './observation.ts'
import { openAsClient } from './opening/open-client.ts'
import { SystemClock } from './peer/clock.ts'
import { Recorder } from './peer/recorder.ts'
import type { Wire } from './peer/wire.ts'
import type { CaseRecord } from './record.ts'
import type { ClientRunOptions, RunEnding, RunObserver, RunOutcome } from './runner.ts'
import { makeBatches, runLimited } from './schedule.ts'
import type { CaseDefinition } from './suite.ts'
import { toRecord } from './to-record.ts'

/** So many cases in a row without any answer: the endpoint is taken for dead. */
const SILENT_CASES = 3
/** So many cases whose opening handshake was refused, and none that was opened: there is no WebSocket. */
const REFUSED_CASES = 10
const SWITCHING_PROTOCOLS = 101

const USER_AGENT = 'hybi-conformance'

/**
 * Runs `cases` against the server at `url`.
 *
 * @throws TypeError when `url` is not a ws or wss URL, or a case is none of the catalogue's
 */
export async function runClientRole(
  url: string,
  cases: readonly CaseDefinition[],
  options: ClientRunOptions,
  observer: RunObserver,
): Promise<RunOutcome> {
  const run = new ClientRun(parseTarget(url), url, options, observer)
  return run.run(cases.map(findCase))
}

const byId = new Map(allCases.map((one) => [one.id, one]))

export function findCase({ id }: CaseDefinition): Case {
  const found = byId.get(id)
  if (found === undefined) throw new TypeError(`there is no case ${id}`)
  return found
}

const NEEDS_WSS = 'The case is about TLS: it needs a wss:// URL.'

/** How a case connects; null when the target has no TLS and the case is about it. */
function transportFor(plan: Plan, secure: boolean): Transport | null {
  const wanted = plan.kind === 'probe' ? plan.transport : 'any'
  if (wanted === 'any') return secure ? 'tls' : 'plain'
  if (!secure) return null
  return wanted === 'tls' ? 'watched-tls' : 'plain'
}

class ClientRun {
  readonly #target: Target
  readonly #url: string
  readonly #options: ClientRunOptions
  readonly #observer: RunObserver
  readonly #clock = new SystemClock()
  readonly #wires = new Set<Wire>()
  #ending: RunEnding = 'completed'
  #reason = ''
  #finished = 0
  #silent = 0
  #refused = 0
  /** Any opening handshake was done. */
  #opened = false
  #reported: Promise<void> = Promise.resolve()

  constructor(target: Target, url: string, options: ClientRunOptions, observer: RunObserver) {
    this.#target = target
    this.#url = url
    this.#options = options
    this.#observer = observer
  }

  async run(cases: readonly Case[]): Promise<RunOutcome> {
    const { signal, concurrency } = this.#options
    const abort = (): void => this.#stop('aborted', 'The run was ended.')
    signal?.addEventListener('abort', abort)
    try {
      if (signal?.aborted === true) abort()
      for (const batch of makeBatches(cases, concurrency))
        await runLimited(
          batch.cases,
          batch.atATime,
          () => this.#isStopped,
          (one) => this.#runCase(one),
        )
      await this.#reported
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#clock.close()
    }
    return { ending: this.#ending, reason: this.#reason, finished: this.#finished, total: cases.length }
  }

  get #isStopped(): boolean {
    return this.#ending !== 'completed'
  }

  #stop(ending: RunEnding, reason: string): void {
    if (this.#isStopped) return
    this.#ending = ending
    this.#reason = reason
    for (const wire of this.#wires) wire.destroy()
  }

  async #runCase(one: Case): Promise<void> {
    const { agent, profile = 'full', verifyTls = false, headers = [] } = this.#options
    const started = this.#clock.date()
    const facts = { agent, position: one.number, started, profile }
    const transport = transportFor(one.plan, this.#target.secure)
    if (transport === null) {
      this.#finished++
      this.#report(toRecord(one, notRun(NEEDS_WSS, 'server', this.#target.secure), facts))
      return
    }
    const wire = await this.#connect(transport, verifyTls)
    if (wire === null) return
    this.#wires.add(wire)
    const recorder = new Recorder(this.#clock, one.heavy)
    recorder.transport('sent', wire.secure ? 'secured' : 'connected')
    const seen = await exchange({
      plan: one.plan,
      role: 'server',
      wire,
      clock: this.#clock,
      recorder,
      profile,
      open: async (peer) => {
        const opened = await openAsClient(peer, recorder, one.plan, {
          host: this.#target.authority,
          target: this.#target.path,
          headers,
          userAgent: USER_AGENT,
        })
        this.#opened ||= opened.opening.completed
        return opened
      },
    })
    this.#wires.delete(wire)
    if (this.#isStopped) return
    this.#finished++
    this.#noticeSilence(one, seen)
    this.#noticeRefusal(one, seen.opening)
    this.#report(toRecord(one, seen, facts))
  }

  /** The wire; null when there is none, which ends the run. */
  async #connect(transport: Transport, verifyTls: boolean): Promise<Wire | null> {
    const wire = await connectTo(this.#target, transport, verifyTls)
    if (!('failure' in wire)) return wire
    const dead = this.#finished > 0
    this.#stop(
      dead ? 'died' : 'unreachable',
      `${this.#url} cannot be reached${dead ? ' any more' : ''}: ${wire.failure}`,
    )
    return null
  }

  #noticeSilence(one: Case, { opening, stalled }: Observation): void {
    if (one.plan.kind === 'probe') return
    this.#silent = opening.timedOut || stalled ? this.#silent + 1 : 0
    if (this.#silent === SILENT_CASES)
      this.#stop(
        'not-answering',
        opening.timedOut
          ? `${this.#url} accepts connections and does not answer the opening handshake.`
          : `${this.#url} does not answer any more.`,
      )
  }

  #noticeRefusal({ plan }: Case, { status, failure }: Opening): void {
    if (plan.kind === 'probe' || this.#opened || status === null || status === SWITCHING_PROTOCOLS) return
    if (++this.#refused === REFUSED_CASES)
      this.#stop(
        'unreachable',
        `${this.#url} opens no WebSocket: ${failure}. It may want another path, or a --header.`,
      )
  }

  /** One record at a time; an observer that fails ends the run. */
  #report(record: CaseRecord): void {
    this.#reported = this.#reported.then(() => this.#observer.onRecord(record))
    this.#reported.catch(() => this.#stop('aborted', 'A record could not be kept.'))
  }
}
