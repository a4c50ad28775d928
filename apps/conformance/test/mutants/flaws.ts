/**
 * The mutants: endpoints that are right but for one thing. Each flaw is a row of the session's violations table that is left out,
 * or one behaviour that has no row there. What a flaw does is in `echo-endpoint.ts` and its neighbours.
 */
import { violations } from '@hybi/session'
import type { PeerRole } from '../../src/record.ts'

export interface FlawRow {
  /** What the endpoint does wrong, in a few words. */
  readonly says: string
  readonly roles: readonly PeerRole[]
}

const BOTH: readonly PeerRole[] = ['server', 'client']
const SERVER: readonly PeerRole[] = ['server']
const CLIENT: readonly PeerRole[] = ['client']

/** Rows that no octets of a peer can lead to by themselves: the driver's own limit, and an error of the application. */
export const ROWS_OF_THE_DRIVER = ['pendingOutputTooBig', 'internalError'] as const

type RowName = Exclude<keyof typeof violations, (typeof ROWS_OF_THE_DRIVER)[number]>

const rolesOfRow: Partial<Record<RowName, readonly PeerRole[]>> = {
  unmaskedFrame: SERVER,
  maskedFrame: CLIENT,
}

const rowNames = Object.keys(violations).filter(
  (name): name is RowName => !ROWS_OF_THE_DRIVER.some((driver) => driver === name),
)

/** One mutant a row of the violations table: the rule is not there. */
export const rowFlaws: ReadonlyMap<string, FlawRow> = new Map(
  rowNames.map((name) => [
    name,
    { says: `does not refuse: ${violations[name].name}`, roles: rolesOfRow[name] ?? BOTH },
  ]),
)

