/** The opening handshake with the runner as server: judges the client's request, answers as the case wants (RFC 6455 4.2). */
import { acceptKey, checkRequest, type Extension, formatExtensions, type RequestHead } from '@hybi/handshake'
import type { Plan } from '../cases/case.ts'
import type { HeadSpec, ProbePlan } from '../cases/probe.ts'
import type { Opened } from '../exchange/exchange.ts'
import type { AgreedDeflate } from '../exchange/sources.ts'
import type { Peer } from '../peer/peer.ts'
import { answerAsServer, completeAnswer, readAgreement } from './deflate-offers.ts'
import { editHeaders, headTextOf, writeHead } from './head.ts'
import { parseOffer } from './offer-text.ts'

/** A request that was read whole, and what came with it. */
export interface ReadRequest {
  readonly head: RequestHead
  /** Everything that came, as it came. */
  readonly chunks: readonly Uint8Array[]
  /** Octets behind the head. */
  readonly rest: Uint8Array
  /** The head as latin1 text. */
  readonly text: string
}

const NONE: HeadSpec = {}
const EMPTY = new Uint8Array(0)
const SERVER = 'hybi-conformance'

/** Answers on a connection whose request has been read. */
export async function openAsServer(peer: Peer, plan: Plan, request: ReadRequest): Promise<Opened> {
  // The chunks came before there was a peer: this counts and logs them.
  peer.readHead(() => true)
  for (const chunk of request.chunks) peer.receive(chunk)
  peer.readHead(() => false)
  const headers = request.head.headers.map(([name, value]) => [name.toLowerCase(), value] as const)
  const common = { request: request.text, timedOut: false, headers, extensions: null }
  const checked = checkRequest(request.head)
  if (!checked.ok) {
    const { status, text } = checked.refusal
    const octets = writeHead(`HTTP/1.1 ${status} Refused`, [['Connection', 'close']], NONE)
    peer.outgoing.octets(octets)
    return {
      opening: { ...common, completed: false, failure: text, status, response: headTextOf(octets) },
      rest: EMPTY,
      deflate: null,
    }
  }
  const { answer, agreed } = chooseAnswer(plan, checked.value.extensions)
  const octets = writeResponse(plan, checked.value.key, answer)
  await sendHead(peer, plan, octets)
  return {
    opening: {
      ...common,
      completed: true,
      failure: '',
      status: 101,
      response: headTextOf(octets),
      extensions: answer,
    },
    rest: request.rest,
    deflate: agreed,
  }
}

interface Answer {
  readonly answer: string | null
  readonly agreed: AgreedDeflate | null
}

function chooseAnswer(plan: Plan, offers: readonly Extension[]): Answer {
  if (plan.kind === 'compression') {
    const chosen = answerAsServer(offers, plan.requests)
    return chosen === null
      ? { answer: null, agreed: null }
      : { answer: formatExtensions([chosen.answer]), agreed: chosen.agreed }
  }
  if (plan.kind !== 'probe' || plan.extensions.answer === null) return NOTHING_AGREED
  const offered = offers.find(({ name }) => name === 'permessage-deflate')
  // An answer that nobody offered is a case of its own: it is sent when the case does not need permessage-deflate.
  if (plan.needsDeflate && (offered === undefined || !isUsable(plan, offered))) return NOTHING_AGREED
  const answer = completeAnswer(plan.extensions.answer, offered)
  return { answer, agreed: readAgreement(parseOffer(answer)[0], 'server') }
}

const NOTHING_AGREED: Answer = { answer: null, agreed: null }

const has = ({ parameters }: Extension, name: string): boolean =>
  parameters.some(([parameter]) => parameter === name)

const isUsable = ({ needsParameter, exceptParameter }: ProbePlan, offered: Extension): boolean =>
  (needsParameter === null || has(offered, needsParameter)) &&
  (exceptParameter === null || !has(offered, exceptParameter))

function writeResponse(plan: Plan, key: string, extensions: string | null): Uint8Array {
  const spec = plan.kind === 'probe' ? plan.opening : NONE
  const lines = [
    ['Server', SERVER],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Accept', acceptKey(key)],
    ...(extensions === null ? [] : [['Sec-WebSocket-Extensions', extensions] as const]),
  ] as const
  const statusText = spec.statusText ?? 'Switching Protocols'
  return writeHead(
    `HTTP/${spec.version ?? '1.1'} ${spec.status ?? 101} ${statusText}`,
    editHeaders(lines, spec),
    spec,
  )
}

async function sendHead(peer: Peer, plan: Plan, octets: Uint8Array): Promise<void> {
  if (plan.kind === 'probe' && plan.chopHead > 0) await peer.sendChopped(octets, plan.chopHead)
  else peer.outgoing.octets(plan.kind === 'probe' ? Buffer.concat([octets, plan.withHead]) : octets)
}
