/** Breaks a TCP connection with RST, in every state of its socket. */
import type { Socket } from 'node:net'

/**
 * RST and gone; without RST while a FIN is on its way. Node's own `resetAndDestroy` fails with EINVAL then, never closes the
 * handle, and the process spins for ever when it ends (Node 20.20, plain `net` sockets: `socket.end(); socket.resetAndDestroy()`).
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy()
  else socket.resetAndDestroy()
}
