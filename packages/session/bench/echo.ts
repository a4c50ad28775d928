/**
 * What a session costs per message: chunks of masked frames in, every message echoed, the output taken once a chunk. Then what a
 * message to many connections costs, and what it takes to put fragments together. Each figure is the least of many.
 *
 *     npx pnpm --filter @hybi/session bench
 */
import { copyInto, encodeForMany, encodeFrame, Opcode, OutputBuffer } from '@hybi/frame'
import { prepareMessage, Session } from '../src/index.ts'
import { viewBytes } from '../src/memory.ts'

/** A read as a driver would make it. */
const CHUNK = 65_536
const KEY = 0x37fa213d

/** A line of a table: figures are rounded. */
const print = (title: string, columns: readonly (string | number)[]): void =>
  console.log(
    title.padEnd(28),
    ...columns.map((column) => (typeof column === 'string' ? column : column.toFixed(0)).padStart(12)),
  )

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

print('ns per echoed message', ['own chunks', 'transient'])
for (const [name, opcode] of [
  ['text', Opcode.TEXT],
  ['binary', Opcode.BINARY],
] as const) {
  for (const size of [16, 125, 1024, 16_384, 65_536]) {
    const figures = [false, true].map((transient) => {
      return Math.min(...Array.from({ length: 30 }, () => measure(opcode, size, transient, 30)))
    })
    print(`${size} octets of ${name}`, figures)
  }
}

/** The least nanoseconds of a call of each, all of them in turns. */
function compare(...calls: readonly (() => void)[]): number[] {
  const least = calls.map(() => Number.POSITIVE_INFINITY)
  for (let turn = 0; turn < 40; turn++) {
    for (const [index, call] of calls.entries()) {
      const start = performance.now()
      for (let i = 0; i < 1_000; i++) call()
      least[index] = Math.min(least[index], (performance.now() - start) * 1_000)
    }
  }
  return least
}

/** 100 octets to some connections. */
function compareSending(count: number): number[] {
  const data = new Uint8Array(100)
  const sessions = Array.from({ length: count }, () => new Session({ role: 'server' }))
  const outputs = sessions.map(() => new OutputBuffer())
  const send = (message: Parameters<Session['sendMessage']>[0]): void => {
    for (const session of sessions) {
      session.sendMessage(message)
      session.takeOutput()
    }
  }
  return compare(
    () => send(data),
    () => send(prepareMessage(data)),
    () => {
      for (const output of outputs) {
        output.writeFrame(true, 0, Opcode.BINARY, null, data, 0, data.length)
        output.take()
      }
    },
    () => {
      const frame = encodeForMany(Opcode.BINARY, data)
      for (const output of outputs) {
        output.writeShared(frame)
        output.take()
      }
    },
  ).map((nanoseconds) => nanoseconds / count)
}

console.log()
print('ns per connection', ['bytes', 'prepared', 'frame each', 'one frame'])
for (const count of [1, 2, 4, 8, 64]) print(`100 octets to ${count}`, compareSending(count))

console.log()
print('ns per fragment', ['closed up', 'copyInto', 'view, copied'])
const chunk = new Uint8Array(CHUNK)
const memory = new Uint8Array(CHUNK)
for (const size of [16, 256, 1024]) {
  const end = 1_008 + size
  const figures = compare(
    () => chunk.copyWithin(1_000, 1_008, end),
    () => copyInto(chunk, 1_008, end, memory, 1_000),
    () => memory.set(viewBytes(chunk, 1_008, end), 1_000),
  )
  print(`${size} octets`, figures)
}
