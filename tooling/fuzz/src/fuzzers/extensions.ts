/** Values of Sec-WebSocket-Extensions, parsed and written again, and negotiated as RFC 7692 says. */
import { type Extension, formatExtensions, parseExtensions, parseSubprotocols } from '@hybi/handshake'
import { acceptOffer, checkAnswer, offer, type PermessageDeflateOptions } from '@hybi/permessage-deflate'
import { randomExtensions } from '../corpus/extensions.ts'
import { defineFuzzer } from '../fuzzer.ts'
import { readExtensions, TOKEN } from '../model/head.ts'
import type { Random } from '../random.ts'

interface Input {
  readonly values: readonly string[]
  readonly options: PermessageDeflateOptions
}

/** A value this long is parsed in well under a millisecond. */
const LONG = 4000
const MOST_MS = 200
const WINDOW_BITS = /^(8|9|1[0-5])$/

function generate(random: Random): Input {
  const bits = (): number | undefined => (random.oneIn(2) ? undefined : random.between(8, 15))
  return {
    values: Array.from({ length: random.oneIn(5) ? random.below(3) : 1 }, () => randomExtensions(random)),
    options: {
      serverNoContextTakeover: random.oneIn(2),
      clientNoContextTakeover: random.oneIn(2),
      serverMaxWindowBits: bits(),
      clientMaxWindowBits: bits(),
    },
  }
}

function check({ values, options }: Input): string | null {
  const startedAt = performance.now()
  const parsed = parseExtensions(values)
  if (values.join().length > LONG && performance.now() - startedAt > MOST_MS) {
    const againAt = performance.now()
    parseExtensions(values)
    if (performance.now() - againAt > MOST_MS) return 'took too long'
  }
  // The expression of the model is not made for lengths.
  if (values.join().length <= LONG) {
    const expected = readExtensions(values)
    if (JSON.stringify(parsed) !== JSON.stringify(expected))
      return `parsed ${JSON.stringify(parsed)} instead of ${JSON.stringify(expected)}`
  }
  return checkSubprotocols(values) ?? (parsed === null ? null : checkParsed(parsed, options))
}

function checkSubprotocols(values: readonly string[]): string | null {
  const elements = values
    .flatMap((value) => value.split(/[ \t]*,[ \t]*/))
    .map((element) => element.replace(/^[ \t]+|[ \t]+$/g, ''))
  const listed = elements.filter((element) => element !== '')
  const right =
    listed.every((element) => new RegExp(`^${TOKEN}$`).test(element)) &&
    new Set(listed).size === listed.length
  const expected = values.length === 0 ? [] : right && listed.length > 0 ? listed : null
  const parsed = parseSubprotocols(values)
  return JSON.stringify(parsed) === JSON.stringify(expected)
    ? null
    : `subprotocols ${JSON.stringify(parsed)} instead of ${JSON.stringify(expected)}`
}

function checkParsed(parsed: readonly Extension[], options: PermessageDeflateOptions): string | null {
  if (
    parsed.length > 0 &&
    JSON.stringify(parseExtensions([formatExtensions(parsed)])) !== JSON.stringify(parsed)
  )
    return 'what is formatted is parsed as something else'
  const accepted = acceptOffer(parsed, options)
  const legal = parsed.filter(isLegalOffer)
  if (accepted === null) {
    // A server that insists on a smaller window of the client can only have it from one that offers it.
    const insists = (options.clientMaxWindowBits ?? 15) !== 15
    const possible = legal.filter(
      ({ parameters }) => !insists || parameters.some(([name]) => name === 'client_max_window_bits'),
    )
    return possible.length === 0 ? null : `declined ${JSON.stringify(possible)}`
  }
  if (legal.length === 0) return `accepted ${JSON.stringify(accepted)} of no legal offer`
  return checkAnswerFor(accepted.answer, legal, options)
}

/** RFC 7692, 7.1: known parameters, each at most once, with the values they may have in an offer. */
function isLegalOffer({ name, parameters }: Extension): boolean {
  const names = parameters.map(([key]) => key)
  return (
    name === 'permessage-deflate' &&
    new Set(names).size === names.length &&
    parameters.every(([key, value]) => {
      if (key === 'server_no_context_takeover' || key === 'client_no_context_takeover') return value === null
      if (key === 'server_max_window_bits') return value !== null && WINDOW_BITS.test(value)
      return key === 'client_max_window_bits' && (value === null || WINDOW_BITS.test(value))
    })
  )
}

/** The client that made one of the offers must be able to take the answer, and our own client takes what our server answers. */
function checkAnswerFor(
  answer: Extension,
  legal: readonly Extension[],
  options: PermessageDeflateOptions,
): string | null {
  const taken = legal.some((offered) => checkAnswer(answer, offered, {}).ok)
  if (!taken) return `no client takes ${JSON.stringify(answer)}`
  const own = offer(options)
  const ours = acceptOffer([own], {})
  if (ours === null) return `our server declines ${JSON.stringify(own)}`
  const checked = checkAnswer(ours.answer, own, options)
  if (!checked.ok) return `our client refuses ${JSON.stringify(ours.answer)}: ${checked.text}`
  const { parameters } = ours
  const agreed = checked.parameters
  return agreed.serverMaxWindowBits >= parameters.serverMaxWindowBits &&
    agreed.clientMaxWindowBits <= parameters.clientMaxWindowBits &&
    (!agreed.serverNoContextTakeover || parameters.serverNoContextTakeover) &&
    (!parameters.clientNoContextTakeover || agreed.clientNoContextTakeover)
    ? null
    : `the ends understand ${JSON.stringify([parameters, agreed])}`
}

export const extensions = defineFuzzer<Input>({
  name: 'extensions',
  about:
    'Sec-WebSocket-Extensions and -Protocol: the grammar against expressions, negotiation against the text of RFC 7692',
  weight: 2,
  generate,
  check,
  show: (input) => JSON.stringify(input),
})
