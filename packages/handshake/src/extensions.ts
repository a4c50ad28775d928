/**
 * The value of Sec-WebSocket-Extensions (RFC 6455, 9.1):
 *
 *     extension-list  = 1#extension
 *     extension       = extension-token *( ";" extension-param )
 *     extension-param = token [ "=" (token | quoted-string) ]
 *
 * in the notation of RFC 2616: white space is free between tokens, and empty list elements do not count.
 * Read in one pass from left to right; nothing is looked at twice.
 */
import { isToken, TOKEN_CHARACTER } from './grammar.ts'

/** Name and value; null for a parameter without a value. */
export type ExtensionParameter = readonly [name: string, value: string | null]

/** One extension of an offer or an answer; duplicates and order of its parameters kept. */
export interface Extension {
  readonly name: string
  readonly parameters: readonly ExtensionParameter[]
}

/**
 * The extensions that all `values` of the header together list, in order: an empty list when there is no value at all, null when
 * the grammar is broken anywhere or nothing is listed.
 */
export function parseExtensions(values: readonly string[]): readonly Extension[] | null {
  const extensions: Extension[] = []
  for (const value of values) if (!readList(new Cursor(value), extensions)) return null
  // RFC 2616, 2.1: "where at least one element is required, at least one non-null element MUST be present."
  return values.length > 0 && extensions.length === 0 ? null : extensions
}

/** The value of the header that lists `extensions`. Throws TypeError when a name or a value is no token. */
export const formatExtensions = (extensions: readonly Extension[]): string =>
  extensions.map(formatExtension).join(', ')

function formatExtension({ name, parameters }: Extension): string {
  let text = checkedToken(name)
  for (const [parameter, value] of parameters) {
    text += `; ${checkedToken(parameter)}`
    if (value !== null) text += `=${checkedToken(value)}`
  }
  return text
}

function checkedToken(text: string): string {
  if (!isToken(text)) {
    throw new TypeError(`names and values of extensions have to be tokens, not ${JSON.stringify(text)}`)
  }
  return text
}

/** Adds what one value of the header lists; false when it breaks the grammar. */
function readList(cursor: Cursor, extensions: Extension[]): boolean {
  do {
    cursor.skipWhitespace()
    const name = cursor.takeToken()
    // RFC 2616, 2.1: "null elements are allowed, but do not contribute to the count of elements present."
    if (name === '') continue
    const parameters = readParameters(cursor)
    if (parameters === null) return false
    extensions.push({ name, parameters })
  } while (cursor.take(','))
  return cursor.ended
}

function readParameters(cursor: Cursor): ExtensionParameter[] | null {
  const parameters: ExtensionParameter[] = []
  cursor.skipWhitespace()
  while (cursor.take(';')) {
    cursor.skipWhitespace()
    const name = cursor.takeToken()
    if (name === '') return null
    cursor.skipWhitespace()
    const value = cursor.take('=') ? readValue(cursor) : null
    if (value === '') return null
    parameters.push([name, value])
    cursor.skipWhitespace()
  }
  return parameters
}

/** A token or a quoted one; empty when it is neither. */
function readValue(cursor: Cursor): string {
  cursor.skipWhitespace()
  if (!cursor.take('"')) return cursor.takeToken()
  const value = cursor.takeUnquoted()
  // 9.1: "When using the quoted-string syntax variant, the value after quoted-string unescaping MUST conform to the 'token' ABNF."
  return value !== null && isToken(value) ? value : ''
}

const tokenHere = new RegExp(`${TOKEN_CHARACTER}+`, 'y')
const whitespaceHere = /[ \t]*/y

/** A place in a text, which only moves forward. */
class Cursor {
  readonly #text: string
  #at: number

  constructor(text: string) {
    this.#text = text
    this.#at = 0
  }

  get ended(): boolean {
    return this.#at === this.#text.length
  }

  skipWhitespace(): void {
    this.#match(whitespaceHere)
  }

  /** Steps over `character` if it stands here. */
  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  /** The token that begins here; empty when none does. */
  takeToken(): string {
    return this.#match(tokenHere)
  }

  /** The rest of a quoted string, behind its first quote, without its escapes; null when it does not end. */
  takeUnquoted(): string | null {
    let value = ''
    while (!this.take('"')) {
      this.take('\\')
      if (this.ended) return null
      value += this.#text[this.#at]
      this.#at++
    }
    return value
  }

  #match(sticky: RegExp): string {
    sticky.lastIndex = this.#at
    const found = sticky.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }
}
