/** What a write to a socket costs when a payload is a piece of its own, and when it is copied behind its header. */

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { Opcode, OutputBuffer } from '../src/index.ts'

const SIZES = [4_000, 8_000, 16_000, 24_000]
const ROUNDS = 3_000

function writeAll(socket: Socket, pieces: readonly Uint8Array[]): void {
  if (pieces.length > 1) socket.cork()
  for (const piece of pieces) socket.write(piece)
  if (pieces.length > 1) socket.uncork()
}

/** Median microseconds of each way to write, all of them in turns. */
async function measure(socket: Socket, size: number): Promise<number[]> {
  const payload = new Uint8Array(size)
  // Halves are short enough to be copied.
  const halves = [payload.subarray(0, size / 2), payload.subarray(size / 2)]
  const output = new OutputBuffer()
  const ways = [
    () => writeAll(socket, [payload]),
    () => {
      // An empty frame in the place of the header.
      output.writeFrame(true, 0, Opcode.BINARY, null, payload, 0, 0)
      writeAll(socket, [...output.take(), payload])
    },
    () => {
      output.writePieces(true, 0, Opcode.BINARY, null, halves, size)
      writeAll(socket, output.take())
    },
  ]
  const times: number[][] = ways.map(() => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [way, write] of ways.entries()) {
      const start = performance.now()
      write()
      times[way].push((performance.now() - start) * 1_000)
      if (socket.writableLength > 0) await once(socket, 'drain')
      // The peer reads.
      await setImmediate()
      await setImmediate()
    }
  }
  return times.map((all) => all.sort((a, b) => a - b)[ROUNDS / 2])
}

export async function benchSending(): Promise<void> {
  const server = createServer((peer) => peer.resume()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  const columns = ['one piece', 'two pieces', 'copied']
  console.log('µs to write'.padEnd(14), ...columns.map((column) => column.padStart(14)))
  for (const size of SIZES) {
    const figures = await measure(socket, size)
    console.log(`${size} B`.padEnd(14), ...figures.map((figure) => figure.toFixed(1).padStart(14)))
  }
  socket.destroy()
  server.close()
}
