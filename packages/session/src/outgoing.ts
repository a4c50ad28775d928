/**
 * From commands to bytes (RFC 6455, 5.4, 5.5, 6.1). Frames leave in the order in which they were accepted; while a
 * transform works on one, the data frames and the Close behind it wait, and Pings and Pongs pass.
 *
 *     sendMessage, sendFragment -> [transform, waiting] -> OutputBuffer -> take
 *     close ---------------------> [waiting] ------------>
 *     sendPing, sendPong, answerPing -------------------->
 */
import { encodeCloseBody, headerLength, LEAST_REFERRED, Opcode, OutputBuffer } from '@hybi/frame'
import { describe, toBytes, toPayload } from './arguments.ts'
import { cloneBytes } from './memory.ts'
import { borrowBytes, Message, writeMessage } from './message.ts'
import { checkLimit, MAX_PENDING_PONGS, type SessionOptions } from './options.ts'
import { PreparedMessage, takeSharedFrame } from './prepared-message.ts'
import { identity, type MessageTransform, settle, type TransformFailure } from './transform.ts'
import { UnfinishedMessage } from './unfinished.ts'
import { type Violation, violations } from './violations.ts'

/** How a message is sent. */
export interface SendOptions {
  /** Whether the message is binary. Default: strings are text, bytes binary, a received or prepared message what it is. */
  readonly binary?: boolean | undefined
  /** Whether the extension encodes the message. Default: as the extension finds it worth while. */
  readonly compress?: boolean | undefined
}

/** How a fragment is sent; `binary` and `compress` are settled by the first. */
export interface FragmentOptions extends SendOptions {
  /** True for the last fragment of the message. */
  readonly fin: boolean
}

/** A frame that cannot be written yet. */
interface WaitingFrame {
  readonly fin: boolean
  readonly opcode: number
  readonly payload: Uint8Array
  /** True when the transform is to encode the payload. */
  readonly encoded: boolean
  /** The message that it carries, when its encoded form may be shared. */
  readonly prepared: PreparedMessage | null
}

/** The sending half of a session. */
export class Outgoing {
  /** Settles when a transform has finished its work and more output may be there. Never rejects. */
  pending: Promise<void> | null = null
  /** Set when the transform failed to encode. */
  violation: Violation | null = null

  readonly #output = new OutputBuffer()
  readonly #transform: MessageTransform
  readonly #maskingKey: (() => number) | null
  readonly #maxPendingPongs: number
  #pendingPongs = 0
  /** The latest Ping beyond the limit, still to be answered. */
  #latestPing: Uint8Array | null = null
  #unfinished: UnfinishedMessage | null = null
  #waiting: WaitingFrame[] = []
  /** Octets of payload that wait or are being encoded. */
  #waitingSize = 0
  #discarded = false

  constructor(options: SessionOptions) {
    this.#maskingKey = options.role === 'client' ? requireMaskingKey(options) : null
    this.#transform = options.transform ?? identity
    const { maxPendingPongs = MAX_PENDING_PONGS } = options
    this.#maxPendingPongs = checkLimit('maxPendingPongs', maxPendingPongs)
  }

