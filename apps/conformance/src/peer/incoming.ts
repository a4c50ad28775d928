/** From octets of the endpoint under test to frames and messages, recorded and not rejected. */
import { encodeHeader, FrameReader, isControl, Opcode, Rsv, Step } from '@hybi/frame'
import { findIllegality } from './legality.ts'
import { toHex } from './payload-text.ts'
import type { Recorder } from './recorder.ts'

/** A complete message; `parts` in order, `compressed` when RSV1 was set and claimed. */
export interface IncomingMessage {
  readonly binary: boolean
  readonly compressed: boolean
  readonly parts: readonly Uint8Array[]
  readonly length: number
  /** Frames it came in. */
  readonly frames: number
}

export interface IncomingListener {
  message(message: IncomingMessage): void
  control(opcode: number, payload: Uint8Array): void
  /** A frame breaks a rule; reading goes on. */
  illegal(rule: string): void
}

/** Payload octets of a data frame kept for the judge. */
const KEPT_DATA = 256

export class Incoming {
  /** RSV bits that first frames may have: set when an extension was agreed. */
  claimedRsv = 0
  readonly #reader = new FrameReader()
  readonly #recorder: Recorder
  readonly #listener: IncomingListener
  readonly #masked: boolean
  /** Parts of the open message, and of the control frame that may stand in it. */
  #message: Uint8Array[] = []
  #messageLength = 0
  #messageFrames = 0
  #opcode = 0
  #compressed = false
  #control: Uint8Array[] = []
  #inFrame = false

  /** @param masked frames must be masked: the endpoint is a client */
  constructor(recorder: Recorder, masked: boolean, listener: IncomingListener) {
    this.#recorder = recorder
    this.#masked = masked
    this.#listener = listener
  }

  receive(chunk: Uint8Array): void {
    this.#reader.receive(chunk)
    for (let step = this.#reader.next(); step !== Step.NEED_DATA; step = this.#reader.next()) {
      if (step === Step.HEADER) this.#startFrame()
      else if (step === Step.PAYLOAD) this.#takePayload()
      else this.#endFrame()
    }
  }

  /** The stream is over: writes down a frame that it cut off. */
  finish(): void {
    if (this.#inFrame) this.#record(false)
  }

  #startFrame(): void {
    const { header } = this.#reader
    this.#inFrame = true
    this.#recorder.countFrame('received', header.opcode)
    const rule = findIllegality(header, {
      masked: this.#masked,
      claimedRsv: this.claimedRsv,
      fragmented: this.#opcode !== 0,
    })
    if (rule !== null) this.#listener.illegal(rule)
    if (isControl(header.opcode) || header.opcode === Opcode.CONTINUATION) return
    this.#opcode = header.opcode
    this.#compressed = (header.rsv & this.claimedRsv & Rsv.RSV1) !== 0
    this.#message = []
    this.#messageLength = 0
    this.#messageFrames = 0
  }

  #takePayload(): void {
    const { header, chunk, start, end } = this.#reader
    const part = chunk.subarray(start, end)
    if (isControl(header.opcode)) this.#control.push(part)
    else {
      this.#message.push(part)
      this.#messageLength += part.length
    }
  }

  #endFrame(): void {
    const { header } = this.#reader
    this.#record(true)
    this.#inFrame = false
    if (isControl(header.opcode)) {
      const payload = join(this.#control)
      this.#control = []
      this.#listener.control(header.opcode, payload)
      return
    }
    this.#messageFrames++
    if (!header.fin) return
    const message: IncomingMessage = {
      binary: this.#opcode !== Opcode.TEXT,
      compressed: this.#compressed,
      parts: this.#message,
      length: this.#messageLength,
      frames: this.#messageFrames,
    }
    this.#opcode = 0
    this.#message = []
    this.#listener.message(message)
  }

  #record(complete: boolean): void {
    const { header } = this.#reader
    const control = isControl(header.opcode)
    if (!this.#recorder.logsFrames && !control) return
    const payload = join(control ? this.#control : lastParts(this.#message, header.payloadLength))
    const { opcode, fin, rsv, masked, maskingKey, payloadLength, lengthBytes } = header
    this.#recorder.keepFrame({
      opcode,
      fin,
      rsv,
      masked,
      maskingKey,
      length: payloadLength,
      lengthBytes,
      payload: control || payload.length <= KEPT_DATA ? payload.slice() : null,
      complete,
    })
    this.#recorder.frame(
      {
        direction: 'received',
        opcode,
        fin,
        rsv,
        masked,
        maskingKey: masked ? maskingKey.toString(16).padStart(8, '0') : null,
        length: payloadLength,
        lengthBytes,
        headerHex: toHex(
          encodeHeader(
            {
              opcode,
              fin,
              rsv,
              lengthBytes,
              payloadLength: exactLength(payloadLength, header.lengthHigh),
              ...(masked ? { maskingKey } : {}),
            },
            0,
          ),
        ),
        complete,
        ...describeClose(opcode, payload),
      },
      payload,
    )
  }
}

/** A length above 2^53 was rounded when it was read: its upper half still tells it apart. */
function exactLength(length: number, high: number): number | bigint {
  return Number.isSafeInteger(length) ? length : BigInt(high) << 32n
}

/** One array of all parts; a single part is not copied. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0] : Buffer.concat(parts)
}

/** The parts that belong to the frame of `length` octets at the end of `parts`, as far as the log shows them. */
function lastParts(parts: readonly Uint8Array[], length: number): readonly Uint8Array[] {
  let first = parts.length
  for (let counted = 0; first > 0 && counted < length; ) counted += parts[--first].length
  return parts.slice(first, first + 4)
}

/** Code and reason of a Close frame that has a body. */
export function describeClose(
  opcode: number,
  payload: Uint8Array,
): { readonly close?: { readonly code: number; readonly reason: string } } {
  if (opcode !== Opcode.CLOSE || payload.length < 2) return {}
  return {
    close: {
      code: (payload[0] << 8) | payload[1],
      reason: Buffer.from(payload.subarray(2)).toString('utf8'),
    },
  }
}
