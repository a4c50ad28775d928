/**
 * Hands output to a socket in order, never much at a time.
 *
 * Only a write that is done shows progress, so that one write of many megabytes would look like a peer that does not read.
 */
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { giveBack } from '@hybi/frame'

/** What is handed to the socket in one go: 256 KiB costs four system calls per MiB instead of one. */
const MAX_WRITE = 256 * 1024

/** What would be left of no more than this goes along: 1 MiB and its header leave in four writes, and not ten octets in a fifth. */
const MAX_REST = 16 * 1024

const nothing: readonly Uint8Array[] = []

/** A socket, with the function behind those of a stream by which Node's own write. */
type WrittenSocket = Duplex & { readonly _writeGeneric?: unknown }

const netSocket: WrittenSocket = Socket.prototype

/** The way out of one socket. */
export class SocketWriter {
  /**
   * How Node's own sockets write, `write` being that of every stream. Constants of the class are constants of the compiled code: as variables of the module they took 0.6 % of
   * `npm run bench -- broadcast`, being read after each system call (Node 20).
   */
  static readonly #write = Duplex.prototype.write
  static readonly #writeOne = netSocket._write
  static readonly #writeMany = netSocket._writev
  static readonly #writeGeneric = netSocket._writeGeneric
  readonly #socket: WrittenSocket
  /** Called when a write is done; undefined where the socket's `drain` says enough. */
  readonly #written: (() => void) | undefined
  /** True for a socket of `node:net` itself: no subclass, no TLS. */
  readonly #isNetSocket: boolean
  /** What was not handed to the socket yet: `#size` octets, from octet `#start` of piece `#next` on. */
  #pieces: readonly Uint8Array[]
  #next: number
  #start: number
  #size: number

  /** `written` is called when a write is done, however little it was. */
  constructor(socket: Duplex, written: (() => void) | undefined) {
    this.#socket = socket
    this.#written = written
    this.#isNetSocket = Object.getPrototypeOf(socket) === netSocket
    this.#pieces = nothing
    this.#next = 0
    this.#start = 0
    this.#size = 0
  }

  /** Octets that the operating system does not have yet. */
  get pending(): number {
    return this.#size + this.#socket.writableLength
  }

  /** True while the socket takes nothing more: it will say `drain`, or it is gone. */
  get backedUp(): boolean {
    const socket = this.#socket
    // A write that left at once leaves `writableNeedDrain` set until the next tick.
    return (socket.writableNeedDrain && socket.writableLength > 0) || this.over
  }

  /** True when nothing can be written any more. */
  get over(): boolean {
    return !this.#socket.writable
  }

  /** True when everything was handed to the socket. */
  get empty(): boolean {
    return this.#size === 0
  }

  /** Takes the next output, which nobody changes any more, behind what is there. Only while `empty`. */
  put(pieces: readonly Uint8Array[]): void {
    this.#pieces = pieces
    this.#next = 0
    for (const piece of pieces) this.#size += piece.length
  }

  /** Hands over as much as the socket takes now. */
  flush(): void {
    while (this.#size > 0 && !this.backedUp) this.#writeNext()
  }

  /** Hands over the next octets in one write. */
  #writeNext(): void {
    const pieces = this.#pieces
    const size = this.#size <= MAX_WRITE + MAX_REST ? this.#size : MAX_WRITE
    const takesAll = this.#size === size
    if (takesAll && this.#next === pieces.length - 1) {
      const piece = pieces[this.#next]
      const start = this.#start
      this.#clear()
      this.#socket.write(start === 0 ? piece : piece.subarray(start), this.#written)
    } else {
      this.#socket.cork()
      for (let room = size; room > 0 && this.#next < pieces.length; ) room -= this.#writePart(room)
      this.#socket.uncork()
      if (this.#size === 0) this.#clear()
    }
    if (takesAll && this.#socket.writableLength === 0 && this.#copiesAtOnce()) {
      for (const piece of pieces) giveBack(piece)
    }
  }

  /**
   * True for a socket as Node makes it: of what has left the system has a copy, and nobody else looks at it. Where a subclass, or somebody
   * who has replaced a function, comes in between, a write may be said to be done and be kept all the same; only who had replaced one of the
   * sockets' own before this module was loaded, or replaces one of the handle below, is not seen. Over TLS nothing leaves at once.
   */
  #copiesAtOnce(): boolean {
    const socket = this.#socket
    return (
      this.#isNetSocket &&
      socket.write === SocketWriter.#write &&
      socket._write === SocketWriter.#writeOne &&
      socket._writev === SocketWriter.#writeMany &&
      socket._writeGeneric === SocketWriter.#writeGeneric
    )
  }

  #writePart(room: number): number {
    const piece = this.#pieces[this.#next]
    const start = this.#start
    const end = Math.min(piece.length, start + room)
    this.#socket.write(
      start === 0 && end === piece.length ? piece : piece.subarray(start, end),
      this.#written,
    )
    this.#size -= end - start
    this.#start = end
    if (end === piece.length) {
      this.#next++
      this.#start = 0
    }
    return end - start
  }

  #clear(): void {
    this.#pieces = nothing
    this.#next = 0
    this.#start = 0
    this.#size = 0
  }
}
