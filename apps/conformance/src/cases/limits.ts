/** Category 9: large messages, many fragments, small TCP writes and round trips. Content is not compared, kind and length are. */
import type { CaseDraft, EchoPlan, RoundsPlan } from './case.ts'
import { CLOSED_BY_RUNNER } from './case.ts'
import { binary, closeAfter, message, type Step, text } from './step.ts'

const TEXT_PATTERN = 'BAsd7&jh23'
const BINARY_PATTERN = Uint8Array.of(0x00, 0xfe, 0x23, 0xfa, 0xf0)
const KIB = 1024
const MIB = 1024 * KIB
const COMES_BACK = 'A message of the same kind and length comes back in time.'

const size = (octets: number): string =>
  octets >= MIB ? `${octets / MIB} MiB` : octets >= KIB ? `${octets / KIB} KiB` : `${octets} octets`
const kindOf = (isBinary: boolean): string => (isBinary ? 'binary' : 'text')

const echo = (isBinary: boolean, length: number, patienceMs: number, send: Step): EchoPlan => ({
  kind: 'echo',
  steps: [send, closeAfter(patienceMs)],
  binary: isBinary,
  length,
  close: CLOSED_BY_RUNNER,
})

const bulk = (isBinary: boolean, length: number, chop?: number): Step => {
  const options = chop === undefined ? { repeatTo: length } : { repeatTo: length, chop }
  return isBinary ? binary(BINARY_PATTERN, options) : text(TEXT_PATTERN, options)
}

const WHOLE_LENGTHS = [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB]
/** Text of 1 and 4 MiB gets more time than binary, as in Autobahn. */
const patienceFor = (isBinary: boolean, length: number): number =>
  length > 4 * MIB || (!isBinary && length >= MIB) ? 100_000 : 10_000

const whole = [false, true].flatMap((isBinary) =>
  WHOLE_LENGTHS.map(
    (length, index): CaseDraft => ({
      id: `9.${isBinary ? 2 : 1}.${index + 1}`,
      section: `One ${kindOf(isBinary)} frame, growing`,
      title: `${kindOf(isBinary)} of ${size(length)}`,
      description: `One ${kindOf(isBinary)} frame of ${size(length)}.`,
      expectation: COMES_BACK,
      plan: echo(isBinary, length, patienceFor(isBinary, length), bulk(isBinary, length)),
    }),
  ),
)

const FRAGMENTED_LENGTH = 4 * MIB
const FRAGMENTS = [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB]

const fragmented = [false, true].flatMap((isBinary) =>
  FRAGMENTS.map((fragment, index): CaseDraft => {
    const pattern = isBinary ? Uint8Array.of(0xfe) : '*'
    return {
      id: `9.${isBinary ? 4 : 3}.${index + 1}`,
      section: `Fragmented ${kindOf(isBinary)} message, growing fragments`,
      title: `${size(FRAGMENTED_LENGTH)} of ${kindOf(isBinary)} in fragments of ${size(fragment)}`,
      description:
        fragment === FRAGMENTED_LENGTH
          ? `A ${kindOf(isBinary)} message of ${size(FRAGMENTED_LENGTH)} that fits into one fragment.`
          : `A ${kindOf(isBinary)} message of ${size(FRAGMENTED_LENGTH)} in ${FRAGMENTED_LENGTH / fragment} frames and a last empty one.`,
      expectation: COMES_BACK,
      plan: echo(
        isBinary,
        FRAGMENTED_LENGTH,
        100_000,
        message(pattern, { binary: isBinary, repeatTo: FRAGMENTED_LENGTH, fragment }),
      ),
    }
  }),
)

const CHOPS = [64, 128, 256, 512, KIB, 2 * KIB]

const chopped = [false, true].flatMap((isBinary) =>
  CHOPS.map(
    (chop, index): CaseDraft => ({
      id: `9.${isBinary ? 6 : 5}.${index + 1}`,
      section: `One ${kindOf(isBinary)} frame, growing TCP writes`,
      title: `1 MiB of ${kindOf(isBinary)}, ${chop} octets a write`,
      description: `One ${kindOf(isBinary)} frame of 1 MiB, written ${chop} octets at a time.`,
      expectation: COMES_BACK,
      plan: echo(isBinary, MIB, 1_000_000, bulk(isBinary, MIB, chop)),
    }),
  ),
)

const ROUNDS = [
  { length: 0, timeoutMs: 60_000 },
  { length: 16, timeoutMs: 60_000 },
  { length: 64, timeoutMs: 60_000 },
  { length: 256, timeoutMs: 120_000 },
  { length: 1024, timeoutMs: 240_000 },
  { length: 4096, timeoutMs: 480_000 },
]

const rounds = [false, true].flatMap((isBinary) =>
  ROUNDS.map(({ length, timeoutMs }, index): CaseDraft => {
    const plan: RoundsPlan = {
      kind: 'rounds',
      binary: isBinary,
      length,
      count: 1000,
      timeoutMs,
      close: CLOSED_BY_RUNNER,
    }
    return {
      id: `9.${isBinary ? 8 : 7}.${index + 1}`,
      section: `${isBinary ? 'Binary' : 'Text'} round trips, growing`,
      title: `1000 round trips of ${length} octets of ${kindOf(isBinary)}`,
      description: `1000 ${kindOf(isBinary)} messages of ${length} octets, each sent when the one before is back.`,
      expectation: `All come back with the same kind and length within ${timeoutMs / 1000} s.`,
      plan,
    }
  }),
)

export const limits: readonly CaseDraft[] = [...whole, ...fragmented, ...chopped, ...rounds].map((draft) => ({
  ...draft,
  heavy: true,
}))
