/** What one end compresses, the other end and an obvious reader read: any parameters, with and without context takeover. */
import { createTransform, type Parameters } from '@hybi/permessage-deflate'
import { randomPlain } from '../corpus/deflated.ts'
import { defineFuzzer } from '../fuzzer.ts'
import { inflateMessage } from '../model/inflate.ts'
import { concat, toHex } from '../octets.ts'
import type { Random } from '../random.ts'

interface Input {
  readonly windowBits: number
  readonly takeover: boolean
  readonly level: number
  /** The fragments of each message. */
  readonly messages: readonly (readonly Uint8Array[])[]
}

const LIMIT = 1_000_000
const WINDOW_MAX = 32_768

function generate(random: Random): Input {
  const fragments = (): Uint8Array[] =>
    Array.from({ length: random.oneIn(5) ? 1 + random.size(3) : 1 }, () =>
      randomPlain(random, random.oneIn(10) ? 3000 : 300),
    )
  return {
    windowBits: random.oneIn(2) ? 15 : random.between(8, 15),
    takeover: random.oneIn(2),
    level: random.oneIn(2) ? 6 : random.below(10),
    messages: Array.from({ length: 1 + random.size(3) }, fragments),
  }
}

async function check({ windowBits, takeover, level, messages }: Input): Promise<string | null> {
  const parameters: Parameters = {
    serverNoContextTakeover: !takeover,
    clientNoContextTakeover: true,
    serverMaxWindowBits: windowBits,
    clientMaxWindowBits: 15,
  }
  const server = createTransform(parameters, 'server', { level })
  const client = createTransform(parameters, 'client')
  let history = new Uint8Array(0)
  try {
    for (const [index, fragments] of messages.entries()) {
      const plain = concat(fragments)
      const payloads: Uint8Array[] = []
      const decoded: Uint8Array[] = []
      for (const [at, fragment] of fragments.entries()) {
        const fin = at === fragments.length - 1
        const encoding = server.encode(fragment, fin)
        const payload = encoding instanceof Promise ? await encoding : encoding
        if (!(payload instanceof Uint8Array)) return `message ${index} was not encoded: ${payload.failure}`
        payloads.push(payload)
        const decoding = client.decode(payload.slice(), true, fin, LIMIT)
        const text = decoding instanceof Promise ? await decoding : decoding
        if (!(text instanceof Uint8Array)) return `message ${index} was not decoded: ${text.failure}`
        decoded.push(text)
      }
      if (Buffer.compare(concat(decoded), plain) !== 0)
        return `message ${index} became ${toHex(concat(decoded))}`
      const model = inflateMessage(concat(payloads), windowBits, history)
      if (!model.valid || Buffer.compare(model.text, plain) !== 0)
        return `message ${index} is wrong on the wire`
      if (takeover) history = concat([history, plain]).slice(-WINDOW_MAX)
    }
    return null
  } finally {
    server.release()
    client.release()
  }
}

export const deflateRoundTrip = defineFuzzer<Input>({
  name: 'deflate-round-trip',
  about: 'what one end compresses, the other end and an obvious reader read, with any parameters',
  weight: 2,
  generate,
  check,
  show: ({ messages, ...rest }) =>
    JSON.stringify({ ...rest, messages: messages.map((own) => own.map(toHex)) }),
  shrink: function* (input) {
    for (let i = 0; i < input.messages.length; i++)
      yield { ...input, messages: input.messages.filter((_, index) => index !== i) }
  },
})
