/**
 * One read buffer for all plain sockets of the process. Node allocates 64 KiB for every read of a socket that emits `data`, and
 * passes it through a stream; these sockets read into the same memory, and their drivers are lent what stands in it until they
 * return. Node calls back for each read before it begins the next, so that nobody else writes there meanwhile.
 *
 * For sockets that connect this is documented (`onread` of `net.connect`). Accepted ones are made by Node without it: they are
 * given the buffer and the callback where a socket that was made with `onread` has them. Where that is, is looked up by value, once;
 * what does not look as in Node 20 to 26 is left as it is and emits `data`. Why: docs/decisions/node-read-buffer.md.
 */
import {
  connect,
  type IpcSocketConnectOpts,
  type OnReadOpts,
  Socket,
  type SocketConstructorOpts,
  type TcpSocketConnectOpts,
} from 'node:net'
import { lend, setLending } from './driver.ts'

/** As much as Node reads at once. */
const SIZE = 65_536

const memory: Buffer = Buffer.allocUnsafeSlow(SIZE)

/** The handle of a socket, with what Node calls to make it read into a buffer. */
interface ReadingHandle {
  useUserBuffer(buffer: Uint8Array): void
}

/** The properties in which a socket keeps what it was given as `onread`. */
interface Places {
  readonly buffer: symbol
  readonly callback: symbol
}

/** Connects a socket that reads into the buffer, once it has a driver. */
export function connectLending(options: TcpSocketConnectOpts | IpcSocketConnectOpts): Socket {
  const onread: OnReadOpts = { buffer: memory, callback: (size) => lendRead.call(socket, size) }
  const socket: Socket = connect({ ...options, onread })
  setLending(socket)
  return socket.pause()
}

/** Makes an accepted socket, from which nothing was read yet, read into the buffer; false where that cannot be. */
export function acceptLending(socket: Socket): boolean {
  if (places === undefined) places = findPlaces()
  const handle = '_handle' in socket ? socket._handle : null
  if (places === null || !canUseBuffer(handle)) return false
  handle.useUserBuffer(memory)
  Reflect.set(socket, places.buffer, memory)
  Reflect.set(socket, places.callback, lendRead)
  setLending(socket)
  return true
}

/** Lends what was read; true to go on reading. */
function lendRead(this: Socket, size: number): true {
  lend(this, size === SIZE ? memory : memory.subarray(0, size))
  return true
}

/** Undefined until they are looked for. */
let places: Places | null | undefined

function findPlaces(): Places | null {
  // Not in the types of `new Socket`, but in its documentation.
  const options: SocketConstructorOpts & { onread: OnReadOpts } = {
    onread: { buffer: memory, callback: lendRead },
  }
  const socket = new Socket(options)
  const buffer = findProperty(socket, memory)
  const callback = findProperty(socket, lendRead)
  return buffer === undefined || callback === undefined ? null : { buffer, callback }
}

const findProperty = (object: object, value: unknown): symbol | undefined =>
  Object.getOwnPropertySymbols(object).find((symbol) => Reflect.get(object, symbol) === value)

const canUseBuffer = (handle: unknown): handle is ReadingHandle =>
  typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle
