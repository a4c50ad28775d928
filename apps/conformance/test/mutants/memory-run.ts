/** Runs a case against an endpoint in memory, on a clock that jumps from timer to timer. */
import type { Case } from '../../src/cases/case.ts'
import { exchange } from '../../src/exchange/exchange.ts'
import { openAsClient } from '../../src/opening/open-client.ts'
import { openAsServer } from '../../src/opening/open-server.ts'
import type { Clock } from '../../src/peer/clock.ts'
import { Recorder } from '../../src/peer/recorder.ts'
import type { Wire, WireListener } from '../../src/peer/wire.ts'
import type { CaseRecord, PeerRole } from '../../src/record.ts'
import { readRequest } from '../../src/serving/read-request.ts'
import { toRecord } from '../../src/to-record.ts'
import type { EndpointOutput } from './echo-endpoint.ts'

/** An endpoint without sockets: octets and FIN in, octets and FIN out. */
export interface MemoryEndpoint {
  receive(chunk: Uint8Array): void
  receiveFin(): void
  take(): EndpointOutput
}

class VirtualClock implements Clock {
  #now = 0
  #timers: { at: number; action: () => void }[] = []

  now(): number {
    return this.#now
  }

  date(): Date {
    return new Date(0)
  }

  lateMs(): number {
    return 0
  }

  turn(): Promise<void> {
    return Promise.resolve()
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Jumps to the next timer; false when there is none. */
  jump(): boolean {
    const next = this.#timers.reduce<{ at: number; action: () => void } | null>(
      (first, timer) => (first === null || timer.at < first.at ? timer : first),
      null,
    )
    if (next === null) return false
    this.#timers = this.#timers.filter((timer) => timer !== next)
    this.#now = next.at
    next.action()
    return true
  }
}

/** Both directions of a connection; what one side writes reaches the other in a later microtask, in order. */
class MemoryWire implements Wire {
  readonly secure = false
  readonly closeNotify = null
  readonly #endpoint: MemoryEndpoint
  #listener: WireListener | null = null
  #held: Uint8Array[] = []
  #holding = 0
  #reading = true
  #waiting: (() => void)[] = []
  #finSent = false
  #finReceived = false
  #over = false

  constructor(endpoint: MemoryEndpoint) {
    this.#endpoint = endpoint
  }

  listen(listener: WireListener): void {
    const first = this.#listener === null
    this.#listener = listener
    if (first) queueMicrotask(() => this.#drain())
  }

  write(octets: Uint8Array): void {
    if (this.#finSent || this.#over) return
    this.#held.push(octets)
    if (this.#holding === 0) this.#send()
  }

  hold(): void {
    this.#holding++
  }

  release(): void {
    if (this.#holding > 0 && --this.#holding === 0) this.#send()
  }

  flushed(): Promise<void> {
    return Promise.resolve()
  }

  stopReading(): void {
    this.#reading = false
  }

  readOn(): void {
    this.#reading = true
    this.#deliver()
  }

  end(): void {
    if (this.#finSent || this.#over) return
    this.#finSent = true
    this.#send()
    queueMicrotask(() => {
      this.#endpoint.receiveFin()
      this.#drain()
      this.#closeWhenDone()
    })
  }

  truncate(): void {
    this.end()
  }

  reset(): void {
    this.destroy()
  }

  destroy(): void {
    this.#over = true
    this.#later(() => this.#listener?.closed())
    this.#reading = true
    this.#deliver()
  }

  /** What was written since the last time, as the one segment that it would be. */
  #send(): void {
    if (this.#held.length === 0) return
    const chunk = Uint8Array.from(Buffer.concat(this.#held))
    this.#held = []
    queueMicrotask(() => {
      this.#endpoint.receive(chunk)
      this.#drain()
    })
  }

  #drain(): void {
    const { octets, fin, reset } = this.#endpoint.take()
    if (octets.length > 0 && !reset) {
      const chunk = Uint8Array.from(Buffer.concat(octets))
      this.#later(() => this.#listener?.octets(chunk))
    }
    if (reset && !this.#over) {
      this.#over = true
      this.#later(() => this.#listener?.reset('ECONNRESET'))
      this.#later(() => this.#listener?.closed())
    } else if (fin)
      this.#later(() => {
        this.#finReceived = true
        this.#listener?.fin()
        this.#closeWhenDone()
      })
    this.#deliver()
  }

  #closeWhenDone(): void {
    if (!this.#finSent || !this.#finReceived || this.#over) return
    this.#over = true
    this.#later(() => this.#listener?.closed())
    this.#deliver()
  }

  #later(action: () => void): void {
    this.#waiting.push(action)
  }

  #deliver(): void {
    queueMicrotask(() => {
      while (this.#reading) {
        const next = this.#waiting.shift()
        if (next === undefined) return
        next()
      }
    })
  }
}

/** All microtasks have run when this settles. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The record of `one` against an endpoint of `role`. */
export async function runInMemory(one: Case, role: PeerRole, endpoint: MemoryEndpoint): Promise<CaseRecord> {
  const clock = new VirtualClock()
  const wire = new MemoryWire(endpoint)
  const running = role === 'server' ? testServer(one, wire, clock) : testClient(one, wire, clock)
  let record: CaseRecord | null = null
  let failure: unknown = null
  running.then(
    (result) => {
      record = result
    },
    (error: unknown) => {
      failure = error ?? new Error('rejected')
    },
  )
  for (;;) {
    await settle()
    if (failure !== null) throw failure
    if (record !== null) return record
    if (!clock.jump()) throw new Error(`${one.id} waits for something that no timer will end`)
  }
}

const FACTS = { agent: 'memory', position: 1, started: new Date(0), profile: 'quick' } as const

async function testServer(one: Case, wire: Wire, clock: Clock): Promise<CaseRecord> {
  const recorder = new Recorder(clock, one.heavy)
  const seen = await exchange({
    plan: one.plan,
    role: 'server',
    wire,
    clock,
    recorder,
    profile: 'quick',
    open: (peer) =>
      openAsClient(peer, recorder, one.plan, {
        host: 'localhost',
        target: '/',
        headers: [],
        userAgent: 'test',
      }),
  })
  return toRecord(one, seen, FACTS)
}

async function testClient(one: Case, wire: Wire, clock: Clock): Promise<CaseRecord> {
  const request = await readRequest(wire, clock)
  if (request === null || typeof request === 'string') throw new Error('the client sent no request')
  const recorder = new Recorder(clock, one.heavy)
  const seen = await exchange({
    plan: one.plan,
    role: 'client',
    wire,
    clock,
    recorder,
    profile: 'quick',
    open: (peer) => openAsServer(peer, one.plan, request),
  })
  return toRecord(one, seen, FACTS)
}
