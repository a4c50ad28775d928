/**
 * Reads the head of a request or a response from a stream of bytes, in any number of parts (RFC 9112, 2 to 5).
 *
 *     start line CRLF *( header line CRLF ) CRLF | rest: not touched; frames when the handshake succeeds
 *
 * Each line is looked at once, when its line feed is there: a head in drips costs what its bytes cost. What is held never
 * exceeds the limits.
 */
import type { headFaults } from './failures.ts'
import { isFieldValue, isToken, trimWhitespace } from './grammar.ts'
import { type HeadGrammar, type HeadKind, headGrammars, type Readings } from './head-grammar.ts'
import type { HeaderLine } from './headers.ts'
import { host } from './native.ts'

/** What a head may cost. */
export interface HeadLimits {
  /**
   * Octets of the head, from its first to the last of its empty line; exactly as many are still taken. For a response the
   * interim ones in front of it (1xx) count too. Default 16384.
   */
  readonly maxBytes?: number | undefined
  /** Header lines, without the start line and the empty line; exactly as many are still taken. Default 100. */
  readonly maxLines?: number | undefined
}

/** Octets of a head that are taken unless told otherwise. */
export const DEFAULT_MAX_HEAD_BYTES = 16_384
/** Header lines of a head that are taken unless told otherwise. */
export const DEFAULT_MAX_HEADER_LINES = 100

const LINE_FEED = '\n'
const CARRIAGE_RETURN = '\r'
const EMPTY_LINE_SIZE = 2
/** Octets that are held at first: the longest line of a browser, its User-Agent, takes a quarter of them. */
const FIRST_HOLD_SIZE = 512
const nothing = new Uint8Array(0)

/** The reader of one head; for a response, of the final one: interim responses (1xx but 101) are passed over. */
export class HeadReader<Kind extends HeadKind> {
  readonly #grammar: HeadGrammar<Kind>
  readonly #maxBytes: number
  readonly #maxLines: number
  #size: number
  /** The first `#heldSize` octets are the beginning of a line whose end has not arrived yet. */
  #held: Uint8Array
  #heldSize: number
  #startLine: ReturnType<HeadGrammar<Kind>['parseStartLine']>
  #headers: HeaderLine[]
  #ended: boolean

  /** Throws RangeError when a limit is no positive integer. */
  constructor(
    kind: Kind,
    { maxBytes = DEFAULT_MAX_HEAD_BYTES, maxLines = DEFAULT_MAX_HEADER_LINES }: HeadLimits = {},
  ) {
    assertLimit('maxBytes', maxBytes)
    assertLimit('maxLines', maxLines)
    this.#grammar = headGrammars[kind]
    this.#maxBytes = maxBytes
    this.#maxLines = maxLines
    this.#size = 0
    this.#held = nothing
    this.#heldSize = 0
    this.#startLine = null
    this.#headers = []
    this.#ended = false
  }

  /** Octets taken so far. With 0 of them nobody has asked for anything, and nobody expects an answer. */
  get size(): number {
    return this.#size
  }

  /**
   * Takes the next bytes; reads them and keeps none. Null while the head is not complete; else the head and the bytes behind it
   * (a view of `chunk`), or the first rule that was broken. Throws Error when the result was given before.
   */
  receive(chunk: Uint8Array): Readings[Kind] | null {
    if (this.#ended) throw new Error('this head has been read; a reader reads one')
    const reading = this.#read(chunk)
    this.#ended = reading !== null
    return reading
  }

  #read(chunk: Uint8Array): Readings[Kind] | null {
    // What is more than the limit in one chunk is never looked at. In latin1 characters stand where their octets stand.
    const text = host.decodeLatin1(chunk, 0, Math.min(chunk.length, this.#maxBytes - this.#size + 1))
    let start = 0
    for (;;) {
      const lineFeed = text.indexOf(LINE_FEED, start)
      const end = lineFeed === -1 ? text.length : lineFeed + 1
      this.#size += end - start
      if (this.#size > this.#maxBytes) return this.#grammar.refuse('headTooLarge')
      if (lineFeed === -1) {
        this.#hold(chunk, start, end)
        return null
      }
      const line =
        this.#heldSize === 0 ? text.slice(start, lineFeed) : this.#completeLine(chunk, start, lineFeed)
      // RFC 9112, 2.2: "a recipient MAY recognize a single LF as a line terminator". This one does not: those that do and those
      // that do not disagree on where a head ends.
      if (!line.endsWith(CARRIAGE_RETURN)) return this.#grammar.refuse('bareLineFeed')
      const reading = this.#takeLine(line.slice(0, -1), chunk, end)
      if (reading !== null) return reading
      start = end
    }
  }

  /** What is behind the line begins at `end` of `chunk`. */
  #takeLine(line: string, chunk: Uint8Array, end: number): Readings[Kind] | null {
    if (this.#startLine === null) return this.#takeStartLine(line)
    if (line !== '') return this.#takeHeader(line)
    const reading = this.#grammar.finish(this.#startLine, this.#headers, chunk.subarray(end))
    this.#startLine = null
    this.#headers = []
    return reading
  }

  #takeStartLine(line: string): Readings[Kind] | null {
    if (line === '' && this.#size === EMPTY_LINE_SIZE && this.#grammar.mayBeginEmpty) return null
    this.#startLine = this.#grammar.parseStartLine(line)
    return this.#startLine === null ? this.#grammar.refuse('malformedStartLine') : null
  }

  #takeHeader(line: string): Readings[Kind] | null {
    if (this.#headers.length === this.#maxLines) return this.#grammar.refuse('tooManyHeaderLines')
    const header = parseHeaderLine(line)
    if (typeof header === 'string') return this.#grammar.refuse(header)
    this.#headers.push(header)
    return null
  }

  /** The line that ends in front of `lineFeed` and of which the beginning was held. */
  #completeLine(chunk: Uint8Array, start: number, lineFeed: number): string {
    this.#hold(chunk, start, lineFeed)
    const line = host.decodeLatin1(this.#held, 0, this.#heldSize)
    this.#heldSize = 0
    return line
  }

  #hold(chunk: Uint8Array, start: number, end: number): void {
    const size = this.#heldSize + end - start
    if (size > this.#held.length) {
      const larger = new Uint8Array(Math.max(size, 2 * this.#held.length, FIRST_HOLD_SIZE))
      larger.set(this.#held.subarray(0, this.#heldSize))
      this.#held = larger
    }
    this.#held.set(chunk.subarray(start, end), this.#heldSize)
    this.#heldSize = size
  }
}

/** `field-name ":" OWS field-value OWS` (RFC 9112, 5), or the rule that the line breaks. */
function parseHeaderLine(line: string): HeaderLine | keyof typeof headFaults {
  // 5.2: "A server that receives an obs-fold in a request message ... MUST either reject the message by sending a 400 (Bad
  // Request) ... or replace each received obs-fold with one or more SP octets".
  if (line.startsWith(' ') || line.startsWith('\t')) return 'foldedHeader'
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(colon, 0))
  // 5.1: "No whitespace is allowed between the field name and colon."
  if (!isToken(name)) return 'malformedHeader'
  const value = trimWhitespace(line.slice(colon + 1))
  return isFieldValue(value) ? [name, value] : 'malformedHeader'
}

function assertLimit(name: string, limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError(`${name} has to be a positive integer, not ${limit}`)
  }
}
