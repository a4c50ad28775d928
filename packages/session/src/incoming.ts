/**
 * From bytes to events (RFC 6455, 5.4, 5.5, 6.2): reads frames, judges them, puts messages together. It only reads: what
 * follows from an event, such as the answer to a Ping or a Close, is the session's.
 *
 *     receive -> FrameReader -HEADER--> checkFrameHeader
 *                            -PAYLOAD-> control frame ----------------------> ping, pong, close
 *                                       data -> [transform] -> MessageReceiver -> message, part
 */
import { FrameReader, isControl, Opcode, Step } from '@hybi/frame'
import { ControlFrame } from './control.ts'
import type { CloseReceived, MessagePart, PingReceived, PongReceived } from './events.ts'
import { cloneBytes, EMPTY, viewBytes } from './memory.ts'
import type { Message } from './message.ts'
import {
  checkLimit,
  checkReceiveMode,
  MAX_FRAGMENTS,
  MAX_MESSAGE_SIZE,
  type ReceiveMode,
  type SessionOptions,
} from './options.ts'
import { MessageReceiver } from './receiver.ts'
import { checkFrameHeader, type HeaderContext } from './rules.ts'
import { identity, type MessageTransform, settle, type TransformFailure, violationOf } from './transform.ts'
import { type Violation, violations } from './violations.ts'

/** In streamed mode the transform is asked for about this much at a time: as much as a read without transform brings. */
const PART_SIZE = 65_536

/** What can be read while the connection lives. */
export type IncomingEvent = Message | MessagePart | PingReceived | PongReceived | CloseReceived

/** The header rules' context, kept up to date from frame to frame. */
type Progress = { -readonly [Key in keyof HeaderContext]: HeaderContext[Key] }

/** The receiving half of a session. */
export class Incoming {
  /** Apply from the next message on. */
  receiveMode: ReceiveMode
  maxMessageSize: number
  /** Why the connection must be failed, once `next` has come to it. */
  violation: Violation | null = null
  /** Settles when a transform has finished its work; `next` returns null until then. Never rejects. */
  pending: Promise<void> | null = null

  #reader = new FrameReader()
  readonly #progress: Progress
  #receiver: MessageReceiver
  readonly #transform: MessageTransform
  readonly #transient: boolean
  #discarded = false
  /** The control frame being read, when it is one. */
  #control: ControlFrame | null = null
  /** The message being read is handed out in parts. */
  #streamed = false
  /** The transform has been given all of the frame being read. */
  #frameDecoded = false
  /** The transform holds more of what it was given. */
  #moreDecoded = false
  /** Octets that the transform has made of the message so far. */
  #decodedSize = 0
  /** What the transform answered later. */
  #decoded: Uint8Array | TransformFailure | null = null

