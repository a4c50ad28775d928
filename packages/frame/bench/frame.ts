/**
 * `@hybi/frame` beside the obvious loops, Node's own copying, `bufferutil` and the receiver of `ws`.
 *
 *     pnpm --filter @hybi/frame bench [mask|copy|read|write]
 */

import { unmask } from 'bufferutil'
import { bench, do_not_optimize, run, summary } from 'mitata'
import { Receiver } from 'ws'
import { copyInto } from '../src/copy.ts'
import { encodeFrame, FrameReader, maskInPlace, Opcode, OutputBuffer, Step } from '../src/index.ts'
import { VECTORS_FROM } from '../src/vectors.ts'

const KEY = 0x9eadbeef
const SIZES = [16, 48, 125, 1024, 16_384, 65_536]
const READ_SIZE = 65_536

function maskObviously(bytes: Uint8Array, start: number, end: number, key: number): void {
  for (let i = start; i < end; i++) bytes[i] ^= key >>> (24 - (((i - start) & 3) << 3))
}

/** In parts that are too short for vectors. */
function maskByWords(bytes: Uint8Array, start: number, end: number, key: number): void {
  const part = VECTORS_FROM - 4
  for (let at = start; at < end; at += part) maskInPlace(bytes, at, Math.min(at + part, end), key)
}

function copyObviously(source: Uint8Array, start: number, end: number, target: Uint8Array): void {
  for (let i = start, j = 3; i < end; i++, j++) target[j] = source[i]
}

function benchMasking(): void {
  const bytes = Buffer.alloc(READ_SIZE + 16)
  const key = Buffer.of(0x9e, 0xad, 0xbe, 0xef)
  for (const size of SIZES) {
    summary(() => {
      bench(`mask ${size} B: maskInPlace`, () => do_not_optimize(maskInPlace(bytes, 6, 6 + size, KEY)))
      if (size >= VECTORS_FROM)
        bench(`mask ${size} B: words`, () => do_not_optimize(maskByWords(bytes, 6, 6 + size, KEY)))
      bench(`mask ${size} B: octet by octet`, () => do_not_optimize(maskObviously(bytes, 6, 6 + size, KEY)))
      bench(`mask ${size} B: bufferutil`, () => do_not_optimize(unmask(bytes.subarray(6, 6 + size), key)))
    })
  }
}

function benchCopying(): void {
  const source = Buffer.alloc(READ_SIZE + 16)
  const target = Buffer.alloc(READ_SIZE + 16)
  for (const size of SIZES) {
    summary(() => {
      bench(`copy ${size} B: copyInto`, () => do_not_optimize(copyInto(source, 6, 6 + size, target, 3)))
      bench(`copy ${size} B: octet by octet`, () =>
        do_not_optimize(copyObviously(source, 6, 6 + size, target)),
      )
      bench(`copy ${size} B: Buffer.copy`, () => do_not_optimize(source.copy(target, 3, 6, 6 + size)))
    })
  }
}

/** As many masked frames as one read brings. */
function framesOfOneRead(size: number): { chunk: Buffer; count: number } {
  const frame = encodeFrame({ opcode: Opcode.BINARY, maskingKey: KEY }, new Uint8Array(size))
  const count = Math.max(1, Math.floor(READ_SIZE / frame.length))
  return { chunk: Buffer.concat(new Array(count).fill(frame)), count }
}

function readAll(reader: FrameReader, chunk: Uint8Array): number {
  let octets = 0
  reader.receive(chunk)
  for (;;) {
    const step = reader.next()
    if (step === Step.NEED_DATA) return octets
    if (step === Step.PAYLOAD) octets += reader.end - reader.start
  }
}

function benchReading(): void {
  for (const size of SIZES) {
    const { chunk, count } = framesOfOneRead(size)
    const reader = new FrameReader()
    const receiver = new Receiver({ isServer: true, maxPayload: READ_SIZE })
    receiver.on('message', do_not_optimize)
    summary(() => {
      bench(`read ${count} frames of ${size} B: FrameReader`, () => do_not_optimize(readAll(reader, chunk)))
      bench(`read ${count} frames of ${size} B: ws`, async () => {
        await new Promise((resolve) => receiver.write(chunk, resolve))
      })
    })
  }
}

function benchWriting(): void {
  const output = new OutputBuffer()
  for (const size of SIZES) {
    const { chunk, count } = framesOfOneRead(size)
    const text = 'x'.repeat(size)
    const frames = (write: () => void) => () => {
      for (let i = 0; i < count; i++) write()
      return do_not_optimize(output.take())
    }
    const writeFrame = (key: number | null) => () =>
      output.writeFrame(true, 0, Opcode.BINARY, key, chunk, 3, 3 + size)
    bench(`write ${count} frames of ${size} B: writeFrame`, frames(writeFrame(null)))
    bench(`write ${count} frames of ${size} B: writeFrame, masked`, frames(writeFrame(KEY)))
    bench(
      `write ${count} frames of ${size} B: writeText`,
      frames(() => output.writeText(true, 0, null, text)),
    )
    bench(`write ${count} frames of ${size} B: encodeFrame and concat`, () => {
      const payload = chunk.subarray(3, 3 + size)
      const written: Uint8Array[] = []
      for (let i = 0; i < count; i++) written.push(encodeFrame({ opcode: Opcode.BINARY }, payload))
      return do_not_optimize(Buffer.concat(written))
    })
  }
}

const groups = { mask: benchMasking, copy: benchCopying, read: benchReading, write: benchWriting }
const asked = process.argv[2]
for (const [name, prepare] of Object.entries(groups)) if (asked === undefined || asked === name) prepare()

await run()
