/** Text and damaged text, pushed in any pieces, against the table of RFC 3629 and the platform's decoder. */
import { isUtf8, Utf8Validator } from '@hybi/utf8'
import { randomText } from '../corpus/texts.ts'
import { defineFuzzer } from '../fuzzer.ts'
import { readText } from '../model/utf8.ts'
import { mutate, smaller } from '../mutate.ts'
import { toHex } from '../octets.ts'
import type { Random } from '../random.ts'

interface Input {
  readonly bytes: Uint8Array
  /** Where it is cut. */
  readonly cuts: readonly number[]
}

const strict = new TextDecoder('utf-8', { fatal: true })

function generate(random: Random): Input {
  const text = randomText(random, random.size(random.oneIn(8) ? 400 : 40))
  const bytes = random.oneIn(4) ? text : mutate(random, text, randomText(random, 8))
  const cuts = Array.from({ length: random.size(6) }, () => random.below(bytes.length + 1))
  return { bytes, cuts: cuts.sort((a, b) => a - b) }
}

function check({ bytes, cuts }: Input): string | null {
  const { possible, complete } = readText(bytes)
  if (isUtf8(bytes) !== complete) return `isUtf8 says ${String(!complete)}`
  if (decodes(bytes) !== complete) return 'the model and TextDecoder disagree'
  const pushed = new Utf8Validator()
  const accepted = new Utf8Validator()
  let start = 0
  for (const end of [...cuts, bytes.length]) {
    const stands = pushed.push(bytes, start, end)
    if (stands !== possible >= end) return `push up to ${end} says ${stands}`
    if (accepted.valid) {
      const count = accepted.accept(bytes, start, end)
      const right = Math.min(end, possible) - start
      if (count !== right) return `accept from ${start} to ${end} says ${count}, not ${right}`
    }
    start = end
  }
  return pushed.complete === complete ? null : `complete is ${pushed.complete}`
}

function decodes(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes)
    return true
  } catch {
    return false
  }
}

export const utf8 = defineFuzzer<Input>({
  name: 'utf8',
  about: 'isUtf8 and Utf8Validator in any pieces, against the table of RFC 3629 and TextDecoder',
  weight: 1,
  generate,
  check,
  show: ({ bytes, cuts }) => `${toHex(bytes)} cut at ${cuts.join(', ')}`,
  shrink: function* ({ bytes, cuts }) {
    for (const fewer of smaller(bytes))
      yield { bytes: fewer, cuts: cuts.map((cut) => Math.min(cut, fewer.length)) }
  },
})
