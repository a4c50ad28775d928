/** The opening handshake with the runner as client: a request as the case wants it, and the judgement of the answer (RFC 6455 4.1). */
import { randomBytes } from 'node:crypto'
import {
  checkResponse,
  type Extension,
  formatExtensions,
  HeadReader,
  type ReadResponse,
} from '@hybi/handshake'
import type { Plan } from '../cases/case.ts'
import type { HeadSpec } from '../cases/probe.ts'
import type { Opened } from '../exchange/exchange.ts'
import type { AgreedDeflate } from '../exchange/sources.ts'
import type { Peer } from '../peer/peer.ts'
import type { Recorder } from '../peer/recorder.ts'
import { agreeAsClient, readAgreement, toOffers } from './deflate-offers.ts'
import { editHeaders, HeadText, headTextOf, writeHead } from './head.ts'
import { parseOffer } from './offer-text.ts'

export interface RequestOptions {
  readonly host: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly userAgent: string
}

/** Autobahn's openHandshakeTimeout. */
const OPEN_HANDSHAKE_MS = 5000
const SWITCHING_PROTOCOLS = 101
const NONE: HeadSpec = {}

export async function openAsClient(
  peer: Peer,
  recorder: Recorder,
  plan: Plan,
  request: RequestOptions,
): Promise<Opened> {
  const key = randomBytes(16).toString('base64')
  const offers = offersOf(plan)
  const octets = writeRequest(plan, request, key, offers)
  const head = new HeadText()
  const reader = new HeadReader('response')
  let received: ReadResponse | null = null
  peer.readHead((chunk) => {
    if (received !== null) return false
    head.add(chunk)
    received = reader.receive(chunk)
    return true
  })
  await sendHead(peer, plan, octets)
  await peer.waitFor(() => received !== null || peer.hasReceivedFin || peer.isGone, OPEN_HANDSHAKE_MS)
  recorder.note(received === null ? 'no answer to the request' : 'the answer to the request is complete')

  const common = {
    request: headTextOf(octets),
    response: head.text,
    timedOut: received === null && !peer.hasReceivedFin && !peer.isGone,
  }
  const refused = (failure: string, status: number | null = null): Opened => ({
    opening: { ...common, completed: false, failure, status, headers: [], extensions: null },
    rest: EMPTY,
    deflate: null,
  })
  if (received === null)
    return refused(common.timedOut ? 'no answer came in time' : 'the connection ended without an answer')
  return judgeAnswer(received, { key, offers, probing: plan.kind === 'probe', refused, common })
}

const EMPTY = new Uint8Array(0)

interface Asked {
  readonly key: string
  readonly offers: readonly Extension[]
  readonly probing: boolean
  readonly common: { readonly request: string; readonly response: string; readonly timedOut: boolean }
  readonly refused: (failure: string, status?: number | null) => Opened
}

function judgeAnswer(received: ReadResponse, asked: Asked): Opened {
  if (!received.ok) return asked.refused(received.failure.text)
  const { head, rest } = received
  const headers = head.headers.map(([name, value]) => [name.toLowerCase(), value] as const)
  const checked = checkResponse(head, {
    key: asked.key,
    subprotocols: [],
    extensions: asked.offers,
  })
  const opening = { ...asked.common, completed: false, status: head.status, headers, extensions: null }
  if (!checked.ok) {
    const failure =
      head.status === SWITCHING_PROTOCOLS
        ? checked.failure.text
        : `the answer has the status ${head.status} instead of ${SWITCHING_PROTOCOLS}`
    return { opening: { ...opening, failure }, rest: EMPTY, deflate: null }
  }
  const answer = checked.value.extensions.find(({ name }) => name === 'permessage-deflate')
  // A probe's own requirements judge the answer; its offer may be illegal itself.
  const agreed: AgreedDeflate | null | string = asked.probing
    ? readAgreement(answer, 'client')
    : agreeAsClient(answer, asked.offers)
  if (typeof agreed === 'string')
    return { opening: { ...opening, failure: agreed }, rest: EMPTY, deflate: null }
  return {
    opening: {
      ...opening,
      completed: true,
      failure: '',
      extensions: answer === undefined ? null : formatExtensions([answer]),
    },
    rest,
    deflate: agreed,
  }
}

function offersOf(plan: Plan): readonly Extension[] {
  if (plan.kind === 'compression') return toOffers(plan.requests)
  return plan.kind === 'probe' ? parseOffer(plan.extensions.offer) : []
}

function writeRequest(
  plan: Plan,
  { host, target, headers, userAgent }: RequestOptions,
  key: string,
  offers: readonly Extension[],
): Uint8Array {
  const spec = plan.kind === 'probe' ? plan.opening : NONE
  const extensions =
    plan.kind === 'probe' ? plan.extensions.offer : offers.length === 0 ? null : formatExtensions(offers)
  const lines = [
    ['Host', host],
    ['User-Agent', userAgent],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', key],
    ['Sec-WebSocket-Version', '13'],
    ...(extensions === null ? [] : [['Sec-WebSocket-Extensions', extensions] as const]),
    ...headers,
  ] as const
  return writeHead(
    `${spec.method ?? 'GET'} ${spec.target ?? target} HTTP/${spec.version ?? '1.1'}`,
    editHeaders(lines, spec),
    spec,
  )
}

/** In one write with what the case puts behind it, or chopped. */
async function sendHead(peer: Peer, plan: Plan, octets: Uint8Array): Promise<void> {
  if (plan.kind !== 'probe') {
    peer.outgoing.octets(octets)
    return
  }
  if (plan.chopHead > 0) await peer.sendChopped(octets, plan.chopHead)
  else peer.outgoing.octets(Buffer.concat([octets, plan.withHead]))
}
