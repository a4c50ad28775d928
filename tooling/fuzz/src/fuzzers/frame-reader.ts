/** Any octets, cut anywhere, taken apart by FrameReader and by a reader that is obviously right. */
import { FrameReader, Step } from '@hybi/frame'
import { randomStream } from '../corpus/frames.ts'
import { cutBySizes, randomSizes } from '../cuts.ts'
import { defineFuzzer } from '../fuzzer.ts'
import { readFrame } from '../model/frames.ts'
import { smaller } from '../mutate.ts'
import { toHex, toLatin1 } from '../octets.ts'
import type { Random } from '../random.ts'

interface Input {
  readonly bytes: Uint8Array
  readonly sizes: readonly number[]
  /** The driver uses its buffer again: unread octets are kept before it does. */
  readonly transient: boolean
  /** Several chunks are handed over at once. */
  readonly queued: boolean
}

const generate = (random: Random): Input => {
  const bytes = randomStream(random, random.oneIn(2) ? 'server' : 'client')
  return {
    bytes,
    sizes: randomSizes(random, bytes.length),
    transient: random.oneIn(2),
    queued: random.oneIn(2),
  }
}

/** All frames of a stream as text; the last one may lack an end. */
function readObviously(bytes: Uint8Array): string {
  let said = ''
  for (let at = 0; ; ) {
    const frame = readFrame(bytes, at)
    if (frame === null) return `${said}rest ${bytes.length - at}`
    const { fin, rsv, opcode, masked, maskingKey, length, lengthBytes, payload, whole, end } = frame
    said += `[${fin} ${rsv} ${opcode} ${masked} ${maskingKey} ${Number(length)} ${lengthBytes} ${toLatin1(payload)}${whole ? ']' : ''}`
    if (!whole) return `${said}rest 0`
    at = Number(end)
  }
}

function readByReader({ bytes, sizes, transient, queued }: Input): string {
  const reader = new FrameReader()
  let said = ''
  const pull = (most: number): void => {
    for (let steps = 0; steps < most; steps++) {
      const step = reader.next()
      if (step === Step.NEED_DATA) return
      if (step === Step.HEADER) {
        const { fin, rsv, opcode, masked, maskingKey, payloadLength, lengthBytes } = reader.header
        said += `[${fin} ${rsv} ${opcode} ${masked} ${maskingKey} ${payloadLength} ${lengthBytes} `
      } else if (step === Step.PAYLOAD) said += toLatin1(reader.chunk.subarray(reader.start, reader.end))
      else said += ']'
    }
  }
  for (const chunk of cutBySizes(bytes, sizes)) {
    reader.receive(chunk)
    if (transient) {
      // Some steps at once, the rest when the memory is not the reader's any more.
      pull(3)
      reader.keepUnread()
      chunk.fill(0xee)
    }
    if (!queued) pull(Infinity)
  }
  pull(Infinity)
  return `${said}rest ${reader.buffered}`
}

function check(input: Input): string | null {
  const expected = readObviously(input.bytes)
  const said = readByReader(input)
  return said === expected ? null : `read ${JSON.stringify(said)}\ninstead of ${JSON.stringify(expected)}`
}

export const frameReader = defineFuzzer<Input>({
  name: 'frame-reader',
  about: 'FrameReader on any octets in any chunks, queued and lent, against an obvious reader',
  weight: 1,
  generate,
  check,
  show: ({ bytes, ...rest }) => `${toHex(bytes)} ${JSON.stringify(rest)}`,
  shrink: function* (input) {
    for (const bytes of smaller(input.bytes)) yield { ...input, bytes }
  },
})
