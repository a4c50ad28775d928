/**
 * An echo endpoint made of the reader, the session's rules and the encoder, without sockets and timers; right, or with one flaw. It is
 * written to be looked at beside the flaws, not to be fast.
 */
import {
  decodeCloseBody,
  encodeCloseBody,
  encodeFrame,
  FrameReader,
  isControl,
  Opcode,
  Rsv,
  StatusCode,
  Step,
} from '@hybi/frame'
import { checkFrameHeader, isCloseCodeAllowed, type Violation, violations } from '@hybi/session'
import { isUtf8, Utf8Validator } from '@hybi/utf8'
import type { PeerRole } from '../../src/record.ts'
import { EndpointDeflate } from './endpoint-deflate.ts'
import { EndpointOpening } from './endpoint-opening.ts'
import type { Flaw } from './flaws.ts'

const MAX_MESSAGE = 32 * 1024 * 1024
const MAX_FRAGMENTS = 131_072
const MAX_PONGS = 64
const LARGE = 65_536

/** What left the endpoint since it was last asked. */
export interface EndpointOutput {
  readonly octets: readonly Uint8Array[]
  readonly fin: boolean
  readonly reset: boolean
}

export class EchoEndpoint {
  readonly #role: PeerRole
  readonly #flaw: Flaw | null
  readonly #opening: EndpointOpening
  #deflate: EndpointDeflate | null = null
  #reader = new FrameReader()
  #validator = new Utf8Validator()

  #output: Uint8Array[] = []
  #finSent = false
  #finGiven = false
  #resetWanted = false
  #closeSent = false
  #closeReceived = false
  #failed = false
  #finReceived = false

  /** The open message. */
  #opcode = 0
  #compressed = false
  #wasCompressed = false
  #parts: Uint8Array[] = []
  #size = 0
  #fragments = 0
  /** The current control frame. */
  #control: Uint8Array[] = []
  #inFrame = false
  #latePongs: Uint8Array[] = []
  #pingsInRead = 0

  constructor(role: PeerRole, flaw: Flaw | null) {
    this.#role = role
    this.#flaw = flaw
    this.#opening = new EndpointOpening(role, flaw)
    this.#output.push(...this.#opening.begin())
  }

