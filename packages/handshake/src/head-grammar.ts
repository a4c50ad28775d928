/** In what the head of a request and that of a response differ: the first line, and what a broken rule leads to. */
import { type Failure, failures, type headFaults } from './failures.ts'
import { TOKEN_CHARACTER } from './grammar.ts'
import type { RequestHead, ResponseHead } from './head.ts'
import type { HeaderLine } from './headers.ts'
import { type Refusal, refusals } from './refusals.ts'
import { Status } from './status.ts'

/** What became of a request's head. `rest` is what stands behind it. */
export type ReadRequest =
  | { readonly ok: true; readonly head: RequestHead; readonly rest: Uint8Array }
  | { readonly ok: false; readonly refusal: Refusal }

/** What became of a response's head. `rest` is what stands behind it. */
export type ReadResponse =
  | { readonly ok: true; readonly head: ResponseHead; readonly rest: Uint8Array }
  | { readonly ok: false; readonly failure: Failure }

/** What a reader can give, by what it reads. */
export interface Readings {
  request: ReadRequest
  response: ReadResponse
}

/** What a `HeadReader` reads. */
export type HeadKind = 'request' | 'response'

interface StartLines {
  request: Omit<RequestHead, 'headers'>
  response: Omit<ResponseHead, 'headers'>
}

export interface HeadGrammar<Kind extends HeadKind> {
  /** One empty line may stand in front. */
  readonly mayBeginEmpty: boolean
  /** Null when it breaks the grammar. */
  parseStartLine(line: string): StartLines[Kind] | null
  /** Null when the head that counts is still to come. */
  finish(startLine: StartLines[Kind], headers: readonly HeaderLine[], rest: Uint8Array): Readings[Kind] | null
  refuse(fault: keyof typeof headFaults): Readings[Kind]
}

const requestLine = new RegExp(`^(${TOKEN_CHARACTER}+) ([\\x21-\\x7e]+) HTTP/(\\d\\.\\d)$`)
const statusLine = /^HTTP\/(\d\.\d) ([1-9]\d\d) ([\t\x20-\x7e\x80-\xff]*)$/

export const headGrammars: { readonly [Kind in HeadKind]: HeadGrammar<Kind> } = {
  request: {
    // RFC 9112, 2.2: "a server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line
    // (CRLF) received prior to the request-line."
    mayBeginEmpty: true,
    parseStartLine(line) {
      const match = requestLine.exec(line)
      if (match === null) return null
      const [, method, target, version] = match
      return { method, target, version }
    },
    finish: ({ method, target, version }, headers, rest) => ({
      ok: true,
      head: { method, target, version, headers },
      rest,
    }),
    refuse: (fault) => ({ ok: false, refusal: refusals[fault] }),
  },
  response: {
    mayBeginEmpty: false,
    parseStartLine(line) {
      const match = statusLine.exec(line)
      if (match === null) return null
      const [, version, status, reason] = match
      return { version, status: Number(status), reason }
    },
    finish({ version, status, reason }, headers, rest) {
      // RFC 9110, 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response, even if
      // the client does not expect one."
      if (isInterim(status)) return null
      return { ok: true, head: { version, status, reason, headers }, rest }
    },
    refuse: (fault) => ({ ok: false, failure: failures[fault] }),
  },
}

const isInterim = (status: number): boolean => status < Status.OK && status !== Status.SWITCHING_PROTOCOLS
