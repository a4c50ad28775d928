/** Requirements that own cases are put together from: each a sentence and a pure question about what was seen. */
import { isControl, Opcode } from '@hybi/frame'
import type { CloseFrame, Observation, TimedEvent } from '../../observation.ts'
import type { Requirement } from '../probe.ts'
import { octets } from '../step.ts'

const requirement = (sentence: string, check: Requirement['check']): Requirement => ({
  requirement: sentence,
  check,
})

const messagesOf = (seen: Observation): readonly Extract<TimedEvent, { type: 'message' }>[] =>
  seen.events.filter((event) => event.type === 'message')
const pongsOf = (seen: Observation): readonly Uint8Array[] =>
  seen.events.flatMap((event) => (event.type === 'pong' ? [event.payload] : []))

const show = (payload: Uint8Array): string =>
  payload.length > 32
    ? `${payload.length} octets`
    : `0x${Buffer.from(payload).toString('hex') || '(nothing)'}`
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

// The opening handshake.

export const opens: Requirement = requirement('The opening handshake succeeds.', ({ opening }) =>
  opening.completed ? null : `${opening.failure}.`,
)

/** 4.2.1: the server "MUST stop processing the client's handshake and return an HTTP response with an appropriate error code". */
export const isRefused: Requirement = requirement(
  'The request is answered with an HTTP error.',
  ({ opening: { status } }) => (status !== null && status >= 400 ? null : describeStatus(status)),
)

export const isRefusedWith = (...statuses: readonly number[]): Requirement =>
  requirement(`The request is answered with status ${statuses.join(' or ')}.`, ({ opening: { status } }) =>
    status !== null && statuses.includes(status) ? null : describeStatus(status),
  )

export const doesNotOpen: Requirement = requirement(
  'The connection is not opened.',
  ({ opening: { status } }) => (status === 101 ? describeStatus(status) : null),
)

const describeStatus = (status: number | null): string =>
  status === null ? 'no HTTP answer.' : `the answer ${status}.`

/** A header of the endpoint's own head; `sentence` says what it has to be. */
export const hasHeader = (
  name: string,
  sentence: string,
  test: (values: readonly string[]) => string | null,
): Requirement =>
  requirement(sentence, ({ opening }) =>
    test(opening.headers.flatMap(([key, value]) => (key === name.toLowerCase() ? [value] : []))),
  )

export const agreesTo = (sentence: string, test: (extensions: string | null) => string | null): Requirement =>
  requirement(sentence, ({ opening }) => test(opening.extensions))

/** The answer names no extension, or there is no opened connection at all. */
export const declinesExtension: Requirement = requirement(
  'The offer is declined: no extension is agreed.',
  ({ opening }) => (opening.extensions === null ? null : `agreed to ${opening.extensions}.`),
)

/**
 * A client that has to refuse a response: no message was sent, and TCP is ended. 7.1.7: "To do so, the client MUST _Close the WebSocket
 * Connection_": to refuse it in the API and to leave TCP up is half of it.
 */
export const abandons: Requirement = requirement(
  'The client fails the connection: it sends no message and ends TCP.',
  (seen) => {
    if (messagesOf(seen).length > 0) return 'it treats the connection as open.'
    return seen.ending.finReceivedAt === null && seen.ending.resetAt === null
      ? 'it sends no message, and leaves TCP up.'
      : null
  },
)

// Messages and pongs.

/** Exactly these messages came back, in order. */
export const echoes = (
  ...expected: readonly { readonly payload: Uint8Array | string; readonly binary?: boolean }[]
): Requirement =>
  requirement(
    expected.length === 1 ? 'The message comes back.' : `The ${expected.length} messages come back in order.`,
    (seen) => {
      const messages = messagesOf(seen)
      if (messages.length !== expected.length) return `${messages.length} messages.`
      for (const [index, { payload, binary = false }] of expected.entries()) {
        const message = messages[index]
        if (message.binary !== binary) return `message ${index + 1} as ${message.binary ? 'binary' : 'text'}.`
        if (!same(message.payload, octets(payload)))
          return `message ${index + 1} with ${show(message.payload)}.`
      }
      return null
    },
  )

export const echoesText = (...payloads: readonly (Uint8Array | string)[]): Requirement =>
  echoes(...payloads.map((payload) => ({ payload })))