  constructor(options: SessionOptions) {
    const { maxMessageSize = MAX_MESSAGE_SIZE, maxFragments = MAX_FRAGMENTS, receiveMode = 'whole' } = options
    this.receiveMode = checkReceiveMode(receiveMode)
    this.maxMessageSize = checkLimit('maxMessageSize', maxMessageSize)
    this.#transform = options.transform ?? identity
    this.#transient = options.transientInput ?? false
    this.#receiver = new MessageReceiver(this.#transient)
    this.#progress = {
      role: options.role,
      rsv: this.#transform.rsv,
      fragmented: false,
      transformed: false,
      messageSize: 0,
      fragments: 0,
      maxMessageSize,
      maxFragments: checkLimit('maxFragments', maxFragments, 1),
    }
  }

  /** Takes the next bytes; they are unmasked in place. */
  receive(chunk: Uint8Array): void {
    this.#reader.receive(chunk)
  }

  /** The driver wants its chunks back: copies what is unread. */
  keepUnread(): void {
    this.#reader.keepUnread()
  }

  /** Nothing will be read any more: lets go of all memory. */
  discard(): void {
    if (this.#discarded) return
    this.#discarded = true
    this.#reader = new FrameReader()
    this.#receiver = new MessageReceiver(false)
    this.pending = null
  }

  /** The next event; null when bytes are missing, when `pending` is set, or when `violation` is. */
  next(): IncomingEvent | null {
    let event: IncomingEvent | null = null
    while (event === null && this.violation === null && this.pending === null) {
      if (this.#decoded !== null) {
        event = this.#receiveDecoded(this.#decoded)
      } else if (this.#moreDecoded) {
        event = this.#decode(EMPTY)
      } else {
        const step = this.#reader.next()
        if (step === Step.NEED_DATA) {
          this.#receiver.leaveChunk()
          return null
        }
        event = this.#follow(step)
      }
    }
    return event
  }

  #follow(step: Step): IncomingEvent | null {
    if (step === Step.HEADER) return this.#beginFrame()
    const control = this.#control
    if (step === Step.PAYLOAD) return control === null ? this.#receiveData() : this.#receiveControl(control)
    return control === null ? this.#finishData() : this.#finishControl(control)
  }

  #beginFrame(): null {
    const { header } = this.#reader
    const progress = this.#progress
    if (!progress.fragmented) progress.maxMessageSize = this.maxMessageSize
    this.violation = checkFrameHeader(header, progress)
    if (this.violation !== null) return null
    if (isControl(header.opcode)) {
      this.#control = new ControlFrame(header.opcode, header.payloadLength)
      return null
    }
    if (header.opcode === Opcode.CONTINUATION) {
      progress.messageSize += header.payloadLength
      progress.fragments++
    } else {
      progress.messageSize = header.payloadLength
      progress.fragments = 1
      progress.transformed = header.rsv !== 0
      this.#decodedSize = 0
      this.#streamed = this.receiveMode === 'streamed'
      this.#receiver.begin(header.opcode, progress.transformed, this.#streamed)
    }
    progress.fragmented = !header.fin
    return null
  }

  #receiveControl(control: ControlFrame): null {
    const { chunk, start, end, payloadOffset } = this.#reader
    this.violation = control.receive(chunk, start, end, payloadOffset)
    return null
  }

  #finishControl(control: ControlFrame): IncomingEvent | null {
    this.#control = null
    const event = control.finish()
    if ('type' in event) return event
    this.violation = event
    return null
  }

  #receiveData(): IncomingEvent | null {
    const { header, chunk, start, end, payloadOffset } = this.#reader
    const unread = header.payloadLength - payloadOffset - (end - start)
    if (this.#progress.transformed) {
      this.#frameDecoded = unread === 0
      return this.#decode(this.#transient ? cloneBytes(chunk, start, end) : viewBytes(chunk, start, end))
    }
    return this.#receivePlain(chunk, start, end, header.fin && unread === 0, header.fin ? unread : null)
  }

  #finishData(): IncomingEvent | null {
    const { header } = this.#reader
    // What was not empty has been received to its last octet.
    if (header.payloadLength !== 0) return null
    if (this.#progress.transformed) {
      this.#frameDecoded = true
      return this.#decode(EMPTY)
    }
    return header.fin ? this.#receivePlain(EMPTY, 0, 0, true, 0) : null
  }

  #receivePlain(
    source: Uint8Array,
    start: number,
    end: number,
    final: boolean,
    declared: number | null,
  ): IncomingEvent | null {
    const event = this.#receiver.receive(source, start, end, final, declared)
    this.violation = this.#receiver.violation
    return event
  }

  /** Gives the transform the next part of the frame being read. */
  #decode(part: Uint8Array): IncomingEvent | null {
    const frameEnd = this.#frameDecoded
    const final = frameEnd && this.#reader.header.fin
    const atMost = this.#streamed ? PART_SIZE : undefined
    const decoded = this.#transform.decode(part, frameEnd, final, this.#progress.maxMessageSize, atMost)
    if (!(decoded instanceof Promise)) return this.#receiveDecoded(decoded)
    if (this.#transient) this.#reader.keepUnread()
    this.pending = settle(decoded).then((result) => {
      this.#decoded = result
      this.pending = null
    })
    return null
  }

  #receiveDecoded(decoded: Uint8Array | TransformFailure): IncomingEvent | null {
    this.#decoded = null
    if (!(decoded instanceof Uint8Array)) {
      this.violation = violationOf(decoded)
      return null
    }
    const room = this.#progress.maxMessageSize - this.#decodedSize
    const tooBig = decoded.length > room
    this.#decodedSize += decoded.length
    this.#moreDecoded = this.#transform.more ?? false
    const final = this.#frameDecoded && this.#reader.header.fin && !this.#moreDecoded && !tooBig
    // What still fits counts, so that the same stream ends in the same way however it is cut.
    const event = this.#receiver.receiveDecoded(tooBig ? viewBytes(decoded, 0, room) : decoded, final)
    this.violation = this.#receiver.violation ?? (tooBig ? violations.messageTooBig : null)
    return event
  }
}