const behaviours = {
  // Failing and closing.
  dropsWithoutClose: { says: 'drops TCP without a Close frame when it fails the connection', roles: BOTH },
  failsWithNormal: { says: 'fails the connection with status 1000', roles: BOTH },
  resetsWhenFailing: { says: 'resets TCP when it fails the connection', roles: BOTH },
  losesEchoWhenFailing: { says: 'throws away what it had to send when it fails the connection', roles: BOTH },
  waitsWhenFailing: { says: 'waits for the answer to its Close before it ends TCP', roles: BOTH },
  neverEndsTcp: { says: 'leaves it to the client to end TCP', roles: SERVER },
  endsTcpFirst: { says: 'ends TCP as soon as it has answered Close', roles: CLIENT },
  ignoresClose: { says: 'does not answer Close', roles: BOTH },
  answersCloseTwice: { says: 'answers every Close frame', roles: BOTH },
  speaksAfterClose: { says: 'goes on echoing and answering pings after its Close', roles: BOTH },
  answersAnotherCode: { says: 'answers every Close with 1000', roles: BOTH },
  writesNoStatus: { says: 'answers an empty Close with 1005 on the wire', roles: BOTH },
  readsReasonFromStart: { says: 'takes the status code for a part of the reason', roles: BOTH },
  knowsOldCodesOnly: { says: 'refuses 1012, 1013 and 1014', roles: BOTH },
  finishesMessageBeforeClose: { says: 'does not look at a Close inside a fragmented message', roles: BOTH },
  ignoresFin: { says: 'does not answer FIN', roles: BOTH },
  ignoresFinInFrame: { says: 'does not answer FIN inside a frame', roles: BOTH },
  diesOnFin: { says: 'resets TCP when FIN comes', roles: BOTH },
  judgesAfterClose: { says: 'fails the connection for an illegal frame after Close', roles: BOTH },

  // Messages and frames.
  echoesAsBinary: { says: 'echoes text as binary', roles: BOTH },
  losesPipelined: { says: 'reads one frame of each chunk and forgets the rest', roles: BOTH },
  needsWholeHeaders: { says: 'cannot read a header that is cut by the end of a chunk', roles: BOTH },
  writesLongLengths: { says: 'writes every length in eight octets', roles: BOTH },
  masksAsServer: { says: 'masks its frames', roles: SERVER },
  leavesUnmasked: { says: 'does not mask its frames', roles: CLIENT },
  usesOneKey: { says: 'masks all frames with the same key', roles: CLIENT },
  stripsByteOrderMark: { says: 'drops U+FEFF at the beginning of a text', roles: BOTH },
  stopsAtNul: { says: 'ends a text at U+0000', roles: BOTH },
  smallOvertakes: { says: 'sends small messages before large ones that wait', roles: BOTH },

  // UTF-8.
  validatesAtEnd: { says: 'looks at text when the message is complete', roles: BOTH },
  validatesAtFrameEnd: { says: 'looks at text when a frame is complete', roles: BOTH },
  validatesTooEarly: { says: 'refuses a sequence that is not complete at the end of a frame', roles: BOTH },
  carriesValidator: { says: 'lets a code point begin in one message and end in the next', roles: BOTH },
  validatesBinary: { says: 'looks at binary messages as at text', roles: BOTH },
  validatesPings: { says: 'looks at the payload of pings as at text', roles: BOTH },

  // Pings.
  ignoresPings: { says: 'does not answer pings', roles: BOTH },
  emptyPongs: { says: 'sends pongs without payload', roles: BOTH },
  pongsAtMessageEnd: { says: 'answers pings when the open message is complete', roles: BOTH },
  answersFirstPing: { says: 'answers the first ping of each read alone', roles: BOTH },
  answersPongs: { says: 'answers pongs', roles: BOTH },

  // Opening handshake of a server.
  losesRestOfHead: { says: 'forgets what comes in one read with the head', roles: BOTH },
  needsWholeHead: { says: 'reads a head in one chunk or not at all', roles: BOTH },
  unchecked_upgrade: { says: 'does not look at Upgrade', roles: BOTH },
  unchecked_connection: { says: 'does not look at Connection', roles: BOTH },
  unchecked_keyMissing: { says: 'does without a key', roles: SERVER },
  unchecked_keyShape: { says: 'takes any key', roles: SERVER },
  unchecked_keyDoubled: { says: 'takes the first of two keys', roles: SERVER },
  unchecked_versionMissing: { says: 'does without a version', roles: SERVER },
  unchecked_version: { says: 'takes any version', roles: SERVER },
  unsaidVersion: { says: 'refuses a version without naming its own', roles: SERVER },
  unchecked_method: { says: 'takes any method', roles: SERVER },
  unchecked_httpVersion: { says: 'takes HTTP/1.0', roles: SERVER },
  unchecked_host: { says: 'does without a Host', roles: SERVER },
  unchecked_hostDoubled: { says: 'takes the first of two Hosts', roles: SERVER },
  unchecked_headGrammar: { says: 'takes white space before a colon, and lines without one', roles: BOTH },
  unchecked_extensionGrammar: { says: 'reads of a malformed extension header what it can', roles: BOTH },
  unchecked_body: { says: 'takes a request with a body', roles: SERVER },
  unlimitedHead: { says: 'reads a head of any size', roles: BOTH },
  comparesCase: { says: 'wants Upgrade: websocket in lower case', roles: BOTH },
  wantsUpgradeAlone: { says: 'wants Connection to be Upgrade alone', roles: BOTH },
  answersUnknownExtension: { says: 'agrees to an extension it does not know', roles: SERVER },
  answersUnknownProtocol: { says: 'answers with a subprotocol of its own', roles: SERVER },

  // Opening handshake of a client.
  unchecked_status: { says: 'does not look at the status', roles: CLIENT },
  unchecked_accept: { says: 'does not look at Sec-WebSocket-Accept', roles: CLIENT },
  unchecked_acceptCase: { says: 'compares Sec-WebSocket-Accept without regard to case', roles: CLIENT },
  unchecked_acceptDoubled: { says: 'takes the first of two Sec-WebSocket-Accept', roles: CLIENT },
  unchecked_protocol: { says: 'takes a subprotocol it did not ask for', roles: CLIENT },
  unchecked_extension: { says: 'takes an extension it did not offer', roles: CLIENT },
  shortKey: { says: 'sends a key of eight octets', roles: CLIENT },
  oldVersion: { says: 'asks for version 8', roles: CLIENT },

  // permessage-deflate.
  neverCompresses: { says: 'agrees to compress and never does', roles: BOTH },
  stopsAtFinalBlock: { says: 'cannot inflate after a block with BFINAL', roles: BOTH },
  remembersCompression: { says: 'inflates every message after a compressed one', roles: BOTH },
  refusesEmptyCompressed: { says: 'takes a compressed message without content for an error', roles: BOTH },
  forgetsContext: { says: 'inflates each message with an empty window', roles: CLIENT },
  inflatesFragments: { says: 'inflates each fragment by itself', roles: BOTH },
  ignoresWindow: { says: 'compresses with 15 bits whatever was agreed', roles: BOTH },
  ignoresNoContext: { says: 'refers to earlier messages although that was ruled out', roles: BOTH },
  acceptsIllegalOffers: { says: 'agrees to offers that are not legal', roles: SERVER },
  takesFirstOfferOnly: { says: 'looks at the first offer alone', roles: SERVER },
  widensWindow: { says: 'answers with a larger window than was asked for', roles: SERVER },
  leavesNoContextUnsaid: { says: 'does not repeat server_no_context_takeover', roles: SERVER },
  limitsClientUnasked: { says: 'answers with client_max_window_bits that was not offered', roles: SERVER },
  takesIllegalAnswers: { says: 'takes answers that are not legal', roles: CLIENT },
  unlimitedInflation: { says: 'inflates without a limit', roles: BOTH },
  limitsFramesOnly: { says: 'limits what one frame inflates to, not what a message does', roles: BOTH },
  skipsCompressedUtf8: { says: 'does not look at compressed text', roles: BOTH },
} as const satisfies Readonly<Record<string, FlawRow>>

export type Behaviour = keyof typeof behaviours
export type Flaw = RowName | Behaviour

const behaviourFlaws: ReadonlyMap<string, FlawRow> = new Map(Object.entries(behaviours))

/** Every mutant, by role. */
export const allFlaws: readonly { readonly flaw: Flaw; readonly role: PeerRole; readonly says: string }[] = [
  ...rowNames.map((flaw) => ({ flaw, row: rowFlaws.get(flaw) })),
  ...(Object.keys(behaviours) as Behaviour[]).map((flaw) => ({ flaw, row: behaviourFlaws.get(flaw) })),
].flatMap(({ flaw, row }) => (row?.roles ?? []).map((role) => ({ flaw, role, says: row?.says ?? '' })))
