/**
 * Who listens to a socket. A socket has one driver at a time: the opening handshake, then the connection, or the farewell
 * to a refused peer.
 *
 * The listeners are added once and shared by all sockets, so that a driver costs no closures.
 */
import type { Duplex } from 'node:stream'

/** The one that a socket reports to. */
export interface SocketDriver {
  /** True when bytes may be lent to `receive`: their memory is used again after it. Else they belong to the driver. */
  readonly borrows?: boolean
  /** The next bytes of the peer. */
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

/** Marks a socket that lends its bytes by `lend`, and emits no `data`. */
const lending = Symbol('hybi.lending')

type DrivenSocket = Duplex & { [driverOf]?: SocketDriver; [lending]?: true }

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
  if (!isLending(socket)) socket.on('data', onData)
}

/** Says that the bytes of a socket will come by `lend`. */
export function setLending(socket: DrivenSocket): void {
  socket[lending] = true
}

/** True for a socket whose bytes are lent. */
export function isLending(socket: DrivenSocket): boolean {
  return socket[lending] === true
}

/** Gives the driver of a socket the next bytes, which are the caller's again afterwards. */
export function lend(socket: DrivenSocket, bytes: Uint8Array): void {
  const driver = socket[driverOf]
  driver?.receive(driver.borrows === true ? bytes : Buffer.from(bytes))
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

function onError(this: DrivenSocket, error: Error): void {
  this[driverOf]?.failed(error)
}

function onClose(this: DrivenSocket): void {
  this[driverOf]?.closed()
}