  /** Octets accepted and not taken: frames ready to leave, and payload that waits for a transform. */
  get size(): number {
    const latest = this.#latestPing
    const pong = latest === null ? 0 : headerLength(latest.length, this.#maskingKey !== null) + latest.length
    return this.#output.length + this.#waitingSize + pong
  }

  /** True when all that was accepted has been taken. */
  get drained(): boolean {
    return this.pending === null && this.size === 0
  }

  /**
   * Takes what is ready to leave, in order. Nobody writes into the pieces any more, and nobody may: large payloads are the senders', and
   * frames of prepared messages are other sessions' as well.
   */
  take(): Uint8Array[] {
    this.#answerLatestPing()
    this.#pendingPongs = 0
    return this.#output.take()
  }

  /** The transport is gone: forgets everything. */
  discard(): void {
    this.#discarded = true
    this.#latestPing = null
    this.#waiting = []
    this.#waitingSize = 0
    this.#output.take()
  }

  /** Sends a whole message. Throws for what is none, and inside a fragmented message. */
  sendMessage(data: string | Uint8Array | Message | PreparedMessage, options: SendOptions): void {
    if (this.#unfinished !== null) {
      // 5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another message"
      throw new Error(
        'a message is being sent in fragments; its last fragment must be sent before another message',
      )
    }
    if (data instanceof Message) this.#sendReceived(data, options)
    else if (data instanceof PreparedMessage) this.#sendPrepared(data, options)
    else if (typeof data === 'string' && options.binary !== true) this.#sendText(data, options)
    else this.#sendBytes(toPayload(data, options.binary ?? true), options.binary ?? true, options)
  }

  /** Sends the next fragment of a message, or the first one of a new message. Throws for what does not fit in there. */
  sendFragment(data: string | Uint8Array, options: FragmentOptions): void {
    const { fin, binary = this.#unfinished?.binary ?? typeof data !== 'string' } = options
    const message = this.#unfinished ?? new UnfinishedMessage(binary, this.#wants(Infinity, binary, options))
    if (message.binary !== binary) {
      // 5.4: "all fragments of a message are of the same type, as set by the first fragment's opcode."
      throw new TypeError(`this message was begun as ${message.binary ? 'binary' : 'text'}`)
    }
    const bytes = message.toPayload(data, fin)
    const { encoded } = message
    const isLent = typeof data !== 'string' && (encoded || this.pending !== null)
    const payload = isLent ? copySmall(bytes) : bytes
    this.#unfinished = fin ? null : message
    this.#send({ fin, opcode: message.takeOpcode(), payload, encoded, prepared: null })
  }

  /** Sends a Ping or a Pong, ahead of what waits for a transform. */
  sendControl(opcode: number, payload: Uint8Array): void {
    this.#write(true, 0, opcode, payload)
  }

  /** Answers a Ping: at once, or, beyond the limit, when the output is taken and no later Ping has come. */
  answerPing(payload: Uint8Array): void {
    if (this.#pendingPongs < this.#maxPendingPongs) {
      this.#pendingPongs++
      this.#write(true, 0, Opcode.PONG, payload)
    } else {
      // 5.5.3: "the endpoint MAY elect to send a Pong frame for only the most recently processed Ping frame."
      // The payload is handed out, and whoever has it may write into it.
      this.#latestPing = payload.slice()
    }
  }

  /** Sends Close, behind everything that was accepted. Nothing may be sent after it. */
  close(code: number | undefined, reason: string): void {
    this.#answerLatestPing()
    const payload = encodeCloseBody(code, reason)
    this.#send({ fin: true, opcode: Opcode.CLOSE, payload, encoded: false, prepared: null })
  }

  #sendReceived(message: Message, options: SendOptions): void {
    const { binary = message.binary } = options
    if (binary !== message.binary) {
      this.#sendBytes(toPayload(borrowBytes(message), binary), binary, options)
    } else if (this.pending === null && !this.#wants(message.size, binary, options)) {
      writeMessage(message, this.#output, this.#nextKey())
    } else {
      this.#sendBytes(borrowBytes(message), binary, options)
    }
  }

  #sendPrepared(prepared: PreparedMessage, options: SendOptions): void {
    const { payload, binary } = prepared
    const encoded = this.#wants(payload.length, binary, options)
    const leavesAlone = this.#output.length === 0 && this.pending === null && this.#maskingKey === null
    const frame = leavesAlone && !encoded ? takeSharedFrame(prepared) : null
    if (frame !== null) this.#output.writeShared(frame)
    else this.#send({ fin: true, opcode: binary ? Opcode.BINARY : Opcode.TEXT, payload, encoded, prepared })
  }

  #sendText(text: string, options: SendOptions): void {
    // No code unit of UTF-16 takes more than three octets in UTF-8.
    if (this.pending === null && !this.#wants(3 * text.length, false, options)) {
      this.#output.writeText(true, 0, this.#nextKey(), text)
    } else {
      const payload = toBytes(text)
      const encoded = this.#wants(payload.length, false, options)
      this.#send({ fin: true, opcode: Opcode.TEXT, payload, encoded, prepared: null })
    }
  }

