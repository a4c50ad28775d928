/**
 * Request and response heads as values, and as octets (RFC 9112, 2 to 5).
 */

import { isFieldValue, isToken, isVisible } from './grammar.ts'
import type { HeaderLine } from './headers.ts'
import { host } from './native.ts'

/** All of a request that comes before its body. */
export interface RequestHead {
  /** Case matters: `GET`. */
  readonly method: string
  /** As on the wire; normally `/path?query`. */
  readonly target: string
  /** `1.1` */
  readonly version: string
  readonly headers: readonly HeaderLine[]
}

/** All of a response that comes before its body. */
export interface ResponseHead {
  /** `1.1` */
  readonly version: string
  /** 100 to 999. */
  readonly status: number
  /** May be empty. */
  readonly reason: string
  readonly headers: readonly HeaderLine[]
}

const httpVersion = /^\d\.\d$/
const CRLF = '\r\n'

/**
 * The octets of a head, up to and with its empty line.
 *
 * Judges only what keeps it one head: throws TypeError when a name, a value or a part of the first line holds a character that
 * could end it early, so that nothing in it can become a line of its own. Which headers there are is the caller's business.
 */
export function encodeHead(head: RequestHead | ResponseHead): Uint8Array {
  let text = 'method' in head ? formatRequestLine(head) : formatStatusLine(head)
  text += CRLF
  for (const line of head.headers) {
    assertHeaderLine(line)
    text += `${line[0]}: ${line[1]}${CRLF}`
  }
  return host.encodeLatin1(text + CRLF)
}

/** Throws TypeError when the name is no token or the value could end its line. Never shows the value: it may be a secret. */
export function assertHeaderLine([name, value]: HeaderLine): void {
  if (!isToken(name))
    throw new TypeError(`a header cannot be called ${JSON.stringify(name)}: its name has to be a token`)
  if (!isFieldValue(value)) {
    throw new TypeError(
      `the value of header ${name} has a character that is not allowed; allowed are tab, space, visible ASCII and U+0080 to U+00FF`,
    )
  }
}

function formatRequestLine({ method, target, version }: RequestHead): string {
  if (!isToken(method)) throw new TypeError(`a method has to be a token, not ${JSON.stringify(method)}`)
  if (!isVisible(target)) throw new TypeError('a request target has to be visible ASCII, and not empty')
  return `${method} ${target} HTTP/${checkedVersion(version)}`
}

function formatStatusLine({ version, status, reason }: ResponseHead): string {
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new TypeError(`a status has to be an integer from 100 to 999, not ${status}`)
  }
  if (!isFieldValue(reason)) throw new TypeError(`a reason cannot be ${JSON.stringify(reason)}`)
  return `HTTP/${checkedVersion(version)} ${status} ${reason}`
}

function checkedVersion(version: string): string {
  if (!httpVersion.test(version))
    throw new TypeError(`an HTTP version looks like 1.1, not ${JSON.stringify(version)}`)
  return version
}
