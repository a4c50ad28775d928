/** The messages of echo, rounds and compression plans. */
import { Opcode, Rsv } from '@hybi/frame'
import type { CompressionPlan, EchoPlan, RoundsPlan } from '../cases/case.ts'
import { repeat } from '../cases/step.ts'
import { type CompressedWindow, getCompressedWindow } from '../deflate/compressed-window.ts'
import type { DeflateParameters } from '../deflate/deflater.ts'
import { MessageInflater } from '../deflate/inflater.ts'
import { type IncomingMessage, join } from '../peer/incoming.ts'
import { cutMessage, type Outgoing } from '../peer/outgoing.ts'
import { compareShape, type MessageSource } from './series.ts'

/** The one message of an echo plan is sent by its script. */
export class EchoSource implements MessageSource {
  readonly count = 1
  readonly #plan: EchoPlan

  constructor(plan: EchoPlan) {
    this.#plan = plan
  }

  send(): void {
    // The steps of the plan have sent it.
  }

  compare(_: number, echo: IncomingMessage): string | null {
    return compareShape(echo, this.#plan.binary, this.#plan.length)
  }
}

export class RoundsSource implements MessageSource {
  readonly count: number
  readonly #plan: RoundsPlan
  readonly #outgoing: Outgoing
  readonly #payload: Uint8Array

  constructor(plan: RoundsPlan, outgoing: Outgoing) {
    this.count = plan.count
    this.#plan = plan
    this.#outgoing = outgoing
    this.#payload = repeat(plan.binary ? Uint8Array.of(0xfe) : '*', plan.length)
  }

  send(): void {
    this.#outgoing.fastFrame(this.#plan.binary ? Opcode.BINARY : Opcode.TEXT, true, 0, this.#payload)
  }

  compare(_: number, echo: IncomingMessage): string | null {
    return compareShape(echo, this.#plan.binary, this.#plan.length)
  }
}

/** What the two directions of a connection agreed to, as the runner sees them. */
export interface AgreedDeflate {
  readonly sending: DeflateParameters
  readonly receiving: DeflateParameters
}

/** Octets before and after compression, and frames, in both directions. */
export interface Traffic {
  sentPlain: number
  sentCompressed: number
  sentFrames: number
  receivedPlain: number
  receivedCompressed: number
  receivedFrames: number
}

export class CompressionSource implements MessageSource {
  readonly count: number
  readonly traffic: Traffic = {
    sentPlain: 0,
    sentCompressed: 0,
    sentFrames: 0,
    receivedPlain: 0,
    receivedCompressed: 0,
    receivedFrames: 0,
  }
  readonly #plan: CompressionPlan
  readonly #outgoing: Outgoing
  readonly #window: CompressedWindow
  readonly #inflater: MessageInflater

  constructor(plan: CompressionPlan, count: number, outgoing: Outgoing, agreed: AgreedDeflate) {
    this.count = count
    this.#plan = plan
    this.#outgoing = outgoing
    this.#window = getCompressedWindow(plan.corpus, plan.length, agreed.sending)
    this.#inflater = new MessageInflater(agreed.receiving)
  }

  send(index: number): void {
    const { plain } = this.#window
    const opcode = plain.binary ? Opcode.BINARY : Opcode.TEXT
    const compressed = this.#window.message(index)
    const { traffic } = this
    traffic.sentPlain += plain.message(index).length
    traffic.sentCompressed += compressed.length
    // The size cuts the compressed message, as in Autobahn.
    for (const part of cutMessage(compressed, this.#plan.fragment === 0 ? {} : this.#plan)) {
      this.#outgoing.fastFrame(
        part.first ? opcode : Opcode.CONTINUATION,
        part.last,
        part.first ? Rsv.RSV1 : 0,
        part.payload,
      )
      traffic.sentFrames++
    }
  }

  compare(index: number, echo: IncomingMessage): string | null {
    const expected = this.#window.plain.message(index)
    if (echo.binary !== this.#window.plain.binary) return compareShape(echo, !echo.binary, echo.length)
    const content = echo.compressed ? this.#inflater.inflate(echo.parts, expected.length) : join(echo.parts)
    if ('failure' in content) return `it cannot be inflated (${content.failure})`
    const { traffic } = this
    traffic.receivedPlain += content.length
    traffic.receivedCompressed += echo.length
    traffic.receivedFrames += echo.frames
    return Buffer.compare(content, expected) === 0
      ? null
      : `its ${content.length} octets are not the ${expected.length} octets that were sent`
  }
}
