/** The opening handshake of the echo endpoint; right, or with one flaw. */
import { randomBytes } from 'node:crypto'
import {
  acceptKey,
  checkRequest,
  checkResponse,
  createKey,
  createRequest,
  createResponse,
  type Extension,
  encodeHead,
  encodeRefusal,
  formatExtensions,
  type HeaderLine,
  HeadReader,
  type RequestHead,
  type ResponseHead,
} from '@hybi/handshake'
import { acceptOffer, checkAnswer, offer, type Parameters } from '@hybi/permessage-deflate'
import type { PeerRole } from '../../src/record.ts'
import type { Flaw } from './flaws.ts'

export type Opened =
  | {
      readonly ok: true
      readonly reply: readonly Uint8Array[]
      readonly rest: Uint8Array
      readonly deflate: Parameters | null
    }
  | { readonly ok: false; readonly reply: readonly Uint8Array[] }

const DEFLATE = { serverNoContextTakeover: false, clientNoContextTakeover: false }
/** The endpoint's own compressor can keep to eight bits: it leaves references out. */
const ANY_WINDOW = { ...DEFLATE, codec: { minWindowBits: 8 } as never }
const FULL: Parameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
}
const HUGE = { maxBytes: 64 * 1024 * 1024, maxLines: 100_000 }

export class EndpointOpening {
  isDone = false
  readonly #role: PeerRole
  readonly #flaw: Flaw | null
  readonly #key = createKey(randomBytes(16))
  readonly #offered = offer(ANY_WINDOW)
  #reader: HeadReader<'request'> | HeadReader<'response'>

  constructor(role: PeerRole, flaw: Flaw | null) {
    this.#role = role
    this.#flaw = flaw
    this.#reader = this.#newReader()
  }

