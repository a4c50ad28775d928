/** How much output is handed to a socket in one write. */

import { once } from 'node:events'
import { type AddressInfo, createServer, Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { Opcode, OutputBuffer } from '@hybi/frame'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SocketWriter } from '../src/socket-writer.ts'

const KIB = 1024

/** The sizes of the writes in which pieces of these sizes leave. */
function writesOf(...sizes: number[]): number[] {
  const writes: number[] = []
  const socket = new Duplex({
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.length)
      done()
    },
    writev: (chunks, done) => {
      writes.push(chunks.reduce((size, { chunk }) => size + chunk.length, 0))
      done()
    },
  })
  const writer = new SocketWriter(socket, undefined)
  writer.put(sizes.map((size) => new Uint8Array(size)))
  while (!writer.empty) writer.flush()
  return writes
}

test('what is much leaves in several writes', () => {
  expect(writesOf(600 * KIB)).toEqual([256 * KIB, 256 * KIB, 88 * KIB])
  expect(writesOf(10, 300 * KIB, 5)).toEqual([256 * KIB, 44 * KIB + 15])
})

test('a little that would be left goes along', () => {
  expect(writesOf(272 * KIB)).toEqual([272 * KIB])
  expect(writesOf(272 * KIB + 1)).toEqual([256 * KIB, 16 * KIB + 1])
  expect(writesOf(10, 1024 * KIB)).toEqual([256 * KIB, 256 * KIB, 256 * KIB, 256 * KIB + 10])
})

/** Sends a short frame, and says where in memory the next one would lie: behind it, or in its place. */
function sendAndLook(socket: Duplex, Writer = SocketWriter): 'behind' | 'same' {
  const output = new OutputBuffer()
  const take = (): Uint8Array => {
    output.writeFrame(true, 0, Opcode.BINARY, null, new Uint8Array(100), 0, 100)
    return output.take()[0]
  }
  // A new slab, so that no frame lies at its end.
  output.writeFrame(true, 0, Opcode.BINARY, null, new Uint8Array(15_000), 0, 15_000)
  output.take()
  const writer = new Writer(socket, undefined)
  const sent = take()
  writer.put([sent])
  writer.flush()
  return take().byteOffset === sent.byteOffset ? 'same' : 'behind'
}

test('memory of what the system has taken is used again, and not of what somebody else may keep', async () => {
  const server = createServer((peer) => peer.resume()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(() => void server.close())
  const connectWith = async <Kind extends Socket>(socket: Kind): Promise<Kind> => {
    onTestFinished(() => void socket.destroy())
    socket.connect(port, '127.0.0.1')
    expect(sendAndLook(socket)).toBe('behind')
    await once(socket, 'connect')
    return socket
  }
  expect(sendAndLook(await connectWith(new Socket()))).toBe('same')
  expect(sendAndLook(new Duplex({ write: (_chunk, _encoding, done) => done() }))).toBe('behind')

  class Late extends Socket {
    override _write(chunk: Uint8Array, encoding: BufferEncoding, done: () => void): void {
      setImmediate(() => super._write(chunk, encoding, () => undefined))
      done()
    }
  }
  expect(sendAndLook(await connectWith(new Late()))).toBe('behind')

  const watched = await connectWith(new Socket())
  const { write } = watched
  const seen: unknown[] = []
  watched.write = (chunk: unknown, ...rest: unknown[]) => {
    seen.push(chunk)
    return Reflect.apply(write, watched, [chunk, ...rest])
  }
  expect(sendAndLook(watched)).toBe('behind')
  expect(seen).toHaveLength(1)
  const recorded: Socket & { _writeGeneric?: unknown } = await connectWith(new Socket())
  const { _writeGeneric: generic } = recorded
  expect(generic).toBeTypeOf('function')
  recorded._writeGeneric = (...given: unknown[]) => Reflect.apply(generic as () => void, recorded, given)
  expect(sendAndLook(recorded)).toBe('behind')
  delete recorded._writeGeneric
  expect(sendAndLook(recorded)).toBe('same')

  // Somebody who was there first.
  vi.resetModules()
  const native = Socket.prototype.write
  Socket.prototype.write = function (...given: unknown[]) {
    return Reflect.apply(native, this, given)
  }
  const { SocketWriter: LateWriter } = await import('../src/socket-writer.ts')
  expect(sendAndLook(recorded, LateWriter)).toBe('behind')
  Reflect.deleteProperty(Socket.prototype, 'write')
})
