/** How much output is handed to a socket in one write. */
import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
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
  const writer = new SocketWriter(socket)
  writer.put(sizes.map((size) => new Uint8Array(size)))
  while (!writer.empty) writer.write()
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
