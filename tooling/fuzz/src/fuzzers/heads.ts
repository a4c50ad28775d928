/** Heads of requests and responses in any chunks, read and judged, against one expression for each rule. */
import {
  checkRequest,
  checkResponse,
  createResponse,
  encodeHead,
  encodeRefusal,
  HeadReader,
  type RequestHead,
  type ResponseHead,
} from '@hybi/handshake'
import { OFFER, randomHead } from '../corpus/heads.ts'
import { cutBySizes, randomSizes } from '../cuts.ts'
import { defineFuzzer, type Fuzzer } from '../fuzzer.ts'
import { isAccepted, type ModelHead, readHead, statusFor } from '../model/head.ts'
import { smaller } from '../mutate.ts'
import { toHex, toLatin1 } from '../octets.ts'

type Kind = 'request' | 'response'

interface Input {
  readonly bytes: Uint8Array
  readonly sizes: readonly number[]
}

const MAX_BYTES = 16_384
const MAX_LINES = 100
const LONG = 8192
/** A head of 16 KiB is read in less than a millisecond; what grows with the square would be far beyond this. */
const MOST_MS = 200

/** What the reader made of it, in words that do not depend on where it was cut. */
type Reading =
  | { readonly is: 'incomplete' }
  | { readonly is: 'refused'; readonly name: string }
  | { readonly is: 'head'; readonly head: RequestHead | ResponseHead; readonly size: number }

function read(kind: Kind, bytes: Uint8Array, sizes: readonly number[]): Reading {
  const reader = new HeadReader(kind)
  let received = 0
  for (const chunk of cutBySizes(bytes, sizes)) {
    received += chunk.length
    const reading = reader.receive(chunk)
    if (reading === null) continue
    if (reading.ok) return { is: 'head', head: reading.head, size: received - reading.rest.length }
    return { is: 'refused', name: 'refusal' in reading ? reading.refusal.name : reading.failure.name }
  }
  return { is: 'incomplete' }
}

/** The head that counts, behind interim responses; and how much of the limits went into those. */
function readObviously(
  kind: Kind,
  text: string,
): { head: ModelHead; before: number; linesBefore: number } | null {
  let before = 0
  let linesBefore = 0
  for (;;) {
    const head = readHead(text.slice(before), kind)
    if (head === null) return null
    const interim = kind === 'response' && head.start[1].startsWith('1') && head.start[1] !== '101'
    if (!interim) return { head, before, linesBefore }
    before += head.size
    linesBefore = Math.max(linesBefore, head.headers.length)
  }
}

function checkReading(kind: Kind, reading: Reading, text: string): string | null {
  const expected = readObviously(kind, text)
  const size = expected === null ? 0 : expected.before + expected.head.size
  const fits =
    expected !== null &&
    size <= MAX_BYTES &&
    expected.head.headers.length <= MAX_LINES &&
    expected.linesBefore <= MAX_LINES
  if (reading.is === 'head') {
    if (!fits) return `took a head that is none: ${JSON.stringify(reading.head)}`
    if (reading.size !== size) return `the head has ${size} octets, not ${reading.size}`
    const { head } = reading
    const start =
      'method' in head
        ? [head.method, head.target, head.version]
        : [head.version, String(head.status), head.reason]
    const same =
      JSON.stringify([start, head.headers]) === JSON.stringify([expected.head.start, expected.head.headers])
    return same ? null : `read ${JSON.stringify(head)} instead of ${JSON.stringify(expected.head)}`
  }
  if (fits) return `did not take a right head: ${JSON.stringify(reading)}`
  if (reading.is === 'incomplete' && (/(?:^|[^\r])\n/.test(text) || text.length > MAX_BYTES))
    return 'waits for the end of a head that is wrong already'
  return null
}

function checkJudgement(reading: Reading, text: string): string | null {
  if (reading.is !== 'head') return null
  const { head } = reading
  const again = toLatin1(encodeHead(head))
  if ('status' in head) {
    const expected = readObviously('response', text)
    const checked = checkResponse(head, {
      ...OFFER,
      extensions: OFFER.extensions.map((name) => ({ name, parameters: [] })),
    })
    const accepted = expected !== null && isAccepted(expected.head, OFFER)
    if (checked.ok !== accepted)
      return `${accepted ? 'failed' : 'accepted'} ${again}: ${JSON.stringify(checked)}`
    return null
  }
  const expected = readHead(text, 'request')
  const status = expected === null ? 0 : statusFor(expected)
  const checked = checkRequest(head)
  if ((checked.ok ? 101 : checked.refusal.status) !== status)
    return `answered ${JSON.stringify(checked)} instead of ${status} to ${again}`
  const answer = checked.ok ? encodeHead(createResponse(checked.value)) : encodeRefusal(checked.refusal)
  const [, said] = readHead(toLatin1(answer), 'response')?.start ?? []
  return said === String(status) ? null : `the answer is not a head that says ${status}`
}

function check(kind: Kind, { bytes, sizes }: Input): string | null {
  const text = toLatin1(bytes)
  const startedAt = performance.now()
  const whole = read(kind, bytes, [bytes.length || 1])
  const judged = checkJudgement(whole, text)
  if (bytes.length > LONG && performance.now() - startedAt > MOST_MS) {
    const againAt = performance.now()
    read(kind, bytes, [bytes.length])
    if (performance.now() - againAt > MOST_MS) return `a head of ${bytes.length} octets took too long`
  }
  const inParts = read(kind, bytes, sizes)
  if (JSON.stringify(inParts) !== JSON.stringify(whole))
    return `in parts ${JSON.stringify(inParts)}, whole ${JSON.stringify(whole)}`
  return checkReading(kind, whole, text) ?? judged
}

const fuzzerOf = (kind: Kind): Fuzzer =>
  defineFuzzer<Input>({
    name: `${kind}-head`,
    about: `heads of ${kind}s in any chunks, read and judged, against one expression for each rule`,
    weight: 2,
    generate: (random) => {
      const bytes = randomHead(random, kind)
      return { bytes, sizes: randomSizes(random, bytes.length) }
    },
    check: (input) => check(kind, input),
    show: ({ bytes, sizes }) => `${toHex(bytes)} = ${JSON.stringify(toLatin1(bytes))} in ${sizes.join(', ')}`,
    shrink: function* ({ bytes, sizes }) {
      for (const fewer of smaller(bytes)) yield { bytes: fewer, sizes }
    },
  })

export const requestHead = fuzzerOf('request')
export const responseHead = fuzzerOf('response')
