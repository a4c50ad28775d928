/**
 * The three steps of negotiation (RFC 7692 sections 5 and 7.1) as pure functions: what a client offers, which offer
 * a server accepts, and whether the client may accept the answer.
 */

import type { Extension, ExtensionParameter } from '@hybi/handshake'
import { type NegotiationOptions, negotiationOptions, type PermessageDeflateOptions } from './options.ts'
import {
  EXTENSION_NAME,
  isFault,
  MAX_WINDOW_BITS,
  MIN_WINDOW_BITS,
  Parameter,
  type ParameterFault,
  type ParsedParameters,
  parseParameters,
} from './parameters.ts'

/** What both sides have agreed on. */
export interface Parameters {
  /** The server starts every message with an empty window. */
  readonly serverNoContextTakeover: boolean
  /** The client starts every message with an empty window. */
  readonly clientNoContextTakeover: boolean
  /** The server's back-references reach at most two to this power; 8 to 15. */
  readonly serverMaxWindowBits: number
  /** The client's back-references reach at most two to this power; 8 to 15. */
  readonly clientMaxWindowBits: number
}

/** An offer that a server takes, and how it says so. */
export interface AcceptedOffer {
  readonly answer: Extension
  readonly parameters: Parameters
}

/** Why a client must fail the connection over an answer. */
export interface RefusedAnswer {
  readonly ok: false
  readonly failure: ParameterFault['failure'] | 'not-offered' | 'offer-ignored' | 'unsupported'
  /** The section of RFC 7692 that says so. */
  readonly section: string
  readonly text: string
}

/** What the client makes of an answer. */
export type CheckedAnswer = { readonly ok: true; readonly parameters: Parameters } | RefusedAnswer

/** The client's offer. Throws RangeError for window bits outside 8 to 15. */
export function offer(options: PermessageDeflateOptions = {}): Extension {
  const chosen = negotiationOptions(options)
  // A client that names client_max_window_bits must be able to keep to whatever the server answers.
  const flexible = chosen.minWindowBits <= MIN_WINDOW_BITS
  return extension({
    serverNoContextTakeover: chosen.serverNoContextTakeover,
    clientNoContextTakeover: chosen.clientNoContextTakeover,
    serverMaxWindowBits: chosen.serverMaxWindowBits,
    clientMaxWindowBits: (flexible && chosen.clientMaxWindowBits) || undefined,
  })
}

/**
 * The server's choice: the first offer that is legal and that it can honour, with its answer; null when there is none.
 * Illegal offers are passed over. Throws RangeError for window bits outside 8 to 15 in `options`.
 */
export function acceptOffer(
  offers: readonly Extension[],
  options: PermessageDeflateOptions = {},
): AcceptedOffer | null {
  const chosen = negotiationOptions(options)
  for (const candidate of offers) {
    // 7.1: "A server MUST decline an extension negotiation offer for this extension if any of the following
    // conditions are met"; 5: the next one is looked at.
    const offered = parseParameters(candidate, 'offer')
    if (isFault(offered)) continue
    const answer = answerTo(offered, chosen)
    if (answer !== null) return { answer: extension(answer), parameters: agreed(answer) }
  }
  return null
}

function answerTo(offered: ParsedParameters, chosen: NegotiationOptions): ParsedParameters | null {
  const serverMaxWindowBits = smaller(offered.serverMaxWindowBits, chosen.serverMaxWindowBits)
  // 7.1: decline when "The server doesn't support the offered configuration".
  if (serverMaxWindowBits !== undefined && serverMaxWindowBits < chosen.minWindowBits) return null
  const limit = asNumber(chosen.clientMaxWindowBits)
  // 7.1.2.2: "If a received extension negotiation offer doesn't have the "client_max_window_bits" extension
  // parameter, the corresponding extension negotiation response to the offer MUST NOT include the
  // "client_max_window_bits" extension parameter." Then a limit that the user set cannot be had.
  if (limit !== undefined && limit < MAX_WINDOW_BITS && offered.clientMaxWindowBits === undefined) return null
  const hint = asNumber(offered.clientMaxWindowBits)
  return {
    // 7.1.1.1 and 7.1.1.2: included when asked for, and the server may include them by itself.
    serverNoContextTakeover: offered.serverNoContextTakeover || chosen.serverNoContextTakeover,
    clientNoContextTakeover: offered.clientNoContextTakeover || chosen.clientNoContextTakeover,
    // 7.1.2.1: "with the same or smaller value as the offer".
    serverMaxWindowBits,
    // Answered only when the user limits it: a value in the offer is the client's own business.
    clientMaxWindowBits:
      limit === undefined || offered.clientMaxWindowBits === undefined ? undefined : smaller(hint, limit),
  }
}

