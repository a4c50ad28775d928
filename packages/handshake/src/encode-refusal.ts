/** The server's answer to a request that it does not accept: a whole HTTP response (RFC 9110, RFC 9112). */
import { assertCallerHeaders, reservedInRefusal } from './caller-headers.ts'
import { encodeHead } from './head.ts'
import { findHeader, type HeaderLine } from './headers.ts'
import { HTTP_VERSION, Name } from './names.ts'
import { reasonPhrase, Status } from './status.ts'

/** An HTTP answer other than 101: a row of the refusals table, or the caller's own. */
export interface RefusalAnswer {
  /** 200 to 599, and one that may have a body. */
  readonly status: number
  /** Further header lines; Connection and Content-Length are added. Without a Content-Type the body is called plain text. */
  readonly headers?: readonly HeaderLine[] | undefined
  /** Text is sent as UTF-8. Default none. */
  readonly body?: string | Uint8Array | undefined
}

/**
 * The octets of a whole response that refuses a request and ends the connection; the answer to a HEAD request has no content.
 * Throws RangeError for a status that cannot do that, TypeError for a header that frames the body, for one that is malformed, and for
 * a body that is neither text nor bytes.
 */
export function encodeRefusal(answer: RefusalAnswer, method?: string): Uint8Array {
  const { status, headers = [], body = '' } = answer
  if (!Number.isInteger(status) || status < Status.OK || status > MAX_STATUS || bodiless.has(status)) {
    throw new RangeError(`a refusal has a status from 200 to 599 that may have a body, not ${status}`)
  }
  assertCallerHeaders(headers, reservedInRefusal)
  const content = typeof body === 'string' ? new TextEncoder().encode(body) : body
  if (!(content instanceof Uint8Array))
    throw new TypeError('the body of a refusal is a string or a Uint8Array')
  const lines: HeaderLine[] = [...headers]
  // RFC 9110, 7.8: "A sender of Upgrade MUST also send an "Upgrade" connection option in the Connection header field".
  const upgrades = findHeader(headers, Name.UPGRADE) !== undefined
  lines.push(['Connection', upgrades ? 'Upgrade, close' : 'close'])
  if (content.length > 0 && findHeader(headers, Name.CONTENT_TYPE) === undefined) {
    lines.push(['Content-Type', 'text/plain; charset=utf-8'])
  }
  lines.push(['Content-Length', String(content.length)])
  const head = encodeHead({ version: HTTP_VERSION, status, reason: reasonPhrase(status), headers: lines })
  // RFC 9110, 9.3.2: "The HEAD method is identical to GET except that the server MUST NOT send content in the response."
  if (method === 'HEAD') return head
  const response = new Uint8Array(head.length + content.length)
  response.set(head)
  response.set(content, head.length)
  return response
}

const MAX_STATUS = 599
const bodiless: ReadonlySet<number> = new Set([Status.NO_CONTENT, Status.RESET_CONTENT, Status.NOT_MODIFIED])
