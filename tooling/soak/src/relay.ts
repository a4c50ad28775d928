/** A way on which things happen: octets arrive in crumbs, late, or not at all. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Random } from './random.ts'
import { reset } from './reset.ts'

/** What happens to one connection, to the octets of one direction after the other. */
export type Fault =
  | { readonly kind: 'none' | 'chop' | 'pause' }
  /** After so many octets. */
  | { readonly kind: 'reset' | 'half-close'; readonly after: number }

const MOST_OCTETS = 60_000
const PAUSE_MS = 150
const PAUSE_EVERY = 40_000

function randomFault(random: Random): Fault {
  switch (random.below(6)) {
    case 0:
      return { kind: 'chop' }
    case 1:
      return { kind: 'pause' }
    case 2:
      return { kind: 'reset', after: random.below(MOST_OCTETS) }
    case 3:
      return { kind: 'half-close', after: random.below(MOST_OCTETS) }
    default:
      return { kind: 'none' }
  }
}

/** Relays connections to a port of this machine, each with a fault of its own. */
export class Relay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(target: number, random: Random) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (from) => {
      const to = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true })
      const fault = randomFault(random)
      const both = [from, to]
      for (const socket of both) {
        this.#sockets.add(socket)
        socket.on('close', () => this.#sockets.delete(socket))
        socket.on('error', () => {
          for (const end of both) reset(end)
        })
      }
      carry(from, to, fault)
      carry(to, from, fault)
    })
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the relay does not listen')
    return address.port
  }

  end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
    })
  }
}

function carry(from: Socket, to: Socket, fault: Fault): void {
  let carried = 0
  let nextPause = PAUSE_EVERY
  let broken = false
  from.on('data', (chunk) => {
    carried += chunk.length
    // What comes after the break is read and lost.
    if (broken || !to.writable) return
    if ('after' in fault && carried > fault.after) {
      broken = true
      if (fault.kind === 'half-close') to.end()
      else for (const socket of [from, to]) reset(socket)
      return
    }
    const flows = fault.kind === 'chop' ? chop(to, chunk) : to.write(chunk)
    if (fault.kind === 'pause' && carried > nextPause) {
      nextPause = carried + PAUSE_EVERY
      from.pause()
      setTimeout(() => from.resume(), PAUSE_MS)
    } else if (!flows) {
      from.pause()
      to.once('drain', () => from.resume())
    }
  })
  from.on('end', () => to.end())
  from.on('close', () => to.end())
}

/** Crumbs at both ends of a chunk, in segments of their own. */
function chop(to: Socket, chunk: Buffer): boolean {
  const crumbs = Math.min(3, chunk.length)
  for (let at = 0; at < crumbs; at++) to.write(chunk.subarray(at, at + 1))
  return to.write(chunk.subarray(crumbs))
}
