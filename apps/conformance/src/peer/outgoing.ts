/** From steps to octets: frames as told, chopped and flushed as told, each one recorded. */
import { encodeFrame, encodeHeader, type FrameFields, Opcode } from '@hybi/frame'
import type { FrameSpec, MessageSpec } from '../cases/step.ts'
import { repeat } from '../cases/step.ts'
import type { Clock } from './clock.ts'
import { describeClose } from './incoming.ts'
import { MaskingKeys } from './masking-keys.ts'
import { toHex } from './payload-text.ts'
import type { Recorder } from './recorder.ts'
import type { Wire } from './wire.ts'

/** Frames written before the wire is given time to send them. */
const FRAMES_PER_TURN = 256
const NOTHING = new Uint8Array(0)

export class Outgoing {
  readonly #wire: Wire
  readonly #clock: Clock
  readonly #recorder: Recorder
  /** The runner plays a client: it masks. */
  readonly #masks: boolean
  readonly #keys = new MaskingKeys()
  /** A frame that was begun and whose payload comes in parts. */
  #open: { readonly maskingKey: number | undefined; sent: number } | null = null

  constructor(wire: Wire, clock: Clock, recorder: Recorder, masks: boolean) {
    this.#wire = wire
    this.#clock = clock
    this.#recorder = recorder
    this.#masks = masks
  }

