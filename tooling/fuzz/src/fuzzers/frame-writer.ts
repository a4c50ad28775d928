/** What OutputBuffer, encodeFrame, writeHeader and the maskers write, read back by an obvious reader. */
import { encodeFrame, headerLength, maskInPlace, maskInto, OutputBuffer, writeHeader } from '@hybi/frame'
import { randomText } from '../corpus/texts.ts'
import { defineFuzzer } from '../fuzzer.ts'
import { readFrame } from '../model/frames.ts'
import { concat, toHex, toLatin1 } from '../octets.ts'
import type { Random } from '../random.ts'

interface Frame {
  readonly fin: boolean
  readonly rsv: number
  readonly opcode: number
  readonly maskingKey: number | null
  /** What lies around it in its memory is not sent. */
  readonly memory: Uint8Array
  readonly start: number
  readonly end: number
  /** Written from a string. */
  readonly text: boolean
  /** The output is taken behind it. */
  readonly taken: boolean
}

interface Input {
  readonly frames: readonly Frame[]
}

const EDGES = [0, 1, 125, 126, 127, 1023, 1024, 4095, 4096, 8191, 8192, 16_383, 16_384, 65_535, 65_536]

function randomFrame(random: Random): Frame {
  const text = random.oneIn(3)
  const size = random.oneIn(20) ? random.pick(EDGES) : random.size(random.oneIn(10) ? 20_000 : 300)
  const start = text ? 0 : random.below(4)
  const memory = text ? randomText(random, size) : random.bytes(start + size + random.below(4))
  return {
    fin: random.oneIn(2),
    rsv: random.below(8),
    opcode: text ? 1 : random.below(16),
    maskingKey: random.oneIn(2) ? null : random.next(),
    memory,
    start,
    end: text ? memory.length : start + size,
    text,
    taken: random.oneIn(4),
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function check({ frames }: Input): string | null {
  const output = new OutputBuffer()
  const taken: Uint8Array[] = []
  let size = 0
  for (const { fin, rsv, opcode, maskingKey, memory, start, end, text, taken: take } of frames) {
    const before = memory.slice()
    if (text) output.writeText(fin, rsv, maskingKey, decoder.decode(memory))
    else output.writeFrame(fin, rsv, opcode, maskingKey, memory, start, end)
    size += headerLength(end - start, maskingKey !== null) + end - start
    if (output.length !== size) return `length is ${output.length}, not ${size}`
    if (Buffer.compare(before, memory) !== 0) return 'the payload was changed'
    if (!take) continue
    taken.push(...output.take())
    size = 0
  }
  taken.push(...output.take())
  return readBack(concat(taken), frames)
}

function readBack(written: Uint8Array, frames: readonly Frame[]): string | null {
  let at = 0
  for (const [index, { fin, rsv, opcode, maskingKey, memory, start, end }] of frames.entries()) {
    const payload = memory.subarray(start, end)
    const read = readFrame(written, at)
    if (read === null || !read.whole) return `frame ${index} is not there`
    const said = [read.fin, read.rsv, read.opcode, read.masked ? read.maskingKey : null, read.length].join()
    if (said !== [fin, rsv, opcode, maskingKey, payload.length].join()) return `frame ${index} says ${said}`
    if (toLatin1(read.payload) !== toLatin1(payload)) return `the payload of frame ${index} is another`
    const bytes = written.subarray(at, Number(read.end))
    const fields = { fin, rsv, opcode, ...(maskingKey === null ? {} : { maskingKey }) }
    if (Buffer.compare(encodeFrame(fields, payload), bytes) !== 0)
      return `encodeFrame writes frame ${index} otherwise`
    const head = new Uint8Array(headerLength(payload.length, maskingKey !== null))
    const end2 = writeHeader(head, 0, fin, rsv, opcode, maskingKey !== null, maskingKey ?? 0, payload.length)
    if (end2 !== head.length || Buffer.compare(head, bytes.subarray(0, head.length)) !== 0)
      return `writeHeader writes frame ${index} otherwise`
    const fault = maskingKey === null ? null : checkMasks(payload, maskingKey, bytes.subarray(head.length))
    if (fault !== null) return `${fault} of frame ${index}`
    at = Number(read.end)
  }
  return at === written.length ? null : 'there is more than the frames'
}

/** Masking in two steps, from any octet on, is masking in one. */
function checkMasks(payload: Uint8Array, key: number, masked: Uint8Array): string | null {
  const cut = payload.length >> 1
  const inPlace = payload.slice()
  maskInPlace(inPlace, 0, cut, key)
  maskInPlace(inPlace, cut, inPlace.length, key, cut)
  if (Buffer.compare(inPlace, masked) !== 0) return 'maskInPlace'
  const target = new Uint8Array(payload.length + 3)
  maskInto(payload, cut, payload.length, target, cut + 3, key, cut)
  maskInto(payload, 0, cut, target, 3, key)
  return Buffer.compare(target.subarray(3), masked) === 0 ? null : 'maskInto'
}

export const frameWriter = defineFuzzer<Input>({
  name: 'frame-writer',
  about: 'OutputBuffer, encodeFrame, writeHeader and masking, read back by an obvious reader',
  weight: 1,
  generate: (random) => ({ frames: Array.from({ length: 1 + random.size(6) }, () => randomFrame(random)) }),
  check,
  show: ({ frames }) =>
    JSON.stringify(frames, (_, value) => (value instanceof Uint8Array ? toHex(value) : value)),
  shrink: function* ({ frames }) {
    for (let i = 0; i < frames.length; i++) yield { frames: frames.filter((_, index) => index !== i) }
  },
})
