/** The value of Sec-WebSocket-Protocol in a request: `1#token`, all different (RFC 6455, 4.1 and 4.3). */
import { isToken, splitList } from './grammar.ts'

/**
 * The subprotocols that all `values` of the header together list, most wanted first: an empty list when there is no value at
 * all, null when one is no token, is listed twice, or nothing is listed.
 */
export function parseSubprotocols(values: readonly string[]): readonly string[] | null {
  if (values.length === 0) return []
  const subprotocols = splitList(values)
  return subprotocols.length > 0 && areDistinctTokens(subprotocols) ? subprotocols : null
}

/** The value of the header that requests `subprotocols`. Throws TypeError when one is no token or is listed twice. */
export function formatSubprotocols(subprotocols: readonly string[]): string {
  if (!areDistinctTokens(subprotocols)) {
    throw new TypeError(`subprotocols have to be tokens, all different, not ${JSON.stringify(subprotocols)}`)
  }
  return subprotocols.join(', ')
}

// 4.1: "The elements that comprise this value MUST be non-empty strings with characters in the range U+0021 to U+007E not
// including separator characters as defined in [RFC2616] and MUST all be unique strings."
const areDistinctTokens = (subprotocols: readonly string[]): boolean =>
  subprotocols.every(isToken) && new Set(subprotocols).size === subprotocols.length
