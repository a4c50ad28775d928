/**
 * The small grammars that everything else stands on: tokens and field values (RFC 9110, 5.5 and 5.6), comma-separated lists,
 * and the host and port of a Host header (RFC 9112, 3.2).
 *
 * Every regular expression here is one pass over its input: no two neighbours can match the same character.
 */

/** The characters of a token (RFC 9110, 5.6.2), as a class of a regular expression. */
export const TOKEN_CHARACTER = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]"

const token = new RegExp(`^${TOKEN_CHARACTER}+$`)
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/
const visible = /^[\x21-\x7e]+$/
const authority = /^(\[[\da-f:.]+\]|(?:[\w\-.~!$&'()*+,;=]|%[\da-f]{2})+)(?::(\d*))?$/i

const MAX_PORT = 65_535

/** A token of RFC 9110, 5.6.2: at least one character, no separators, no white space, ASCII. */
export const isToken = (text: string): boolean => token.test(text)

/** What may stand in a header's value: tab, space, visible ASCII, and octets above 0x7f as latin1 characters. */
export const isFieldValue = (text: string): boolean => fieldValue.test(text)

/** Visible ASCII, at least one character of it. */
export const isVisible = (text: string): boolean => visible.test(text)

/** `text` without spaces and tabs at its ends. Not `trim()`, to which 0xa0 and others are white space too. */
export function trimWhitespace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhitespace(text.charCodeAt(start))) start++
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

const TAB = 0x09
const SPACE = 0x20
const isWhitespace = (code: number): boolean => code === SPACE || code === TAB

/** The elements of the comma-separated lists in `values`; empty ones do not count (RFC 9110, 5.6.1). */
export function splitList(values: readonly string[]): string[] {
  const elements: string[] = []
  for (const value of values) {
    for (const part of value.split(',')) {
      const element = trimWhitespace(part)
      if (element !== '') elements.push(element)
    }
  }
  return elements
}

/** True when one element of the lists in `values` is `keyword` (given in lower case), whatever its case. */
export const listIncludes = (values: readonly string[], keyword: string): boolean =>
  splitList(values).some((element) => element.toLowerCase() === keyword)

/** A host and its port, as a Host header or the authority of a URL names them. */
export interface Authority {
  /** A name, an IPv4 address, or an IPv6 address in brackets; in lower case. */
  readonly host: string
  /** Undefined when none is named. */
  readonly port: number | undefined
}

/** Reads `host [":" port]`; null when it is none. User names and passwords have no place in it. */
export function parseAuthority(text: string): Authority | null {
  const match = authority.exec(text)
  if (match === null) return null
  const [, host = '', digits = ''] = match
  const port = digits === '' ? undefined : Number(digits)
  if (port !== undefined && port > MAX_PORT) return null
  return { host: host.toLowerCase(), port }
}
