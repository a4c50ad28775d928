/**
 * One read buffer for all sockets of the process. Node allocates 64 KiB for every read of a socket that emits `data`, and what a
 * record holds for every record of TLS, and passes it through a stream; these sockets read into the same memory, and their drivers are
 * given a copy of what came. Node calls back for each read before it begins the next, so that nobody else has written there meanwhile.
 *
 * Node documents this for sockets that are made with it (`onread`). These were made without: they are given the buffer and the callback
 * where a socket that was made with `onread` has them. Where that is, is looked up by value, once; what does not look as in Node 20 to
 * 26 is left as it is and emits `data`. Why: docs/decisions/node-read-buffer.md.
 */
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { deliver, isDiscarded, setDelivered } from './driver.ts'
import { copyRead } from './read-memory.ts'

/**
 * The most that is read at once: four times of what Node's streams read, so that a message of 64 KiB and its header come in one
 * read. An echo of such messages then takes a quarter less processor time (`npm run bench -- bin64k`).
 */
const SIZE = 262_144

const memory: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(SIZE)
const octets = memory.buffer

/** The handle of a socket, with what Node calls to make it read into a buffer. */
interface ReadingHandle {
  useUserBuffer(buffer: Uint8Array): void
}

/** The properties in which a socket keeps what it was given as `onread`. */
interface Places {
  readonly buffer: symbol
  readonly callback: symbol
}

/**
 * Makes a socket read into the buffer from now on; false for one that is left as it is, where that cannot be. It is to have a driver before
 * the turn ends. Who listens to it for `data` later hears nothing.
 */
export function shareReads(socket: Duplex): boolean {
  if (!isMadeByNode(socket) || !isUnread(socket)) return false
  if (places === undefined) places = findPlaces()
  const handle = '_handle' in socket ? socket._handle : null
  if (places === null || !canUseBuffer(handle) || hasBuffer(socket, places)) return false
  handle.useUserBuffer(memory)
  Reflect.set(socket, places.buffer, memory)
  Reflect.set(socket, places.callback, deliverRead)
  setDelivered(socket)
  return true
}

/** Delivers what was read; false to stop there, as Node may have begun to read again, for its stream, what a driver has paused. */
function deliverRead(this: Socket, size: number): boolean {
  if (!isDiscarded(this)) deliver(this, copyRead(octets, size))
  return !this.isPaused()
}

const nodePrototypes: readonly unknown[] = [Socket.prototype, TLSSocket.prototype]

/** False for a subclass, which may have thoughts of its own about what is read. */
const isMadeByNode = (socket: Duplex): boolean => nodePrototypes.includes(Object.getPrototypeOf(socket))

/** True when nothing that was read waits in the stream, and nobody is there who would wait for more. */
const isUnread = (socket: Duplex): boolean =>
  socket.readableLength === 0 && socket.listenerCount('data') + socket.listenerCount('readable') === 0

/** True for a socket that was made with an `onread` of its own: its octets are somebody else's. */
const hasBuffer = (socket: Duplex, { buffer }: Places): boolean => Reflect.get(socket, buffer) !== null

/** Undefined until they are looked for. */
let places: Places | null | undefined

function findPlaces(): Places | null {
  // Not in the types of `new Socket`, but in its documentation.
  const options: SocketConstructorOpts & { onread: OnReadOpts } = {
    onread: { buffer: memory, callback: deliverRead },
  }
  const socket = new Socket(options)
  const buffer = findProperty(socket, memory)
  const callback = findProperty(socket, deliverRead)
  return buffer === undefined || callback === undefined ? null : { buffer, callback }
}

const findProperty = (object: object, value: unknown): symbol | undefined =>
  Object.getOwnPropertySymbols(object).find((symbol) => Reflect.get(object, symbol) === value)

const canUseBuffer = (handle: unknown): handle is ReadingHandle =>
  typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle
