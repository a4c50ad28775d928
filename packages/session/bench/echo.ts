/**
 * What a session costs per message: chunks of masked frames in, every message echoed, the output taken once a chunk.
 *
 *     pnpm --filter @hybi/session bench
 */
import { encodeFrame, Opcode } from '@hybi/frame'
import { Session } from '../src/index.ts'

/** A read as a driver would make it. */
const CHUNK = 65_536
const KEY = 0x37fa213d

/** As many frames as a chunk holds, at least one. */
function fill(opcode: number, size: number): { chunk: Uint8Array; count: number } {
  const frame = encodeFrame({ opcode, maskingKey: KEY }, new Uint8Array(size).fill(0x61))
  const count = Math.max(1, Math.floor(CHUNK / frame.length))
  const chunk = new Uint8Array(count * frame.length)
  for (let i = 0; i < count; i++) chunk.set(frame, i * frame.length)
  return { chunk, count }
}

/** Nanoseconds per message over `rounds` chunks. */
function measure(opcode: number, size: number, transientInput: boolean, rounds: number): number {
  const { chunk, count } = fill(opcode, size)
  const session = new Session({ role: 'server', transientInput })
  const buffer = chunk.slice()
  const start = performance.now()
  for (let round = 0; round < rounds; round++) {
    // A transient buffer is filled again, as by a read; otherwise each read has memory of its own.
    if (transientInput) buffer.set(chunk)
    session.receive(transientInput ? buffer : chunk.slice())
    for (let event = session.next(); event !== null; event = session.next()) {
      if (event.type === 'message') session.sendMessage(event)
    }
    session.takeOutput()
  }
  return ((performance.now() - start) * 1e6) / (rounds * count)
}

console.log('ns per echoed message'.padEnd(28), 'own chunks'.padStart(12), 'transient'.padStart(12))
for (const [name, opcode] of [
  ['text', Opcode.TEXT],
  ['binary', Opcode.BINARY],
] as const) {
  for (const size of [16, 125, 1024, 16_384, 65_536]) {
    const figures = [false, true].map((transient) => {
      measure(opcode, size, transient, 300)
      return measure(opcode, size, transient, 600).toFixed(0).padStart(12)
    })
    console.log(`${size} octets of ${name}`.padEnd(28), ...figures)
  }
}
