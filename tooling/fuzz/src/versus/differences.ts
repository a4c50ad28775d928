/** Where other implementations see the same octets differently, and why that is right here: a row for each reason. */
import { type Violation, violations } from '@hybi/session'
import type { PeerView } from './stream-peer.ts'

/** What our session made of a stream. */
export interface OwnView {
  readonly events: string
  readonly violation: Violation | undefined
  /** The stream ends between two frames, or behind a Close. */
  readonly complete: boolean
}

export interface Difference {
  readonly peers: readonly string[]
  readonly reason: string
  explains(ours: OwnView, theirs: PeerView): boolean
}

const BYTE_ORDER_MARK = '\xef\xbb\xbf'

/** What we saw, they saw as well, and perhaps more. */
const sawAtLeast = (ours: OwnView, theirs: PeerView): boolean => theirs.events.startsWith(ours.events)

const differences: readonly Difference[] = [
  {
    peers: ['ws', 'undici'],
    reason: 'we fail at the first octet that makes a text impossible (8.1), they when the message is whole',
    explains: (ours, theirs) => ours.violation === violations.textNotUtf8 && sawAtLeast(ours, theirs),
  },
  {
    peers: ['ws', 'undici'],
    reason: 'we insist on the shortest form of a length (5.2), they take any',
    explains: (ours, theirs) => ours.violation === violations.lengthNotMinimal && sawAtLeast(ours, theirs),
  },
  {
    peers: ['ws', 'undici'],
    reason: 'a length with its top bit set breaks the protocol (5.2: 1002); they call it too big (1009)',
    explains: (ours, theirs) =>
      ours.violation === violations.lengthTopBit && theirs.failure === 1009 && ours.events === theirs.events,
  },
  {
    peers: ['ws', 'undici'],
    reason: 'they judge the first two octets of a header and the rest later, we the whole header at once',
    explains: (ours, theirs) =>
      ours.violation === undefined &&
      !ours.complete &&
      theirs.failure !== null &&
      ours.events === theirs.events,
  },
  {
    peers: ['ws', 'undici'],
    reason: 'we judge a Close as soon as it can be known to be wrong, they when it is whole',
    explains: (ours, theirs) =>
      (ours.violation === violations.closeCodeReserved || ours.violation === violations.closeReasonNotUtf8) &&
      !ours.complete &&
      theirs.failure === null &&
      ours.events === theirs.events,
  },
  {
    peers: ['undici'],
    reason:
      'undici takes up to two byte order marks off the reason of a Close; they are part of the reason (7.1.6)',
    explains: (ours, theirs) => {
      const close = ours.events.lastIndexOf('close ')
      const [before, line] = [ours.events.slice(0, close), ours.events.slice(close)]
      const once = line.replace(BYTE_ORDER_MARK, '')
      const stripped = [once, once.replace(BYTE_ORDER_MARK, '')].map((rest) => before + rest)
      return ours.violation === undefined && theirs.failure === null && stripped.includes(theirs.events)
    },
  },
  {
    peers: ['undici'],
    reason:
      'undici measures a short frame as if it were of the kind of the frame before it, so that its limit holds too early or too late',
    explains: (ours, theirs) =>
      (ours.violation === violations.messageTooBig && sawAtLeast(ours, theirs)) ||
      (theirs.failure === 1009 && ours.events.startsWith(theirs.events)),
  },
]

/** The first row that explains a difference; null when none does. */
export function explanationOf(peer: string, ours: OwnView, theirs: PeerView): Difference | null {
  return differences.find((row) => row.peers.includes(peer) && row.explains(ours, theirs)) ?? null
}