export const echoesNothing: Requirement = requirement('No message comes back.', (seen) => {
  const { length } = messagesOf(seen)
  return length === 0 ? null : `${length} ${length === 1 ? 'message' : 'messages'}.`
})

/** Exactly these pongs, in order. */
export const pongs = (...expected: readonly (Uint8Array | string)[]): Requirement =>
  requirement(
    expected.length === 0
      ? 'No pong comes.'
      : `${expected.length === 1 ? 'The pong comes' : `${expected.length} pongs come`} with the payload of the ping.`,
    (seen) => {
      const received = pongsOf(seen)
      if (received.length !== expected.length) return `${received.length} pongs.`
      const wrong = expected.findIndex((payload, index) => !same(received[index], octets(payload)))
      return wrong < 0 ? null : `pong ${wrong + 1} with ${show(received[wrong])}.`
    },
  )

/** 5.5.3: only the latest ping must be answered; what is answered is one of them, in order. */
export const answersLatestPing = (sent: readonly string[]): Requirement =>
  requirement('The last ping is answered; all pongs are of pings, in order, none twice.', (seen) => {
    const received = pongsOf(seen).map((payload) => Buffer.from(payload).toString())
    if (received.at(-1) !== sent.at(-1)) return `the last pong is ${received.at(-1) ?? 'missing'}.`
    let at = -1
    for (const payload of received) {
      const next = sent.indexOf(payload, at + 1)
      if (next < 0) return `a pong with ${payload}.`
      at = next
    }
    return null
  })

/** An event of one type was complete before the first of another. */
export const comesBefore = (first: TimedEvent['type'], second: TimedEvent['type']): Requirement =>
  requirement(`The ${first} comes before the ${second}.`, ({ events }) => {
    const at = events.findIndex(({ type }) => type === first)
    const other = events.findIndex(({ type }) => type === second)
    return at >= 0 && (other < 0 || at < other) ? null : 'it does not.'
  })

// Frames of the endpoint.

const eachFrame = (
  sentence: string,
  test: (frame: Observation['frames'][number]) => string | null,
): Requirement =>
  requirement(sentence, ({ frames }) => {
    if (frames.length === 0) return 'no frame came.'
    for (const frame of frames) {
      const fault = test(frame)
      if (fault !== null) return `${fault}.`
    }
    return null
  })

export const usesMinimalLengths: Requirement = eachFrame(
  'Every length takes the fewest octets.',
  ({ length, lengthBytes }) => {
    const least = length < 126 ? 0 : length < 65_536 ? 2 : 8
    return lengthBytes === least ? null : `a length of ${length} in ${lengthBytes} extended octets`
  },
)

export const doesNotMask: Requirement = eachFrame('No frame of the server is masked.', ({ masked }) =>
  masked ? 'a masked frame' : null,
)

export const masksEveryFrame: Requirement = eachFrame('Every frame of the client is masked.', ({ masked }) =>
  masked ? null : 'an unmasked frame',
)

/** 5.3: "the client MUST pick a fresh masking key": the same one twice in a few frames is next to impossible then. */
export const drawsFreshKeys: Requirement = requirement(
  'Every frame has a masking key of its own.',
  ({ frames }) => {
    const keys = frames.map(({ maskingKey }) => maskingKey)
    const different = new Set(keys).size
    return different === keys.length ? null : `${different} keys in ${keys.length} frames.`
  },
)

export const sendsNoReservedBits: Requirement = eachFrame('No frame has a reserved bit.', ({ rsv }) =>
  rsv === 0 ? null : `reserved bits ${rsv}`,
)

export const sendsWholeControlFrames: Requirement = eachFrame(
  'Control frames are not fragmented and hold at most 125 octets.',
  ({ opcode, fin, length }) =>
    isControl(opcode) && (!fin || length > 125) ? `a control frame of ${length} octets` : null,
)

// Closing.

/** The runner had to fail the connection: what the endpoint answers to that says nothing. */
const describeOwnFailure = ({ illegal }: Observation): string =>
  `the endpoint broke a rule itself: ${illegal ?? 'unknown'}.`

const hasCode = ({ code }: CloseFrame, codes: readonly number[]): boolean =>
  code !== null && codes.includes(code)

