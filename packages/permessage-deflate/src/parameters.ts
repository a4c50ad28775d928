/**
 * The four parameters of permessage-deflate (RFC 7692 section 7.1) and what is legal about each of them.
 */
import type { Extension } from '@hybi/handshake'

/** The registered name of the extension (section 9.2). */
export const EXTENSION_NAME = 'permessage-deflate'

/** The names of section 7.1. */
export const Parameter = {
  SERVER_NO_CONTEXT_TAKEOVER: 'server_no_context_takeover',
  CLIENT_NO_CONTEXT_TAKEOVER: 'client_no_context_takeover',
  SERVER_MAX_WINDOW_BITS: 'server_max_window_bits',
  CLIENT_MAX_WINDOW_BITS: 'client_max_window_bits',
} as const

/** The smallest and the largest window of sections 7.1.2.1 and 7.1.2.2, as the exponent of two. */
export const MIN_WINDOW_BITS = 8
export const MAX_WINDOW_BITS = 15

/** What one offer or one answer says. */
export interface ParsedParameters {
  serverNoContextTakeover: boolean
  clientNoContextTakeover: boolean
  serverMaxWindowBits: number | undefined
  /** `true`: named without a value, which only an offer may do. */
  clientMaxWindowBits: number | true | undefined
}

/** Why an offer or an answer is not legal. */
export interface ParameterFault {
  readonly failure: 'unknown-extension' | 'unknown-parameter' | 'repeated-parameter' | 'illegal-value'
  readonly text: string
}

/** Whether parsing ended in a fault. */
export const isFault = (parsed: ParsedParameters | ParameterFault): parsed is ParameterFault =>
  'failure' in parsed

/** Reads the parameters of an offer or of an answer; the peer's mistakes are values. */
export function parseParameters(
  extension: Extension,
  kind: 'offer' | 'answer',
): ParsedParameters | ParameterFault {
  if (extension.name !== EXTENSION_NAME)
    return { failure: 'unknown-extension', text: `${extension.name} is not ${EXTENSION_NAME}` }
  const parsed: ParsedParameters = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: undefined,
    clientMaxWindowBits: undefined,
  }
  const seen: string[] = []
  for (const [name, value] of extension.parameters) {
    // 7.1: "A server MUST decline ... if ... The negotiation offer contains multiple extension parameters with
    // the same name"; the same sentence stands for the client and the response.
    if (seen.includes(name)) return { failure: 'repeated-parameter', text: `${name} stands there twice` }
    seen.push(name)
    const fault = readParameter(parsed, name, value, kind)
    if (fault !== null) return fault
  }
  return parsed
}

function readParameter(
  parsed: ParsedParameters,
  name: string,
  value: string | null,
  kind: 'offer' | 'answer',
): ParameterFault | null {
  const illegal: ParameterFault = {
    failure: 'illegal-value',
    text:
      value === null ? `${name} needs a value` : `${name} may not have the value ${JSON.stringify(value)}`,
  }
  switch (name) {
    // 7.1.1: neither of the two has a value.
    case Parameter.SERVER_NO_CONTEXT_TAKEOVER:
      parsed.serverNoContextTakeover = true
      return value === null ? null : illegal
    case Parameter.CLIENT_NO_CONTEXT_TAKEOVER:
      parsed.clientNoContextTakeover = true
      return value === null ? null : illegal
    case Parameter.SERVER_MAX_WINDOW_BITS:
      parsed.serverMaxWindowBits = parseWindowBits(value)
      return parsed.serverMaxWindowBits === undefined ? illegal : null
    case Parameter.CLIENT_MAX_WINDOW_BITS:
      // 7.1.2.2: in an offer it "has no value or a decimal integer value"; in a response it has one.
      parsed.clientMaxWindowBits = value === null && kind === 'offer' ? true : parseWindowBits(value)
      return parsed.clientMaxWindowBits === undefined ? illegal : null
    default:
      return { failure: 'unknown-parameter', text: `${name} is not a parameter of ${EXTENSION_NAME}` }
  }
}

/** 7.1.2.1: "a decimal integer value without leading zeroes between 8 to 15". */
function parseWindowBits(value: string | null): number | undefined {
  return value !== null && /^(?:[89]|1[0-5])$/.test(value) ? Number(value) : undefined
}