/**
 * The client's check of the server's answer to `offered` (what {@link offer} returned). A client must fail the
 * connection when it is refused. Throws RangeError for window bits outside 8 to 15 in `options`.
 */
export function checkAnswer(
  answer: Extension,
  offered: Extension,
  options: PermessageDeflateOptions = {},
): CheckedAnswer {
  const { minWindowBits } = negotiationOptions(options)
  const ours = parseParameters(offered, 'offer')
  if (isFault(ours)) throw new TypeError(`permessage-deflate: that is not an offer: ${ours.text}`)
  const theirs = parseParameters(answer, 'answer')
  if (isFault(theirs)) return { ok: false, failure: theirs.failure, section: '7.1', text: theirs.text }
  const fault = compare(theirs, ours)
  if (fault !== null) return fault

  const hint = asNumber(ours.clientMaxWindowBits)
  const parameters = agreed({
    ...theirs,
    // 7.1.1.2: having offered it "the client is not going to use context takeover", whatever the answer is.
    clientNoContextTakeover: theirs.clientNoContextTakeover || ours.clientNoContextTakeover,
    // 7.1.2.2: the same for a window: the offer's value holds when the answer's is greater or absent.
    clientMaxWindowBits: smaller(asNumber(theirs.clientMaxWindowBits), hint),
  })
  if (parameters.clientMaxWindowBits < minWindowBits)
    return refuse(
      'unsupported',
      '7.1',
      `the codec cannot keep to a window of ${parameters.clientMaxWindowBits} bits`,
    )
  return { ok: true, parameters }
}

function compare(theirs: ParsedParameters, ours: ParsedParameters): RefusedAnswer | null {
  // 7.1.1.1: a server accepts such an offer "by including the "server_no_context_takeover" extension parameter".
  if (ours.serverNoContextTakeover && !theirs.serverNoContextTakeover)
    return refuse('offer-ignored', '7.1.1.1', 'server_no_context_takeover was asked for and is not answered')
  if (ours.serverMaxWindowBits !== undefined) {
    // 7.1.2.1: a server accepts such an offer by including it "with the same or smaller value as the offer".
    if (theirs.serverMaxWindowBits === undefined)
      return refuse('offer-ignored', '7.1.2.1', 'server_max_window_bits was asked for and is not answered')
    if (theirs.serverMaxWindowBits > ours.serverMaxWindowBits)
      return refuse('offer-ignored', '7.1.2.1', 'server_max_window_bits is greater than what was offered')
  }
  // 7.1.2.2: without it in the offer the response "MUST NOT include the "client_max_window_bits" extension parameter".
  if (theirs.clientMaxWindowBits !== undefined && ours.clientMaxWindowBits === undefined)
    return refuse('not-offered', '7.1.2.2', 'client_max_window_bits was not offered')
  return null
}

const refuse = (failure: RefusedAnswer['failure'], section: string, text: string): RefusedAnswer => ({
  ok: false,
  failure,
  section,
  text,
})

function extension(said: ParsedParameters): Extension {
  const parameters: ExtensionParameter[] = []
  if (said.serverNoContextTakeover) parameters.push([Parameter.SERVER_NO_CONTEXT_TAKEOVER, null])
  if (said.clientNoContextTakeover) parameters.push([Parameter.CLIENT_NO_CONTEXT_TAKEOVER, null])
  if (said.serverMaxWindowBits !== undefined)
    parameters.push([Parameter.SERVER_MAX_WINDOW_BITS, String(said.serverMaxWindowBits)])
  if (said.clientMaxWindowBits !== undefined)
    parameters.push([
      Parameter.CLIENT_MAX_WINDOW_BITS,
      said.clientMaxWindowBits === true ? null : String(said.clientMaxWindowBits),
    ])
  return { name: EXTENSION_NAME, parameters }
}

const agreed = (answer: ParsedParameters): Parameters => ({
  serverNoContextTakeover: answer.serverNoContextTakeover,
  clientNoContextTakeover: answer.clientNoContextTakeover,
  serverMaxWindowBits: answer.serverMaxWindowBits ?? MAX_WINDOW_BITS,
  clientMaxWindowBits: asNumber(answer.clientMaxWindowBits) ?? MAX_WINDOW_BITS,
})

const asNumber = (bits: number | boolean | undefined): number | undefined =>
  typeof bits === 'number' ? bits : undefined

const smaller = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
