/** Writes down what goes over the wire: log, statistics and the frames of the endpoint under test. */
import type { ReceivedFrame } from '../observation.ts'
import type { Direction, FrameEntry, LogEntry, NoteEntry, TimerEntry, TransportEntry } from '../record.ts'
import { LOGGED_OCTETS } from '../record.ts'
import type { Clock } from './clock.ts'
import { toHex, toPayloadText } from './payload-text.ts'

/** Entries kept of a case with very many, before logging goes off; as many again after it went on for the end. */
const BRIEF_LIMIT = 120
/** A case that does not expect many entries: what a flooding endpoint can make the log grow to. */
const FULL_LIMIT = 20_000
/** Frames kept for the judge. */
const FRAME_LIMIT = 20_000

type Counts = Record<string, number>

export class Recorder {
  readonly log: LogEntry[] = []
  readonly frames: ReceivedFrame[] = []
  readonly octetStats: Readonly<Record<Direction, Counts>> = { sent: {}, received: {} }
  readonly frameStats: Readonly<Record<Direction, Counts>> = { sent: {}, received: {} }
  /** Octets of all reads and writes. */
  readonly octets: Record<Direction, number> = { sent: 0, received: 0 }
  readonly #clock: Clock
  readonly #brief: boolean
  #start: number
  #room: number
  #logging = true

  /** @param brief keeps the beginning and the end of the log only, and no frames */
  constructor(clock: Clock, brief: boolean) {
    this.#clock = clock
    this.#brief = brief
    this.#start = clock.now()
    this.#room = brief ? BRIEF_LIMIT : FULL_LIMIT
  }

  /** Milliseconds since the connection was up. */
  get now(): number {
    return Math.round((this.#clock.now() - this.#start) * 1000) / 1000
  }

  /** The connection is up: time begins. */
  restart(): void {
    this.#start = this.#clock.now()
  }

  /** After a long run: logs again, so that the end is in the log. */
  resume(): void {
    if (this.#logging) return
    this.#logging = true
    this.#room = BRIEF_LIMIT
    this.log.push({ kind: 'logging', at: this.now, on: true })
  }

  countOctets(direction: Direction, octets: Uint8Array, flushed = false): void {
    const counts = this.octetStats[direction]
    counts[octets.length] = (counts[octets.length] ?? 0) + 1
    this.octets[direction] += octets.length
    if (!this.#hasRoom()) return
    this.log.push({
      kind: 'octets',
      at: this.now,
      direction,
      length: octets.length,
      hex: toHex(octets.subarray(0, LOGGED_OCTETS)),
      ...(flushed ? { flushed } : {}),
    })
  }

  countFrame(direction: Direction, opcode: number): void {
    const counts = this.frameStats[direction]
    counts[opcode] = (counts[opcode] ?? 0) + 1
  }

  /** True when another entry fits: what is dear to describe is asked for first. */
  get logsFrames(): boolean {
    return this.#logging && this.#room > 0
  }

  frame(entry: Omit<FrameEntry, 'kind' | 'at' | 'payload' | 'payloadHex'>, payload: Uint8Array): void {
    if (!this.#hasRoom()) return
    const head = payload.subarray(0, LOGGED_OCTETS)
    this.log.push({
      kind: 'frame',
      at: this.now,
      ...entry,
      payload: toPayloadText(head),
      payloadHex: toHex(head),
    })
  }

  keepFrame(frame: Omit<ReceivedFrame, 'at'>): void {
    if (!this.#brief && this.frames.length < FRAME_LIMIT) this.frames.push({ ...frame, at: this.now })
  }

  timer(entry: Omit<TimerEntry, 'kind' | 'at'>): void {
    if (this.#hasRoom()) this.log.push({ kind: 'timer', at: this.now, ...entry })
  }

  transport(direction: Direction, event: TransportEntry['event'], text?: string): void {
    const at = this.now
    this.log.push({ kind: 'transport', at, direction, event, ...(text === undefined ? {} : { text }) })
  }

  note(text: string): void {
    const entry: NoteEntry = { kind: 'note', at: this.now, text }
    if (this.#hasRoom()) this.log.push(entry)
  }

  #hasRoom(): boolean {
    if (!this.#logging) return false
    if (this.#room-- > 0) return true
    this.#logging = false
    this.log.push({ kind: 'logging', at: this.now, on: false })
    return false
  }
}