/** A Close with one of these says that the connection is failed: which of them fits is for a SHOULD (7.1.7). */
export const FAILURE_CODES: readonly number[] = [1002, 1003, 1007, 1008, 1009, 1011]

/** The connection is failed one way or the other, and no code but the given ones is sent. */
export const failsConnection = (codes: readonly number[] = FAILURE_CODES): Requirement =>
  requirement('The connection is failed.', (seen) => {
    const { remoteClose, ending } = seen
    if (seen.failedByMe) return describeOwnFailure(seen)
    if (remoteClose !== null)
      return hasCode(remoteClose, codes)
        ? null
        : `a Close with ${remoteClose.code ?? 'no code'}${codes === FAILURE_CODES ? '' : ` instead of ${codes.join(' or ')}`}.`
    return ending.finReceivedAt === null && ending.resetAt === null ? 'the connection stays up.' : null
  })

/** 7.1.7: "the endpoint SHOULD send a Close frame with an appropriate status code". */
export const sendsClose = (...codes: readonly number[]): Requirement =>
  requirement(`A Close frame with ${codes.join(' or ')} really comes.`, (seen) => {
    const { remoteClose } = seen
    if (seen.failedByMe) return describeOwnFailure(seen)
    if (remoteClose === null) return 'no Close frame.'
    return hasCode(remoteClose, codes) ? null : `a Close frame with ${remoteClose.code ?? 'no code'}.`
  })

/** 5.5.1: "the endpoint MUST send a Close frame in response", and it "typically echos the status code": it may have none. */
export const answersClose = (...codes: readonly number[]): Requirement =>
  requirement(`A Close frame with ${codes.join(' or ')}, or with no code, really comes.`, (seen) => {
    const { remoteClose } = seen
    if (seen.failedByMe) return describeOwnFailure(seen)
    if (remoteClose === null) return 'no Close frame.'
    return remoteClose.code === null || hasCode(remoteClose, codes)
      ? null
      : `a Close frame with ${remoteClose.code}.`
  })

export const sendsOneClose: Requirement = requirement('There is one Close frame, not two.', ({ frames }) => {
  const count = frames.filter(({ opcode }) => opcode === Opcode.CLOSE).length
  return count === 1 ? null : `${count} Close frames.`
})

export const sendsNothingAfterClose: Requirement = requirement(
  'Nothing follows the Close frame.',
  ({ frames, ending, remoteClose }) => {
    if (remoteClose === null) return 'no Close frame.'
    const at = frames.findIndex(({ opcode }) => opcode === Opcode.CLOSE)
    const more = frames.length - 1 - at
    return more === 0 && ending.octetsAfterClose === 0
      ? null
      : `${more} frames and ${ending.octetsAfterClose} octets in later reads.`
  },
)

/** Ends TCP with FIN, so that nothing that was sent is lost. */
export const endsWithFin: Requirement = requirement('TCP is ended with FIN, not with RST.', ({ ending }) => {
  if (ending.resetAt !== null) return 'RST.'
  return ending.finReceivedAt === null ? 'TCP is not ended.' : null
})

export const endsTcp: Requirement = requirement('TCP is ended.', ({ ending }) =>
  ending.finReceivedAt !== null || ending.resetAt !== null ? null : 'the connection stays up.',
)

export const endsTcpFirst: Requirement = requirement('The server ends TCP first.', ({ ending }) =>
  ending.first === 'peer' ? null : 'it does not.',
)

export const letsServerEndFirst: Requirement = requirement(
  'The client waits for the server to end TCP.',
  ({ ending }) => (ending.first === 'runner' ? null : 'the client ends it first.'),
)

export const sendsCloseNotify: Requirement = requirement(
  'TLS is ended with close_notify before FIN.',
  ({ ending }) => (ending.closeNotify === true ? null : 'FIN without close_notify.'),
)

/** The Close frame came while the rest of what had been announced was still held back. */
export const stillOpenWhen = (sentence: string, check: Requirement['check']): Requirement =>
  requirement(sentence, check)

export const meetsEveryCondition: Requirement = requirement(
  'Everything that the script waits for comes in time.',
  ({ unmet }) => (unmet.length === 0 ? null : `missing: ${unmet.join(', ')}.`),
)
