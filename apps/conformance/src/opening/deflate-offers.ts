/** What categories 12 and 13 offer as a client and answer as a server (RFC 7692 7.1). */
import type { Extension, ExtensionParameter } from '@hybi/handshake'
import { checkAnswer, EXTENSION_NAME, type Parameters } from '@hybi/permessage-deflate'
import type { DeflateRequest } from '../cases/case.ts'
import type { DeflateParameters } from '../deflate/deflater.ts'
import type { AgreedDeflate } from '../exchange/sources.ts'

const SERVER_NO_CONTEXT = 'server_no_context_takeover'
const SERVER_WINDOW = 'server_max_window_bits'
const CLIENT_NO_CONTEXT = 'client_no_context_takeover'
const CLIENT_WINDOW = 'client_max_window_bits'
const FULL_WINDOW = 15

/** The client's offers: it always leaves the server free to limit the client. */
export const toOffers = (requests: readonly DeflateRequest[]): Extension[] =>
  requests.map(({ noContextTakeover, maxWindowBits }) => ({
    name: EXTENSION_NAME,
    parameters: [
      [CLIENT_NO_CONTEXT, null],
      [CLIENT_WINDOW, null],
      ...(noContextTakeover ? [[SERVER_NO_CONTEXT, null] as const] : []),
      ...(maxWindowBits === 0 ? [] : [[SERVER_WINDOW, String(maxWindowBits)] as const]),
    ],
  }))

/** What an answer to one of the offers means for the runner as a client; a sentence when it is no answer to any of them. */
export function agreeAsClient(
  answer: Extension | undefined,
  offers: readonly Extension[],
): AgreedDeflate | null | string {
  if (answer === undefined) return null
  let refusal = ''
  for (const offered of offers) {
    const checked = checkAnswer(answer, offered)
    if (checked.ok) return asClient(checked.parameters)
    refusal ||= checked.text
  }
  return `the answer about permessage-deflate is not legal: ${refusal}`
}

const asClient = (parameters: Parameters): AgreedDeflate => ({
  sending: {
    windowBits: parameters.clientMaxWindowBits,
    noContextTakeover: parameters.clientNoContextTakeover,
  },
  receiving: {
    windowBits: parameters.serverMaxWindowBits,
    noContextTakeover: parameters.serverNoContextTakeover,
  },
})

export interface ServerAnswer {
  readonly answer: Extension
  readonly agreed: AgreedDeflate
}

/** The server's answer: the first request that the client's offers allow; null: none, and nothing is agreed. */
export function answerAsServer(
  offers: readonly Extension[],
  requests: readonly DeflateRequest[],
): ServerAnswer | null {
  for (const request of requests)
    for (const offer of offers) {
      if (offer.name !== EXTENSION_NAME) continue
      // 7.1.2.2: the answer may limit the client's window only when the offer has the parameter.
      if (request.maxWindowBits !== 0 && findParameter(offer, CLIENT_WINDOW) === undefined) continue
      return answerTo(offer, request)
    }
  return null
}

function answerTo(offer: Extension, request: DeflateRequest): ServerAnswer {
  const serverNoContext = findParameter(offer, SERVER_NO_CONTEXT) !== undefined
  const serverWindow = findParameter(offer, SERVER_WINDOW)?.[1] ?? null
  const parameters: ExtensionParameter[] = []
  if (serverNoContext) parameters.push([SERVER_NO_CONTEXT, null])
  if (serverWindow !== null) parameters.push([SERVER_WINDOW, serverWindow])
  if (request.noContextTakeover) parameters.push([CLIENT_NO_CONTEXT, null])
  if (request.maxWindowBits !== 0) parameters.push([CLIENT_WINDOW, String(request.maxWindowBits)])
  return {
    answer: { name: EXTENSION_NAME, parameters },
    agreed: {
      sending: {
        windowBits: serverWindow === null ? FULL_WINDOW : Number(serverWindow),
        noContextTakeover: serverNoContext,
      },
      receiving: {
        windowBits: request.maxWindowBits === 0 ? FULL_WINDOW : request.maxWindowBits,
        noContextTakeover: request.noContextTakeover,
      },
    },
  }
}

/**
 * A probe's answer with what the offer asks the server for and the answer lacks: without it (RFC 7692 7.1.1.1, 7.1.2.1) the client
 * would have to refuse the answer for a reason that the case is not about.
 */
export function completeAnswer(answer: string, offered: Extension | undefined): string {
  if (offered === undefined) return answer
  const lacking = offered.parameters.filter(
    ([name]) => (name === SERVER_NO_CONTEXT || name === SERVER_WINDOW) && !answer.includes(name),
  )
  return [answer, ...lacking.map(([name, value]) => (value === null ? name : `${name}=${value}`))].join('; ')
}

/** What an answer says, however legal it is, for the runner on its `side`; null when it is not about permessage-deflate. */
export function readAgreement(
  answer: Extension | undefined,
  side: 'client' | 'server',
): AgreedDeflate | null {
  if (answer?.name !== EXTENSION_NAME) return null
  const bits = (name: string): number => Number(findParameter(answer, name)?.[1] ?? FULL_WINDOW)
  const of = (window: string, noContext: string): DeflateParameters => ({
    windowBits: bits(window),
    noContextTakeover: findParameter(answer, noContext) !== undefined,
  })
  const server = of(SERVER_WINDOW, SERVER_NO_CONTEXT)
  const client = of(CLIENT_WINDOW, CLIENT_NO_CONTEXT)
  return side === 'server' ? { sending: server, receiving: client } : { sending: client, receiving: server }
}

const findParameter = (extension: Extension, name: string): ExtensionParameter | undefined =>
  extension.parameters.find(([key]) => key === name)
