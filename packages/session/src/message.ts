/**
 * A whole message as it is handed to the application: one or more regions of memory that are looked at, decoded or copied only when
 * asked for. Sending it on (an echo, a relay) reads the region and makes neither view nor string.
 */
import { Opcode, type OutputBuffer } from '@hybi/frame'
import { EMPTY, joinBytes, keepBytes, viewBytes } from './memory.ts'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

// What the functions at the end do, told from inside the class: the region is nobody else's business.
let write: typeof writeMessage
let borrow: typeof borrowBytes
let inPieces: typeof createMessageInPieces

/** A received message. What it holds was checked: text is valid UTF-8. */
export class Message {
  readonly binary: boolean
  /** True when the message came through the extension. */
  readonly compressed: boolean
  #source: Uint8Array
  #start: number
  #end: number
  /** The payload while it lies in several places, of `#end` octets; `#source` is empty then. */
  #pieces: readonly Uint8Array[] | null

  static {
    write = (message, output, maskingKey) => {
      const opcode = message.binary ? Opcode.BINARY : Opcode.TEXT
      const pieces = message.#pieces
      if (pieces !== null) output.writePieces(true, 0, opcode, maskingKey, pieces, message.#end)
      else output.writeFrame(true, 0, opcode, maskingKey, message.#source, message.#start, message.#end)
    }
    borrow = (message) => {
      message.#join()
      return viewBytes(message.#source, message.#start, message.#end)
    }
    inPieces = (binary, compressed, pieces, size) => {
      const message = new Message(binary, compressed, EMPTY, 0, size)
      message.#pieces = pieces
      return message
    }
  }

  /** Takes over source[start, end): nobody writes there any more. Only the session makes messages. */
  constructor(binary: boolean, compressed: boolean, source: Uint8Array, start: number, end: number) {
    this.binary = binary
    this.compressed = compressed
    this.#source = source
    this.#start = start
    this.#end = end
    this.#pieces = null
  }

  get type(): 'message' {
    return 'message'
  }

  /** Octets of payload. */
  get size(): number {
    return this.#end - this.#start
  }

  /**
   * The payload, which belongs to the application: a view of the chunk it arrived in when it is a large part of it, else
   * a copy, made once. Until it is asked for, a kept message keeps its whole chunk. One that arrived in several chunks is put
   * together when it is asked for, once.
   */
  get bytes(): Uint8Array {
    this.#join()
    const source = this.#source
    if (this.size !== source.length || source.constructor !== Uint8Array || source === EMPTY) {
      this.#source = keepBytes(source, this.#start, this.#end)
      this.#start = 0
      this.#end = this.#source.length
    }
    return this.#source
  }

  /**
   * The payload as a string, decoded at each call. Throws a TypeError for a binary message, and what the runtime throws
   * for a string longer than it can hold.
   */
  get text(): string {
    if (this.binary) throw new TypeError('a binary message has no text: read its bytes')
    return decoder.decode(borrow(this))
  }

  /** The text of a text message, the bytes of a binary one. */
  get data(): string | Uint8Array {
    return this.binary ? this.bytes : this.text
  }

  #join(): void {
    if (this.#pieces === null) return
    this.#source = joinBytes(this.#pieces, this.#end)
    this.#pieces = null
  }
}

/** A message whose payload is what `pieces` hold, one after the other: `size` octets, which nobody changes any more. */
export function createMessageInPieces(
  binary: boolean,
  compressed: boolean,
  pieces: readonly Uint8Array[],
  size: number,
): Message {
  return inPieces(binary, compressed, pieces, size)
}

/** Writes the message as one frame of its own kind, straight from where it lies. */
export function writeMessage(message: Message, output: OutputBuffer, maskingKey: number | null): void {
  write(message, output, maskingKey)
}

/** Looks at the payload without settling where it lies. To be read at once, never handed out. */
export function borrowBytes(message: Message): Uint8Array {
  return borrow(message)
}
