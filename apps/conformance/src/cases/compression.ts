/** Categories 12 and 13: a thousand messages over permessage-deflate (RFC 7692), over payloads and over parameters. */
import type { CaseDraft, CompressionPlan, CorpusName, DeflateRequest } from './case.ts'
import { CLOSED_BY_RUNNER } from './case.ts'

interface Size {
  /** Code points of text, octets of binary messages. */
  readonly length: number
  readonly fragment: number
  readonly timeoutMs: number
}

const SIZES: readonly Size[] = [
  { length: 16, fragment: 0, timeoutMs: 60_000 },
  { length: 64, fragment: 0, timeoutMs: 60_000 },
  { length: 256, fragment: 0, timeoutMs: 120_000 },
  { length: 1024, fragment: 0, timeoutMs: 240_000 },
  ...[
    { length: 4096, fragment: 0 },
    { length: 8192, fragment: 0 },
    { length: 16_384, fragment: 0 },
    { length: 32_768, fragment: 0 },
    { length: 65_536, fragment: 0 },
    { length: 131_072, fragment: 0 },
    { length: 8192, fragment: 256 },
    { length: 16_384, fragment: 256 },
    { length: 32_768, fragment: 256 },
    { length: 65_536, fragment: 256 },
    { length: 131_072, fragment: 256 },
    { length: 131_072, fragment: 1024 },
    { length: 131_072, fragment: 4096 },
    { length: 131_072, fragment: 32_768 },
  ].map((size) => ({ ...size, timeoutMs: 480_000 })),
]

/** Messages of every case. */
const COUNT = 1000

const CORPORA: readonly { readonly name: CorpusName; readonly section: string; readonly unit: string }[] = [
  { name: 'json', section: 'JSON, as text', unit: 'code points' },
  { name: 'bitmap', section: 'A greyscale bitmap, as binary', unit: 'octets' },
  { name: 'prose', section: 'Prose, as binary', unit: 'octets' },
  { name: 'html', section: 'HTML with non-ASCII letters, as text', unit: 'code points' },
  { name: 'packed', section: 'Octets that are compressed already, as binary', unit: 'octets' },
]

/** `server_no_context_takeover` and `server_max_window_bits` of each offer, in the order of preference. */
const REQUESTS: readonly (readonly DeflateRequest[])[] = [
  [{ noContextTakeover: false, maxWindowBits: 0 }],
  [{ noContextTakeover: true, maxWindowBits: 0 }],
  [{ noContextTakeover: false, maxWindowBits: 9 }],
  [{ noContextTakeover: false, maxWindowBits: 15 }],
  [{ noContextTakeover: true, maxWindowBits: 9 }],
  [{ noContextTakeover: true, maxWindowBits: 15 }],
  [
    { noContextTakeover: true, maxWindowBits: 9 },
    { noContextTakeover: true, maxWindowBits: 0 },
    { noContextTakeover: false, maxWindowBits: 0 },
  ],
]
const NO_REQUESTS: readonly DeflateRequest[] = [{ noContextTakeover: false, maxWindowBits: 0 }]

function requestInWords({ noContextTakeover, maxWindowBits }: DeflateRequest): string {
  const parts = [
    ...(noContextTakeover ? ['no context takeover'] : []),
    ...(maxWindowBits === 0 ? [] : [`a window of ${maxWindowBits} bits`]),
  ]
  return parts.length === 0 ? 'nothing special' : parts.join(' and ')
}

function draft(
  id: string,
  section: string,
  corpus: CorpusName,
  unit: string,
  size: Size,
  requests: readonly DeflateRequest[],
): CaseDraft {
  const plan: CompressionPlan = {
    kind: 'compression',
    corpus,
    length: size.length,
    count: COUNT,
    fragment: size.fragment,
    timeoutMs: size.timeoutMs,
    requests,
    close: CLOSED_BY_RUNNER,
  }
  const cut = size.fragment === 0 ? '' : `, compressed octets cut into frames of ${size.fragment}`
  return {
    id,
    section,
    title: `${COUNT} messages of ${size.length} ${unit}${cut}`,
    description: `${COUNT} compressed messages of ${size.length} ${unit}, a window that moves over the corpus${cut}; each is sent when the one before is back.`,
    expectation: `Every message comes back unchanged, all within ${size.timeoutMs / 1000} s. Without permessage-deflate: UNIMPLEMENTED.`,
    heavy: true,
    plan,
  }
}

export const payloadCompression: readonly CaseDraft[] = CORPORA.flatMap(({ name, section, unit }, group) =>
  SIZES.map((size, index) => draft(`12.${group + 1}.${index + 1}`, section, name, unit, size, NO_REQUESTS)),
)

export const parameterCompression: readonly CaseDraft[] = REQUESTS.flatMap((requests, group) =>
  SIZES.map((size, index) =>
    draft(
      `13.${group + 1}.${index + 1}`,
      `The runner asks for ${requests.map(requestInWords).join(', else ')}`,
      'json',
      'code points',
      size,
      requests,
    ),
  ),
)