  #sendBytes(payload: Uint8Array, binary: boolean, options: SendOptions): void {
    const opcode = binary ? Opcode.BINARY : Opcode.TEXT
    const encoded = this.#wants(payload.length, binary, options)
    if (this.pending === null && !encoded) this.#write(true, 0, opcode, payload)
    else this.#send({ fin: true, opcode, payload: copySmall(payload), encoded, prepared: null })
  }

  #wants(size: number, binary: boolean, options: SendOptions): boolean {
    return options.compress ?? this.#transform.wants(size, binary)
  }

  /** Writes a frame, or lets it wait for its turn. */
  #send(frame: WaitingFrame): void {
    if (this.pending === null) {
      this.#encode(frame)
    } else {
      this.#waiting.push(frame)
      this.#waitingSize += frame.payload.length
    }
  }

  #encode(frame: WaitingFrame): void {
    // What follows a frame that could not be encoded cannot be sent either: only the Close can.
    if (this.violation !== null && frame.opcode !== Opcode.CLOSE) return
    if (!frame.encoded) {
      this.#write(frame.fin, 0, frame.opcode, frame.payload)
      return
    }
    const { prepared, payload, fin } = frame
    const encoded =
      prepared === null ? this.#transform.encode(payload, fin) : prepared.encode(this.#transform)
    if (encoded instanceof Promise) {
      this.#waitingSize += payload.length
      this.pending = settle(encoded).then((result) => this.#resume(frame, result))
    } else {
      this.#writeEncoded(frame, encoded)
    }
  }

  /** A transform has finished: writes what it made and what waited behind it. Null when another connection's has failed. */
  #resume(frame: WaitingFrame, encoded: Uint8Array | TransformFailure | null): void {
    this.pending = null
    if (this.#discarded) return
    this.#waitingSize -= frame.payload.length
    if (encoded === null) this.#encode(frame)
    else this.#writeEncoded(frame, encoded)
    let next = 0
    while (next < this.#waiting.length && this.pending === null) {
      const waiting = this.#waiting[next++]
      this.#waitingSize -= waiting.payload.length
      this.#encode(waiting)
    }
    this.#waiting.splice(0, next)
  }

  #writeEncoded(frame: WaitingFrame, encoded: Uint8Array | TransformFailure): void {
    if (!(encoded instanceof Uint8Array)) {
      this.violation = violations.internalError
      return
    }
    const rsv = frame.opcode === Opcode.CONTINUATION ? 0 : this.#transform.rsv
    this.#write(frame.fin, rsv, frame.opcode, encoded)
  }

  #answerLatestPing(): void {
    if (this.#latestPing !== null) this.#write(true, 0, Opcode.PONG, this.#latestPing)
    this.#latestPing = null
  }

  #write(fin: boolean, rsv: number, opcode: number, payload: Uint8Array): void {
    this.#output.writeFrame(fin, rsv, opcode, this.#nextKey(), payload, 0, payload.length)
  }

  #nextKey(): number | null {
    return this.#maskingKey === null ? null : this.#maskingKey()
  }
}

/** Bytes of the application's for a frame that is made later: who sends them leaves only large ones alone. */
function copySmall(payload: Uint8Array): Uint8Array {
  return payload.length < LEAST_REFERRED ? cloneBytes(payload, 0, payload.length) : payload
}

function requireMaskingKey({ maskingKey }: SessionOptions): () => number {
  // 5.3: "When preparing a masked frame, the client MUST pick a fresh masking key from the set of allowed 32-bit values."
  if (typeof maskingKey === 'function') return maskingKey
  throw new TypeError(`maskingKey is ${describe(maskingKey)}; a client needs a function`)
}
