/** Payloads of compressed messages, right and damaged, in frames and parts, against DEFLATE read bit by bit. */
import { createTransform } from '@hybi/permessage-deflate'
import { randomDeflated } from '../corpus/deflated.ts'
import { explain } from '../explained.ts'
import { defineFuzzer, type Fuzzer } from '../fuzzer.ts'
import { inflateMessage } from '../model/inflate.ts'
import { smaller } from '../mutate.ts'
import { concat, toHex } from '../octets.ts'

interface Input {
  readonly payload: Uint8Array
  readonly windowBits: number
  readonly limit: number
  /** Where frames end, and where parts of frames do; both before the end of the payload. */
  readonly frames: readonly number[]
  readonly parts: readonly number[]
  /** Taken in portions, as in streamed receive. */
  readonly atMost: number | undefined
}

const LARGE = 1_000_000
const MAX_WINDOW_BITS = 15
/** So many streams of one message are always taken; more only in proportion to its octets. */
const FREE_STREAMS = 256
/** What a receiver puts behind a payload: 00 00 ff ff, and an empty stored block with BFINAL. */
const PUT_BEHIND = Uint8Array.of(0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff)

function decodeWhole({ payload, windowBits, limit }: Input): Uint8Array | string {
  const transform = transformFor(windowBits)
  const decoded = transform.decode(payload.slice(), true, true, limit)
  if (decoded instanceof Promise) throw new Error('a small message was not decoded at once')
  transform.release()
  return decoded instanceof Uint8Array ? decoded : decoded.failure
}

async function decodeInParts({
  payload,
  windowBits,
  limit,
  frames,
  parts,
  atMost,
}: Input): Promise<Uint8Array | string> {
  const transform = transformFor(windowBits)
  const ends = [...new Set([...frames, ...parts, payload.length])].sort((a, b) => a - b)
  const pieces: Uint8Array[] = []
  let start = 0
  try {
    for (const end of ends) {
      const fin = end === payload.length
      const frameEnd = fin || frames.includes(end)
      let part = payload.slice(start, end)
      do {
        const decoded = await transform.decode(part, frameEnd, fin, limit, atMost)
        if (!(decoded instanceof Uint8Array)) return decoded.failure
        pieces.push(decoded)
        part = new Uint8Array(0)
      } while (transform.more)
      start = end
    }
    return concat(pieces)
  } finally {
    transform.release()
  }
}

const transformFor = (bits: number) =>
  createTransform(
    {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: bits,
    },
    'server',
  )

function compare({ payload, windowBits, limit }: Input, decoded: Uint8Array | string): string | null {
  // A message without any octet stands for an empty text, as some servers send it.
  const { text, valid, finals, cutInFinal } =
    payload.length === 0
      ? { text: payload, valid: true, finals: 0, cutInFinal: false }
      : inflateMessage(payload, windowBits, new Uint8Array(0))
  if (decoded === 'too-big') {
    if (text.length > limit || finals > FREE_STREAMS) return null
    // Wrong in two ways: the model stops where the window is left or the payload is cut short; an inflater may have a larger
    // window, and goes on with the octets that a receiver puts behind the payload, up to the limit.
    const beyond = inflateMessage(concat([payload, PUT_BEHIND]), MAX_WINDOW_BITS, new Uint8Array(0)).text
      .length
    return !valid && beyond > limit
      ? explain('a message that is cut short or leaves its window, and is too big, is called too big')
      : `too-big with ${text.length} octets`
  }
  if (decoded === 'invalid-data') return valid ? `invalid-data, but it is ${toHex(text)}` : null
  if (typeof decoded === 'string') return decoded
  if (text.length > limit) return `${decoded.length} octets came out under a limit of ${limit}`
  // What is put behind a payload may happen to be exactly what such a block lacks: a harm that only its sender can do to itself.
  if (cutInFinal && Buffer.compare(text, decoded.subarray(0, text.length)) === 0)
    return explain(
      'a block with BFINAL is cut short and ends with the very octets that a receiver puts behind it',
    )
  if (!valid) return `took invalid data as ${toHex(decoded)}`
  return Buffer.compare(text, decoded) === 0 ? null : `decoded ${toHex(decoded)} instead of ${toHex(text)}`
}

const fuzzerOf = (name: string, about: string, weight: number, inParts: boolean): Fuzzer =>
  defineFuzzer<Input>({
    name,
    about,
    weight,
    generate: (random) => {
      const payload = randomDeflated(random)
      const cuts = (): number[] =>
        Array.from({ length: random.size(3) }, () => random.below(payload.length + 1))
      return {
        payload,
        windowBits: random.oneIn(2) ? 15 : random.between(8, 15),
        limit: random.oneIn(4) ? random.size(2000) : LARGE,
        frames: inParts ? cuts() : [],
        parts: inParts ? cuts() : [],
        atMost: inParts && random.oneIn(3) ? 1 + random.size(1000) : undefined,
      }
    },
    check: (input) =>
      inParts
        ? decodeInParts(input).then((decoded) => compare(input, decoded))
        : compare(input, decodeWhole(input)),
    show: ({ payload, ...rest }) => `${toHex(payload)} ${JSON.stringify(rest)}`,
    shrink: function* (input) {
      for (const payload of smaller(input.payload)) {
        const within = (cuts: readonly number[]): number[] => cuts.map((cut) => Math.min(cut, payload.length))
        yield { ...input, payload, frames: within(input.frames), parts: within(input.parts) }
      }
    },
  })

export const deflateWhole = fuzzerOf(
  'deflate-whole',
  'compressed messages in one frame, right and damaged, against DEFLATE read bit by bit',
  2,
  false,
)
export const deflateParts = fuzzerOf(
  'deflate-parts',
  'the same in frames and parts, which are inflated as they arrive',
  2,
  true,
)
