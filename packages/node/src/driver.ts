/**
 * Who listens to a socket. A socket has one driver at a time: the opening handshake, then the connection, or the farewell
 * to a refused peer.
 *
 * The listeners are added once and shared by all sockets, so that a driver costs no closures.
 */
import type { Duplex } from 'node:stream'

/** The one that a socket reports to. */
export interface SocketDriver {
  /** True for one who throws away what the peer sends: he need not be given it. */
  readonly discards?: true
  /** The next bytes of the peer, which are the driver's from now on. */
  receive(chunk: Uint8Array): void
  /** The peer's FIN: nothing more will arrive. */
  receiveEnd(): void
  /** What was written has left, after `socket.write` had answered false. */
  drained(): void
  /** The socket broke; `closed` follows. */
  failed(error: Error): void
  /** The socket is gone, both ways. */
  closed(): void
}

const driverOf = Symbol('hybi.driver')

/** Marks a socket whose bytes come by `deliver`, and that emits no `data`. */
const delivered = Symbol('hybi.delivered')

type DrivenSocket = Duplex & { [driverOf]?: SocketDriver; [delivered]?: true }

/** Lets a driver take over a socket, from the one that has it or from nobody, and lets it flow. */
export function drive(socket: DrivenSocket, driver: SocketDriver): void {
  const isNew = socket[driverOf] === undefined
  socket[driverOf] = driver
  if (isNew) listenTo(socket)
  // The driver before may have stopped reading.
  if (socket.isPaused()) socket.resume()
}

function listenTo(socket: DrivenSocket): void {
  socket.on('error', onError)
  socket.on('close', onClose)
  socket.on('end', onEnd)
  socket.on('drain', onDrain)
  if (!isDelivered(socket)) socket.on('data', onData)
}

/** Says that the bytes of a socket will come by `deliver`. */
export function setDelivered(socket: DrivenSocket): void {
  socket[delivered] = true
}

/** True for a socket whose bytes come by `deliver`. */
export function isDelivered(socket: DrivenSocket): boolean {
  return socket[delivered] === true
}

/** True when nobody wants the bytes that a socket reads. */
export function isDiscarded(socket: DrivenSocket): boolean {
  return socket[driverOf]?.discards === true
}

/** Gives the driver of a socket the next bytes, and their memory with them. */
export function deliver(socket: DrivenSocket, bytes: Uint8Array): void {
  socket[driverOf]?.receive(bytes)
}

function onData(this: DrivenSocket, chunk: Uint8Array): void {
  this[driverOf]?.receive(chunk)
}

function onEnd(this: DrivenSocket): void {
  this[driverOf]?.receiveEnd()
}

function onDrain(this: DrivenSocket): void {
  this[driverOf]?.drained()
}

/**
 * Over TLS Node tells of a record that cannot be decrypted, and of a peer that renegotiates again and again (each time a handshake of
 * processor time), and leaves it to whoever listens to end the socket.
 */
function onError(this: DrivenSocket, error: Error): void {
  this[driverOf]?.failed(error)
  this.destroy()
}

function onClose(this: DrivenSocket): void {
  this[driverOf]?.closed()
}
