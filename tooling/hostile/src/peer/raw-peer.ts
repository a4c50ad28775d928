/** A peer that says what it is told, octet by octet, and remembers everything that came back. */
import type { Socket } from 'node:net'
import { decodeCloseBody, FrameReader, Opcode, Step } from '@hybi/frame'

export interface ReceivedFrame {
  readonly fin: boolean
  readonly rsv: number
  readonly opcode: number
  readonly masked: boolean
  readonly payload: Buffer
}

/** How the transport ended, as seen from here. */
export type Ending = 'fin' | 'reset'

const HEAD_END = Buffer.from('\r\n\r\n')
const PATIENCE_MS = 20_000

export class RawPeer {
  readonly socket: Socket
  /** Head of the HTTP message that came first; empty until it is complete. */
  head = ''
  /** What stood behind the head of an answer that was no 101. */
  body = ''
  readonly frames: ReceivedFrame[] = []
  ended: Ending | null = null
  octetsReceived = 0
  /** Payload is not kept but counted, for floods. */
  countOnly = false
  #opened: boolean
  #held: Buffer = Buffer.alloc(0)
  readonly #reader = new FrameReader()
  #parts: Buffer[] = []
  #changed: (() => void)[] = []

  /** `opened`: there is no HTTP head to come, frames begin at once. */
  constructor(socket: Socket, opened = false) {
    this.socket = socket
    this.#opened = opened
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('end', () => this.#end('fin'))
    socket.on('error', () => this.#end('reset'))
    socket.on('close', () => this.#end('reset'))
  }

  /** Writes octets; resolves when the kernel has taken them, or they cannot be written any more. */
  send(...parts: readonly (Uint8Array | string)[]): Promise<void> {
    const octets = Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
    )
    return new Promise((resolve) => {
      if (!this.socket.writable) return resolve()
      const done = (): void => {
        this.socket.off('close', done)
        resolve()
      }
      this.socket.once('close', done)
      this.socket.write(octets, done)
    })
  }

  /** Status code of the peer's Close; 1005 for an empty one; null while there is none. */
  get closeCode(): number | null {
    const close = this.frames.find(({ opcode }) => opcode === Opcode.CLOSE)
    if (close === undefined) return null
    return decodeCloseBody(close.payload)?.code ?? 0
  }

  get status(): number {
    return Number(/^HTTP\/1\.[01] (\d{3})/.exec(this.head)?.[1] ?? 0)
  }

  /** Messages that came back, fragments joined. */
  get messages(): Buffer[] {
    const messages: Buffer[][] = []
    for (const { opcode, payload } of this.frames) {
      if (opcode === Opcode.TEXT || opcode === Opcode.BINARY) messages.push([payload])
      else if (opcode === Opcode.CONTINUATION) messages.at(-1)?.push(payload)
    }
    return messages.map((parts) => Buffer.concat(parts))
  }

  /** Waits until a condition holds. False when that did not happen in time or the transport ended before it. */
  async until(condition: () => boolean, patienceMs = PATIENCE_MS): Promise<boolean> {
    const giveUpAt = performance.now() + patienceMs
    while (!condition()) {
      const leftMs = giveUpAt - performance.now()
      if (leftMs <= 0 || this.ended !== null) return condition()
      await this.#change(leftMs)
    }
    return true
  }

  /** Waits until the peer has ended the transport; false when it does not in time. */
  untilEnded(patienceMs = PATIENCE_MS): Promise<boolean> {
    return this.until(() => this.ended !== null, patienceMs)
  }

  /** The conversation in words: a refusal's status, the code of a Close, an echo, or how the transport ended. */
  outcome(): string {
    if (this.status !== 0 && this.status !== 101) return `http ${this.status}`
    if (this.closeCode !== null) return `close ${this.closeCode}`
    if (this.messages.length > 0) return 'echo'
    if (this.ended !== null) return this.ended
    return 'silence'
  }

  /** What comes from now on is frames: the head of a request has been read and answered. */
  readFrames(): void {
    this.#opened = true
    this.#readFrames(this.#held)
  }

  destroy(): void {
    this.socket.destroy()
  }

  #change(patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patienceMs)
      this.#changed.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #tell(): void {
    const waiting = this.#changed
    this.#changed = []
    for (const resolve of waiting) resolve()
  }

  #end(how: Ending): void {
    this.ended ??= how
    this.#tell()
  }

  #receive(chunk: Buffer): void {
    this.octetsReceived += chunk.length
    if (this.#opened) this.#readFrames(chunk)
    else this.#readHead(chunk)
    this.#tell()
  }

  #readHead(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk])
    const end = this.head === '' ? this.#held.indexOf(HEAD_END) : -1
    if (end >= 0) {
      this.head = this.#held.toString('latin1', 0, end)
      this.#held = this.#held.subarray(end + HEAD_END.length)
      this.#opened = this.status === 101
      if (this.#opened) this.#readFrames(this.#held)
    }
    if (this.head !== '' && !this.#opened) this.body = this.#held.toString('latin1')
  }

  #readFrames(chunk: Buffer): void {
    if (this.countOnly) return
    this.#reader.receive(Uint8Array.from(chunk))
    for (;;) {
      const step = this.#reader.next()
      if (step === Step.NEED_DATA) return
      if (step === Step.PAYLOAD) {
        this.#parts.push(Buffer.from(this.#reader.chunk.subarray(this.#reader.start, this.#reader.end)))
      } else if (step === Step.END) {
        const { fin, rsv, opcode, masked } = this.#reader.header
        this.frames.push({ fin, rsv, opcode, masked, payload: Buffer.concat(this.#parts) })
        this.#parts = []
      }
    }
  }
}
