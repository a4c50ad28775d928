/**
 * One read buffer for all plain sockets of the process. Node allocates 64 KiB for every read of a socket that emits `data`; these
 * sockets read into the same memory, and their drivers are lent what stands in it until they return. Node calls back for each
 * read before it begins the next, so that nobody else writes there meanwhile.
 *
 * For sockets that connect this is documented (`onread` of `net.connect`). An accepted one has to hand its handle over to a socket
 * that is made with `onread`, which is not: what does not look as in Node 20 to 26 is left as it is and emits `data`.
 */
import {
  connect,
  type IpcSocketConnectOpts,
  type OnReadOpts,
  Socket,
  type TcpSocketConnectOpts,
} from 'node:net'
import { lend, setLending } from './driver.ts'

/** As much as Node reads at once. */
const SIZE = 65_536

let memory: Buffer | undefined

/** Connects a socket that reads into the buffer, once it has a driver. */
export function connectLending(options: TcpSocketConnectOpts | IpcSocketConnectOpts): Socket {
  const socket: Socket = connect({ ...options, onread: lendingTo(() => socket) })
  setLending(socket)
  return socket.pause()
}

/**
 * Lets an accepted socket read into the buffer.
 *
 * @param accepted paused, and nobody's yet
 * @returns the socket to use in its place: a new one, or itself where that cannot be
 */
export function acceptLending(accepted: Socket): Socket {
  const handle = takeHandle(accepted)
  if (handle === null) return accepted
  const options = { handle, allowHalfOpen: true, onread: lendingTo(() => socket) }
  const socket: Socket = new Socket(options)
  setLending(socket)
  return socket
}

function lendingTo(reader: () => Socket): OnReadOpts {
  memory ??= Buffer.allocUnsafeSlow(SIZE)
  const buffer = memory
  return {
    buffer,
    callback(size) {
      lend(reader(), size === SIZE ? buffer : buffer.subarray(0, size))
      return true
    },
  }
}

/** What a socket reads from and writes to, which leaves it an empty shell; null, and nothing is done, when it is not as expected. */
function takeHandle(socket: Socket): object | null {
  if (!('_handle' in socket)) return null
  const handle = socket._handle
  if (typeof handle !== 'object' || handle === null || !('useUserBuffer' in handle)) return null
  socket._handle = null
  socket.destroy()
  return handle
}