  /** Writes a frame. A promise only when it is chopped or flushed: else it is written when this returns. */
  frame(spec: FrameSpec, isOver: () => boolean): Promise<void> | null {
    const payload = spec.repeatTo === undefined ? spec.payload : repeat(spec.payload, spec.repeatTo)
    const masked = spec.masked ?? this.#masks
    const fields: FrameFields = {
      opcode: spec.opcode,
      fin: spec.fin,
      rsv: spec.rsv,
      ...(masked ? { maskingKey: this.#keys.next() } : {}),
      ...(spec.lengthBytes === undefined ? {} : { lengthBytes: spec.lengthBytes }),
      ...(spec.declaredLength === undefined ? {} : { payloadLength: spec.declaredLength }),
    }
    this.#record(fields, payload, spec)
    const octets =
      spec.headerOnly === true ? encodeHeader(fields, payload.length) : encodeFrame(fields, payload)
    if (spec.chop !== undefined) return this.chopped(octets, spec.chop, isOver)
    this.#write(octets, spec.flush === true)
    return spec.flush === true ? this.#flush() : null
  }

  /** A frame in the hot path of long runs: whole, unchopped, counted and logged like any other. */
  fastFrame(opcode: number, fin: boolean, rsv: number, payload: Uint8Array): void {
    const fields: FrameFields = {
      opcode,
      fin,
      rsv,
      ...(this.#masks ? { maskingKey: this.#keys.next() } : {}),
    }
    this.#record(fields, payload, {})
    if (this.#masks) {
      this.#write(encodeFrame(fields, payload), false)
      return
    }
    this.#write(encodeHeader(fields, payload.length), false)
    if (payload.length > 0) this.#write(payload, false)
  }

  /** Writes a message in one frame or in many. */
  async message(spec: MessageSpec, isOver: () => boolean): Promise<void> {
    const payload = spec.repeatTo === undefined ? spec.payload : repeat(spec.payload, spec.repeatTo)
    let frames = 0
    for (const part of cutMessage(payload, spec)) {
      if (isOver()) return
      this.fastFrame(
        part.first ? (spec.binary ? Opcode.BINARY : Opcode.TEXT) : Opcode.CONTINUATION,
        part.last,
        0,
        part.payload,
      )
      if (++frames % FRAMES_PER_TURN === 0) await this.#flush()
    }
  }

  /** Continuations without payload and without FIN, a few hundred a write. */
  async emptyFragments(count: number, isOver: () => boolean): Promise<void> {
    for (let sent = 0; sent < count; sent++) {
      if (isOver()) return
      this.fastFrame(Opcode.CONTINUATION, false, 0, NOTHING)
      if (sent % FRAMES_PER_TURN === FRAMES_PER_TURN - 1) await this.#flush()
    }
  }

  /** A frame as octets, recorded as sent: the caller writes them. */
  encode(opcode: number, payload: Uint8Array): Uint8Array {
    const fields: FrameFields = { opcode, ...(this.#masks ? { maskingKey: this.#keys.next() } : {}) }
    this.#record(fields, payload, {})
    return encodeFrame(fields, payload)
  }

  /** Writes the header of a frame without FIN whose payload follows in `frameData`. */
  beginFrame(opcode: number, length: number): void {
    const maskingKey = this.#masks ? this.#keys.next() : undefined
    const fields: FrameFields = {
      opcode,
      fin: false,
      ...(maskingKey === undefined ? {} : { maskingKey }),
      payloadLength: length,
    }
    this.#record(fields, new Uint8Array(0), {})
    this.#write(encodeHeader(fields, length), false)
    this.#open = { maskingKey, sent: 0 }
  }

  /** The next part of the frame that was begun. */
  frameData(payload: Uint8Array): void {
    const { maskingKey, sent } = this.#open ?? { maskingKey: undefined, sent: 0 }
    const part = payload.slice()
    if (maskingKey !== undefined)
      for (let i = 0; i < part.length; i++) part[i] ^= maskingKey >>> (24 - (((sent + i) & 3) << 3))
    if (this.#open !== null) this.#open.sent += part.length
    this.#write(part, false)
  }

  /** Octets as they are, `size` a write, a turn of the event loop each. */
  async chopped(octets: Uint8Array, size: number, isOver: () => boolean): Promise<void> {
    for (let at = 0; at < octets.length; at += size) {
      if (isOver()) return
      this.#write(octets.subarray(at, at + size), false)
      this.#wire.release()
      await this.#clock.turn()
      if (at % (FRAMES_PER_TURN * size) === 0) await this.#wire.flushed()
      this.#wire.hold()
    }
  }

  octets(octets: Uint8Array): void {
    this.#write(octets, false)
  }

  async #flush(): Promise<void> {
    this.#wire.release()
    await this.#wire.flushed()
    await this.#clock.turn()
    this.#wire.hold()
  }

  #write(octets: Uint8Array, flushed: boolean): void {
    this.#recorder.countOctets('sent', octets, flushed)
    this.#wire.write(octets)
  }

  #record(
    fields: FrameFields,
    payload: Uint8Array,
    spec: Pick<Partial<FrameSpec>, 'repeatTo' | 'chop' | 'flush' | 'headerOnly'>,
  ): void {
    this.#recorder.countFrame('sent', fields.opcode)
    if (!this.#recorder.logsFrames) return
    const header = encodeHeader(fields, payload.length)
    this.#recorder.frame(
      {
        direction: 'sent',
        opcode: fields.opcode,
        fin: fields.fin ?? true,
        rsv: fields.rsv ?? 0,
        masked: fields.maskingKey !== undefined,
        maskingKey: fields.maskingKey === undefined ? null : fields.maskingKey.toString(16).padStart(8, '0'),
        length: Number(fields.payloadLength ?? payload.length),
        lengthBytes: extendedLength(header),
        headerHex: toHex(header),
        complete: spec.headerOnly !== true,
        ...(spec.repeatTo === undefined ? {} : { repeated: true }),
        ...(spec.chop === undefined ? {} : { chop: spec.chop }),
        ...(spec.flush === true ? { flushed: true } : {}),
        ...describeClose(fields.opcode, payload),
      },
      payload,
    )
  }
}

/** Octets of extended payload length, as the second octet of a header announces them. */
function extendedLength(header: Uint8Array): 0 | 2 | 8 {
  const announced = header[1] & 0x7f
  return announced < 126 ? 0 : announced === 126 ? 2 : 8
}

interface Part {
  readonly payload: Uint8Array
  readonly first: boolean
  readonly last: boolean
}

/** The frames of a message: see `MessageSpec.fragment` and `autoFragment`. */
export function* cutMessage(
  payload: Uint8Array,
  spec: Pick<MessageSpec, 'fragment' | 'autoFragment'>,
): Generator<Part> {
  const size = spec.fragment ?? spec.autoFragment ?? 0
  if (size === 0 || payload.length <= size) {
    yield { payload, first: true, last: true }
    return
  }
  let at = 0
  for (; at + size <= payload.length; at += size) {
    const last = spec.fragment === undefined && at + size === payload.length
    yield { payload: payload.subarray(at, at + size), first: at === 0, last }
    if (last) return
  }
  // What is left; nothing at all when the length is a multiple: the last frame is empty then.
  yield { payload: payload.subarray(at), first: false, last: true }
}