  take(): EndpointOutput {
    const octets = this.#output
    this.#output = []
    const fin = this.#finSent && !this.#finGiven
    if (fin) this.#finGiven = true
    return { octets, fin, reset: this.#resetWanted }
  }

  receive(chunk: Uint8Array): void {
    this.#pingsInRead = 0
    if (!this.#opening.isDone) {
      const opened = this.#opening.receive(chunk)
      if (opened === null) return
      this.#output.push(...opened.reply)
      if (!opened.ok) {
        this.#end()
        return
      }
      this.#deflate =
        opened.deflate === null ? null : new EndpointDeflate(opened.deflate, this.#role, this.#flaw)
      if (opened.rest.length > 0 && this.#flaw !== 'losesRestOfHead') this.#read(opened.rest)
      return
    }
    this.#read(chunk)
  }

  receiveFin(): void {
    this.#finReceived = true
    if (this.#flaw === 'ignoresFin' && !this.#closeReceived) return
    if (this.#flaw === 'ignoresFinInFrame' && this.#inFrame) return
    if (this.#flaw === 'diesOnFin') this.#resetWanted = true
    this.#end()
  }

  #read(chunk: Uint8Array): void {
    if (this.#failed) return
    if (this.#flaw === 'needsWholeHeaders') {
      // A new reader for each chunk that begins between two frames: what is cut is lost.
      if (!this.#inFrame) this.#reader = new FrameReader()
    }
    this.#reader.receive(chunk.slice())
    let frames = 0
    for (let step = this.#reader.next(); step !== Step.NEED_DATA; step = this.#reader.next()) {
      if (step === Step.HEADER) {
        if (this.#flaw === 'losesPipelined' && frames++ > 0) {
          this.#reader = new FrameReader()
          return
        }
        this.#startFrame()
      } else if (step === Step.PAYLOAD) this.#takePayload()
      else this.#endFrame()
      if (this.#failed || this.#isClosed) return
    }
  }

  /** Close went and came: nothing is read any more. */
  get #isClosed(): boolean {
    if (this.#flaw === 'answersCloseTwice' || this.#flaw === 'speaksAfterClose') return false
    if (this.#flaw === 'judgesAfterClose') return false
    return this.#closeReceived
  }

  #startFrame(): void {
    const { header } = this.#reader
    this.#inFrame = true
    const violation = checkFrameHeader(header, {
      role: this.#role,
      rsv: this.#deflate === null ? 0 : Rsv.RSV1,
      fragmented: this.#opcode !== 0,
      transformed: this.#compressed,
      messageSize: this.#size,
      fragments: this.#fragments,
      maxMessageSize: MAX_MESSAGE,
      maxFragments: MAX_FRAGMENTS,
    })
    if (violation !== null && this.#fails(violation)) return
    if (isControl(header.opcode)) return
    if (header.opcode !== Opcode.CONTINUATION || this.#opcode === 0) {
      this.#opcode = header.opcode === Opcode.CONTINUATION ? Opcode.TEXT : header.opcode
      this.#compressed = this.#deflate !== null && (header.rsv & Rsv.RSV1) !== 0
      if (this.#flaw === 'remembersCompression' && this.#wasCompressed) this.#compressed = true
      this.#wasCompressed ||= this.#compressed
      this.#parts = []
      this.#size = 0
      this.#fragments = 0
      if (this.#flaw !== 'carriesValidator') this.#validator.reset()
    }
    this.#fragments++
    this.#size += header.payloadLength
  }

  #takePayload(): void {
    const { header, chunk, start, end } = this.#reader
    const part = chunk.slice(start, end)
    if (isControl(header.opcode)) {
      this.#control.push(part)
      return
    }
    this.#parts.push(part)
    if (this.#flaw === 'validatesAtEnd' || this.#flaw === 'validatesAtFrameEnd') return
    if (!this.#compressed) this.#validate(part)
  }

  #endFrame(): void {
    const { header } = this.#reader
    this.#inFrame = false
    if (isControl(header.opcode)) {
      const payload = Buffer.concat(this.#control)
      this.#control = []
      this.#takeControl(header.opcode, payload)
      return
    }
    if (this.#compressed) this.#checkCompressed(header.fin)
    else if (this.#flaw === 'validatesAtFrameEnd') this.#validateAll()
    if (this.#failed) return
    if (this.#flaw === 'validatesTooEarly' && this.#isText && !this.#validator.complete)
      if (this.#fails(violations.textNotUtf8)) return
    if (header.fin) this.#endMessage()
  }

  get #isText(): boolean {
    return this.#opcode === Opcode.TEXT || this.#flaw === 'validatesBinary'
  }

  #validate(part: Uint8Array): void {
    if (this.#isText && !this.#validator.push(part)) this.#fails(violations.textNotUtf8)
  }

  #validateAll(): void {
    this.#validator.reset()
    for (const part of this.#parts) this.#validate(part)
  }

  /** Inflates what is there of the message: fails as early as a frame shows it. */
  #checkCompressed(fin: boolean): void {
    // Without a limit there is nothing to find out before the end, and much to inflate.
    if (this.#inflationLimit === Number.POSITIVE_INFINITY && !fin) return
    const content = this.#inflateSoFar(fin)
    if (content === null) return
    if (!this.#isText || this.#flaw === 'skipsCompressedUtf8') return
    this.#validator.reset()
    if (!this.#validator.push(content)) this.#fails(violations.textNotUtf8)
  }

  get #inflationLimit(): number {
    if (this.#flaw === 'unlimitedInflation') return Number.POSITIVE_INFINITY
    return this.#flaw === 'limitsFramesOnly' && this.#fragments > 1 ? Number.POSITIVE_INFINITY : MAX_MESSAGE
  }

  #inflateSoFar(fin: boolean): Uint8Array | null {
    const deflate = this.#deflate
    if (deflate === null) return null
    const result = deflate.inflate(this.#parts, fin, this.#inflationLimit)
    if (result === 'invalid') {
      this.#fails(violations.extensionDataInvalid)
      return this.#flaw === 'extensionDataInvalid' ? new Uint8Array(0) : null
    }
    if (result === 'too-big') {
      this.#fails(violations.messageTooBig)
      return null
    }
    return result
  }

  #endMessage(): void {
    const binary = this.#opcode !== Opcode.TEXT
    const payload = this.#compressed
      ? (this.#deflate?.lastMessage ?? new Uint8Array(0))
      : Buffer.concat(this.#parts)
    const lateCheck = this.#flaw === 'validatesAtEnd' && !this.#compressed && !isUtf8(payload)
    const incomplete =
      !this.#validator.complete &&
      this.#flaw !== 'validatesAtEnd' &&
      this.#flaw !== 'carriesValidator' &&
      this.#flaw !== 'skipsCompressedUtf8'
    if (this.#isText && (lateCheck || incomplete) && this.#fails(violations.textNotUtf8)) return
    this.#opcode = 0
    this.#parts = []
    this.#echo(payload, binary)
    for (const late of this.#latePongs) this.#send(Opcode.PONG, late)
    this.#latePongs = []
  }

  #echo(payload: Uint8Array, binary: boolean): void {
    if (this.#closeSent && this.#flaw !== 'speaksAfterClose') return
    let content = payload
    if (
      !binary &&
      this.#flaw === 'stripsByteOrderMark' &&
      Buffer.from(payload).subarray(0, 3).toString('hex') === 'efbbbf'
    )
      content = payload.subarray(3)
    if (!binary && this.#flaw === 'stopsAtNul' && payload.includes(0))
      content = payload.subarray(0, payload.indexOf(0))
    const opcode = binary || this.#flaw === 'echoesAsBinary' ? Opcode.BINARY : Opcode.TEXT
    const compressed = this.#deflate?.compress(content) ?? null
    const before = this.#output.length
    if (compressed !== null) this.#send(opcode, compressed, Rsv.RSV1)
    else this.#send(opcode, content)
    if (
      this.#flaw === 'smallOvertakes' &&
      content.length < LARGE &&
      (this.#output[before - 1]?.length ?? 0) > LARGE
    )
      this.#output.splice(before - 1, 0, ...this.#output.splice(before))
  }

  #takeControl(opcode: number, payload: Uint8Array): void {
    if (opcode === Opcode.PONG) {
      if (this.#flaw === 'answersPongs') this.#send(Opcode.PONG, payload)
      return
    }
    if (opcode === Opcode.CLOSE) this.#takeClose(payload)
    else if (opcode === Opcode.PING) this.#takePing(payload)
  }

  #takePing(payload: Uint8Array): void {
    if (this.#closeSent && this.#flaw !== 'speaksAfterClose') return
    if (this.#flaw === 'ignoresPings') return
    if (this.#flaw === 'answersFirstPing' && this.#pingsInRead++ > 0) return
    if (this.#flaw === 'validatesPings' && !isUtf8(payload) && this.#fails(violations.textNotUtf8)) return
    if (this.#flaw === 'pongsAtMessageEnd' && this.#opcode !== 0) {
      if (this.#latePongs.length < MAX_PONGS) this.#latePongs.push(payload)
      return
    }
    this.#send(Opcode.PONG, this.#flaw === 'emptyPongs' ? new Uint8Array(0) : payload)
  }

  #takeClose(payload: Uint8Array): void {
    if (this.#flaw === 'ignoresClose') return
    if (this.#flaw === 'finishesMessageBeforeClose' && this.#opcode !== 0) return
    const body = decodeCloseBody(payload)
    if (body === null) {
      if (this.#fails(violations.closeBodyTooShort)) return
    } else {
      const old = this.#flaw === 'knowsOldCodesOnly' && body.code >= 1012 && body.code <= 1014
      if (payload.length > 0 && (!isCloseCodeAllowed(body.code) || old))
        if (this.#fails(violations.closeCodeReserved)) return
      const reason = this.#flaw === 'readsReasonFromStart' ? payload : body.reason
      if (!isUtf8(reason) && this.#fails(violations.closeReasonNotUtf8)) return
    }
    this.#closeReceived = true
    if (!this.#closeSent || this.#flaw === 'answersCloseTwice') {
      this.#closeSent = true
      this.#send(Opcode.CLOSE, this.#answerBody(payload))
    }
    if (this.#role === 'server' ? this.#flaw !== 'neverEndsTcp' : this.#flaw === 'endsTcpFirst') this.#end()
    if (this.#finReceived) this.#end()
  }

  #answerBody(payload: Uint8Array): Uint8Array {
    if (this.#flaw === 'answersAnotherCode') return encodeCloseBody(StatusCode.NORMAL)
    if (this.#flaw === 'writesNoStatus' && payload.length === 0) return encodeCloseBody(StatusCode.NO_STATUS)
    return payload.subarray(0, 2)
  }

  /** Fails the connection; false when this is the one rule that the endpoint does not know. */
  #fails(violation: Violation): boolean {
    if (this.#flaw !== null && this.#flaw in violations)
      if (violations[this.#flaw as keyof typeof violations] === violation) return false
    if (this.#failed) return true
    if (this.#closeReceived && this.#flaw !== 'judgesAfterClose') return true
    this.#failed = true
    if (this.#flaw === 'losesEchoWhenFailing') this.#output = []
    if (this.#flaw === 'dropsWithoutClose') {
      this.#end()
      return true
    }
    if (!this.#closeSent || this.#flaw === 'judgesAfterClose')
      this.#send(
        Opcode.CLOSE,
        encodeCloseBody(this.#flaw === 'failsWithNormal' ? StatusCode.NORMAL : violation.code),
      )
    this.#closeSent = true
    if (this.#flaw === 'resetsWhenFailing') this.#resetWanted = true
    if (this.#flaw === 'waitsWhenFailing') {
      // Reads on for the Close that the peer owes.
      this.#failed = false
      return true
    }
    this.#end()
    return true
  }

  #end(): void {
    this.#finSent = true
  }

  #send(opcode: number, payload: Uint8Array, rsv = 0): void {
    if (this.#finGiven) return
    const masks = this.#role === 'client' ? this.#flaw !== 'leavesUnmasked' : this.#flaw === 'masksAsServer'
    const maskingKey = this.#flaw === 'usesOneKey' ? 0x1234_5678 : Math.floor(Math.random() * 0x1_0000_0000)
    this.#output.push(
      encodeFrame(
        {
          opcode,
          rsv,
          ...(masks ? { maskingKey } : {}),
          ...(this.#flaw === 'writesLongLengths' ? { lengthBytes: 8 } : {}),
        },
        payload,
      ),
    )
  }
}
