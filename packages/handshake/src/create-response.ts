/** The server's answers: 101 to a request that it accepts (RFC 6455, 4.2.2), an HTTP error to one that it refuses. */
import { acceptKey } from './accept-key.ts'
import { assertCallerHeaders, reservedInResponse } from './caller-headers.ts'
import type { UpgradeRequest } from './check-request.ts'
import { type Extension, formatExtensions } from './extensions.ts'
import type { ResponseHead } from './head.ts'
import type { HeaderLine } from './headers.ts'
import { HTTP_VERSION } from './names.ts'
import { reasonPhrase, Status } from './status.ts'

/** What the server chose from the request, and adds to it. */
export interface ResponseOptions {
  /** One of the request's. Default none. */
  readonly subprotocol?: string | undefined
  /** Answers to some of the request's offers, in order. Default none. */
  readonly extensions?: readonly Extension[] | undefined
  /** Further header lines, e.g. Set-Cookie; none of those that the handshake writes itself. */
  readonly headers?: readonly HeaderLine[] | undefined
}

/**
 * The response that accepts `request`. Throws TypeError for a subprotocol or an extension that was not requested, for a header
 * that the handshake writes itself, and for a header that is malformed.
 */
export function createResponse(
  request: Pick<UpgradeRequest, 'key' | 'subprotocols' | 'extensions'>,
  options: ResponseOptions = {},
): ResponseHead {
  return {
    version: HTTP_VERSION,
    status: Status.SWITCHING_PROTOCOLS,
    reason: reasonPhrase(Status.SWITCHING_PROTOCOLS),
    headers: [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Accept', acceptKey(request.key)],
      ...answerWishes(request, options),
    ],
  }
}

/** The header lines that answer what HTTP/1.1 and HTTP/2 ask for in the same way, and the caller's own. */
export function answerWishes(
  request: Pick<UpgradeRequest, 'subprotocols' | 'extensions'>,
  { subprotocol, extensions = [], headers = [] }: ResponseOptions,
): HeaderLine[] {
  const lines: HeaderLine[] = []
  if (subprotocol !== undefined) {
    // 4.2.2: "The value chosen MUST be derived from the client's handshake".
    if (!request.subprotocols.includes(subprotocol)) {
      throw new TypeError(`the client has not requested the subprotocol ${JSON.stringify(subprotocol)}`)
    }
    lines.push(['Sec-WebSocket-Protocol', subprotocol])
  }
  if (extensions.length > 0) {
    // 4.2.2: "Extensions not listed by the client MUST NOT be listed."
    const open = new Set(request.extensions.map(({ name }) => name))
    for (const { name } of extensions) {
      if (!open.delete(name)) {
        throw new TypeError(`the extension ${JSON.stringify(name)} was not offered, or is answered twice`)
      }
    }
    lines.push(['Sec-WebSocket-Extensions', formatExtensions(extensions)])
  }
  assertCallerHeaders(headers, reservedInResponse)
  lines.push(...headers)
  return lines
}