  /** What a client sends first. */
  begin(): readonly Uint8Array[] {
    if (this.#role === 'server') return []
    const request = createRequest({
      target: '/',
      host: 'localhost',
      key: this.#key,
      extensions: [this.#offered],
    })
    const headers = request.headers.map(([name, value]): HeaderLine => {
      if (name === 'Sec-WebSocket-Key' && this.#flaw === 'shortKey') return [name, 'AAECAwQFBgc=']
      if (name === 'Sec-WebSocket-Version' && this.#flaw === 'oldVersion') return [name, '8']
      return [name, value]
    })
    return [encodeHead({ ...request, headers })]
  }

  receive(chunk: Uint8Array): Opened | null {
    if (this.#flaw === 'needsWholeHead') this.#reader = this.#newReader()
    const read = this.#reader.receive(this.#flaw === 'unchecked_headGrammar' ? mend(chunk) : chunk)
    if (read === null) return null
    this.isDone = true
    if (!read.ok) return 'refusal' in read ? refuse(encodeRefusal(read.refusal)) : { ok: false, reply: [] }
    return 'method' in read.head ? this.#answer(read.head, read.rest) : this.#judge(read.head, read.rest)
  }

  #newReader(): HeadReader<'request'> | HeadReader<'response'> {
    const limits = this.#flaw === 'unlimitedHead' ? HUGE : {}
    return this.#role === 'server' ? new HeadReader('request', limits) : new HeadReader('response', limits)
  }

  #answer(request: RequestHead, rest: Uint8Array): Opened {
    const checked = checkRequest(this.#overlook(request))
    if (!checked.ok) {
      const { refusal } = checked
      return refuse(
        encodeRefusal(
          this.#flaw === 'unsaidVersion' ? { ...refusal, headers: [['Upgrade', 'websocket']] } : refusal,
        ),
      )
    }
    const { extensions } = checked.value
    const chosen = this.#choose(extensions)
    const unknown =
      this.#flaw === 'answersUnknownExtension' ? extensions.filter(({ name }) => name.startsWith('x-')) : []
    const response = createResponse(checked.value, {
      extensions: chosen === null ? unknown : [chosen.answer, ...unknown],
    })
    const withProtocol =
      this.#flaw === 'answersUnknownProtocol'
        ? { ...response, headers: [...response.headers, ['Sec-WebSocket-Protocol', 'mine'] as const] }
        : response
    return { ok: true, reply: [encodeHead(withProtocol)], rest, deflate: chosen?.parameters ?? null }
  }

  /** The request as an endpoint sees it that does not look at one thing. */
  #overlook(request: RequestHead): RequestHead {
    const { headers } = request
    const set = (name: string, value: string): RequestHead => ({
      ...request,
      headers: [...without(headers, name), [name, value]],
    })
    const first = (name: string): RequestHead => {
      const line = headers.find(([key]) => key.toLowerCase() === name.toLowerCase())
      return line === undefined ? request : set(name, line[1])
    }
    switch (this.#flaw) {
      case 'unchecked_upgrade':
        return set('Upgrade', 'websocket')
      case 'unchecked_connection':
        return set('Connection', 'Upgrade')
      case 'comparesCase':
        return find(headers, 'Upgrade') === 'websocket' ? request : set('Upgrade', 'none')
      case 'wantsUpgradeAlone':
        return find(headers, 'Connection') === 'Upgrade' ? request : set('Connection', 'none')
      case 'unchecked_keyMissing':
        return find(headers, 'Sec-WebSocket-Key') === undefined ? set('Sec-WebSocket-Key', ANY_KEY) : request
      case 'unchecked_keyShape':
        return find(headers, 'Sec-WebSocket-Key') === undefined || countOf(headers, 'Sec-WebSocket-Key') > 1
          ? request
          : acceptKey(find(headers, 'Sec-WebSocket-Key') ?? '') && isKeyLike(headers)
            ? request
            : set('Sec-WebSocket-Key', ANY_KEY)
      case 'unchecked_keyDoubled':
        return first('Sec-WebSocket-Key')
      case 'unchecked_versionMissing':
        return find(headers, 'Sec-WebSocket-Version') === undefined
          ? set('Sec-WebSocket-Version', '13')
          : request
      case 'unchecked_version':
        return find(headers, 'Sec-WebSocket-Version') === undefined
          ? request
          : set('Sec-WebSocket-Version', '13')
      case 'unchecked_method':
        return { ...request, method: 'GET' }
      case 'unchecked_httpVersion':
        return { ...request, version: '1.1' }
      case 'unchecked_host':
        return find(headers, 'Host') === undefined ? set('Host', 'localhost') : request
      case 'unchecked_hostDoubled':
        return first('Host')
      case 'unchecked_extensionGrammar':
        return /;\s*;/.test(find(headers, 'Sec-WebSocket-Extensions') ?? '')
          ? { ...request, headers: without(headers, 'Sec-WebSocket-Extensions') }
          : request
      case 'unchecked_body':
        return { ...request, headers: without(headers, 'Content-Length') }
      default:
        return request
    }
  }

  #choose(
    offers: readonly Extension[],
  ): { readonly answer: Extension; readonly parameters: Parameters } | null {
    const considered = this.#flaw === 'takesFirstOfferOnly' ? offers.slice(0, 1) : offers
    const deflate = considered.find(({ name }) => name === 'permessage-deflate')
    const accepted = acceptOffer(considered, ANY_WINDOW)
    if (accepted === null)
      return this.#flaw === 'acceptsIllegalOffers' && deflate !== undefined
        ? { answer: { name: deflate.name, parameters: [] }, parameters: FULL }
        : null
    const { answer, parameters } = accepted
    if (this.#flaw === 'widensWindow')
      return {
        answer: {
          ...answer,
          parameters: answer.parameters.map(([name, value]) =>
            name === 'server_max_window_bits' ? [name, '15'] : [name, value],
          ),
        },
        parameters,
      }
    if (this.#flaw === 'leavesNoContextUnsaid')
      return {
        answer: {
          ...answer,
          parameters: answer.parameters.filter(([name]) => name !== 'server_no_context_takeover'),
        },
        parameters,
      }
    if (this.#flaw === 'limitsClientUnasked')
      return {
        answer: { ...answer, parameters: [...answer.parameters, ['client_max_window_bits', '15']] },
        parameters,
      }
    return accepted
  }

  #judge(response: ResponseHead, rest: Uint8Array): Opened {
    const seen = this.#overlookResponse(response)
    const checked = checkResponse(seen, { key: this.#key, extensions: [this.#offered] })
    if (!checked.ok) return { ok: false, reply: [] }
    const [answer] = checked.value.extensions
    if (answer === undefined) return { ok: true, reply: [], rest, deflate: null }
    const agreed = checkAnswer(answer, this.#offered, ANY_WINDOW)
    if (agreed.ok) return { ok: true, reply: [], rest, deflate: agreed.parameters }
    return this.#flaw === 'takesIllegalAnswers'
      ? { ok: true, reply: [], rest, deflate: FULL }
      : { ok: false, reply: [] }
  }

  #overlookResponse(response: ResponseHead): ResponseHead {
    const { headers } = response
    const set = (name: string, value: string): ResponseHead => ({
      ...response,
      headers: [...without(headers, name), [name, value]],
    })
    const drop = (name: string): ResponseHead => ({ ...response, headers: without(headers, name) })
    const expected = acceptKey(this.#key)
    switch (this.#flaw) {
      case 'unchecked_status':
        return { ...response, status: 101 }
      case 'unchecked_upgrade':
        return set('Upgrade', 'websocket')
      case 'unchecked_connection':
        return set('Connection', 'Upgrade')
      case 'comparesCase':
        return find(headers, 'Upgrade') === 'websocket' ? response : set('Upgrade', 'none')
      case 'wantsUpgradeAlone':
        return find(headers, 'Connection') === 'Upgrade' ? response : set('Connection', 'none')
      case 'unchecked_accept':
        return set('Sec-WebSocket-Accept', expected)
      case 'unchecked_acceptCase':
        return find(headers, 'Sec-WebSocket-Accept')?.toLowerCase() === expected.toLowerCase() &&
          countOf(headers, 'Sec-WebSocket-Accept') === 1
          ? set('Sec-WebSocket-Accept', expected)
          : response
      case 'unchecked_acceptDoubled':
        return set('Sec-WebSocket-Accept', find(headers, 'Sec-WebSocket-Accept') ?? '')
      case 'unchecked_protocol':
        return drop('Sec-WebSocket-Protocol')
      case 'unchecked_extension':
        return find(headers, 'Sec-WebSocket-Extensions')?.startsWith('x-') === true
          ? drop('Sec-WebSocket-Extensions')
          : response
      case 'unchecked_extensionGrammar':
        return /;\s*;/.test(find(headers, 'Sec-WebSocket-Extensions') ?? '')
          ? drop('Sec-WebSocket-Extensions')
          : response
      case 'takesIllegalAnswers': {
        const value = find(headers, 'Sec-WebSocket-Extensions')
        return value?.includes(', ') === true
          ? set(
              'Sec-WebSocket-Extensions',
              formatExtensions([{ name: 'permessage-deflate', parameters: [] }]),
            )
          : response
      }
      default:
        return response
    }
  }
}

const ANY_KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const isKeyLike = (headers: readonly HeaderLine[]): boolean =>
  /^[A-Za-z0-9+/]{22}==$/.test(find(headers, 'Sec-WebSocket-Key') ?? '')
const refuse = (reply: Uint8Array): Opened => ({ ok: false, reply: [reply] })
const find = (headers: readonly HeaderLine[], name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
const countOf = (headers: readonly HeaderLine[], name: string): number =>
  headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).length
const without = (headers: readonly HeaderLine[], name: string): HeaderLine[] =>
  headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase())

/** What a forgiving parser makes of malformed lines. */
function mend(chunk: Uint8Array): Uint8Array {
  const text = Buffer.from(chunk).toString('latin1').replace(/ :/g, ':').replace('no colon here\r\n', '')
  return new Uint8Array(Buffer.from(text, 'latin1'))
}
