/**
 * `@hybi/frame` beside the obvious loops, Node's own copying, `bufferutil`, and the receiver and the sender of `ws`.
 *
 *     npx pnpm --filter @hybi/frame bench [mask|words|into|copy|read|write|text|memory|send]
 */

import { mask, unmask } from 'bufferutil'
import { bench, do_not_optimize, run, summary } from 'mitata'
import { Receiver, Sender } from 'ws'
import {
  copyInto,
  encodeFrame,
  FrameReader,
  maskInPlace,
  maskInto,
  Opcode,
  OutputBuffer,
  Step,
} from '../src/index.ts'
import { host, portableHost } from '../src/native.ts'
import { VECTORS_FROM } from '../src/vectors.ts'
import { benchSending } from './send.ts'

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

function maskIntoObviously(source: Uint8Array, size: number, target: Uint8Array, key: number): void {
  for (let i = 0; i < size; i++) target[6 + i] = source[3 + i] ^ (key >>> (24 - ((i & 3) << 3)))
}

function copyObviously(source: Uint8Array, start: number, end: number, target: Uint8Array): void {
  for (let i = start, j = 3; i < end; i++, j++) target[j] = source[i]
}

function benchMasking(): void {
  const bytes = Buffer.alloc(READ_SIZE + 16)
  const key = Buffer.of(0x9e, 0xad, 0xbe, 0xef)
  for (const size of [...SIZES, VECTORS_FROM]) {
    summary(() => {
      bench(`mask ${size} B: maskInPlace`, () => do_not_optimize(maskInPlace(bytes, 6, 6 + size, KEY)))
      if (size >= VECTORS_FROM)
        bench(`mask ${size} B: words`, () => do_not_optimize(maskByWords(bytes, 6, 6 + size, KEY)))
      bench(`mask ${size} B: octet by octet`, () => do_not_optimize(maskObviously(bytes, 6, 6 + size, KEY)))
      bench(`mask ${size} B: bufferutil`, () => do_not_optimize(unmask(bytes.subarray(6, 6 + size), key)))
    })
  }
}

function maskWordByWord(words: Int32Array, size: number): void {
  for (let i = 0, stop = size >>> 2; i < stop; i++) words[i] ^= KEY
}

function viewWords(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >>> 2)
}

/** What is simpler than the words of `maskInPlace`. */
function benchWords(): void {
  const bytes = Buffer.alloc(READ_SIZE)
  const words = viewWords(bytes)
  for (const size of [125, 1024]) {
    summary(() => {
      bench(`words of ${size} B: maskInPlace`, () => do_not_optimize(maskInPlace(bytes, 6, 6 + size, KEY)))
      bench(`words of ${size} B: one by one`, () => do_not_optimize(maskWordByWord(words, size)))
      bench(`words of ${size} B: one by one, a view each time`, () =>
        do_not_optimize(maskWordByWord(viewWords(bytes), size)),
      )
    })
  }
}

/** As a client masks: into new memory, as the payload is the application's. */
function benchMaskingInto(): void {
  const source = Buffer.alloc(READ_SIZE + 16)
  const target = Buffer.alloc(READ_SIZE + 16)
  const key = Buffer.of(0x9e, 0xad, 0xbe, 0xef)
  for (const size of SIZES) {
    summary(() => {
      bench(`mask into ${size} B: maskInto`, () =>
        do_not_optimize(maskInto(source, 3, 3 + size, target, 6, KEY)),
      )
      bench(`mask into ${size} B: octet by octet`, () =>
        do_not_optimize(maskIntoObviously(source, size, target, KEY)),
      )
      bench(`mask into ${size} B: bufferutil`, () =>
        do_not_optimize(mask(source.subarray(3, 3 + size), key, target, 6, size)),
      )
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

/** A header at a time, each payload unmasked octet by octet in memory of its own. */
function readObviously(chunk: Uint8Array): number {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
  let octets = 0
  for (let at = 0; at < chunk.length; ) {
    const short = view.getUint8(at + 1) & 0x7f
    const size =
      short < 126 ? short : short === 126 ? view.getUint16(at + 2) : Number(view.getBigUint64(at + 2))
    at += short < 126 ? 2 : short === 126 ? 4 : 10
    const key = view.getUint32(at)
    const payload = Uint8Array.prototype.slice.call(chunk, at + 4, at + 4 + size)
    maskObviously(payload, 0, size, key)
    octets += payload.length
    at += 4 + size
  }
  return octets
}

function benchReading(): void {
  for (const size of SIZES) {
    const { chunk, count } = framesOfOneRead(size)
    const reader = new FrameReader()
    const receiver = new Receiver({ isServer: true, maxPayload: READ_SIZE })
    receiver.on('message', do_not_optimize)
    summary(() => {
      bench(`read ${count} frames of ${size} B: FrameReader`, () => do_not_optimize(readAll(reader, chunk)))
      bench(`read ${count} frames of ${size} B: octet by octet`, () => do_not_optimize(readObviously(chunk)))
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
    summary(() => {
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
      bench(`write ${count} frames of ${size} B: ws, and concat`, () => {
        const payload = chunk.subarray(3, 3 + size)
        const options = { fin: true, rsv1: false, opcode: Opcode.BINARY, mask: false, readOnly: true }
        const written: Buffer[] = []
        for (let i = 0; i < count; i++) written.push(...Sender.frame(payload, options))
        return do_not_optimize(Buffer.concat(written))
      })
    })
  }
}

/** Text as UTF-8 in memory that is there, with characters of one octet and of two. */
function benchText(): void {
  const target = host.allocate(READ_SIZE)
  for (const length of [16, 125, 1024]) {
    for (const letter of ['x', 'ж']) {
      const text = letter.repeat(length)
      summary(() => {
        bench(`${length} ${letter}: host.writeText`, () => do_not_optimize(host.writeText(target, 3, text)))
        bench(`${length} ${letter}: measured first`, () =>
          do_not_optimize(host.measureText(text) + host.writeText(target, 3, text)),
        )
        bench(`${length} ${letter}: encodeInto`, () =>
          do_not_optimize(portableHost.writeText(target, 3, text)),
        )
      })
    }
  }
}

/** New memory, and what is copied into it at once. */
function benchMemory(): void {
  for (const size of [16_384, 65_536, 1_048_576]) {
    const source = new Uint8Array(size)
    summary(() => {
      bench(`${size} B: host.allocate`, () => do_not_optimize(host.allocate(size).set(source)))
      bench(`${size} B: cleared`, () => do_not_optimize(portableHost.allocate(size).set(source)))
    })
  }
}

const groups = {
  mask: benchMasking,
  words: benchWords,
  into: benchMaskingInto,
  copy: benchCopying,
  read: benchReading,
  write: benchWriting,
  text: benchText,
  memory: benchMemory,
}
const asked = process.argv[2]
for (const [name, prepare] of Object.entries(groups)) if (asked === undefined || asked === name) prepare()

if (asked !== 'send') await run()
if (asked === undefined || asked === 'send') await benchSending()
