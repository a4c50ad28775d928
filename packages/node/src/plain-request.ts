/** GET and HEAD requests on our own listener that ask for no upgrade: a page, a health check. */
import type { Duplex } from 'node:stream'
import { findHeader, type RequestHead, refusals } from '@hybi/handshake'
import { Decision } from './decision.ts'
import type { Endpoint } from './endpoint.ts'
import type { ListenHandlers } from './server-handlers.ts'
import { ServerRequest } from './server-request.ts'

/** True for a request that the `request` handler may answer: one without an upgrade, and without a body. */
export function isPlainRequest({ method, headers }: RequestHead): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  if (findHeader(headers, 'upgrade') !== undefined || findHeader(headers, 'transfer-encoding') !== undefined)
    return false
  return Number(findHeader(headers, 'content-length') ?? 0) === 0
}

/** Answers such a request by the handler. The socket is taken over. */
export function answerPlainRequest<Data>(
  endpoint: Endpoint<Data>,
  handlers: ListenHandlers<Data>,
  socket: Duplex,
  head: RequestHead,
  deadlineMs: number,
): void {
  const decision = new Decision(endpoint, socket, head.method, NO_BYTES)
  decision.decide(() => {
    const asked = {
      target: head.target,
      host: findHeader(head.headers, 'host') ?? '',
      origin: findHeader(head.headers, 'origin'),
      subprotocols: [],
      extensions: [],
      headers: head.headers,
    }
    const request = new ServerRequest(head.method, asked, socket, () => decision.signal)
    decision.wait(handlers.request?.(request), deadlineMs, (answer) => {
      // The handler may leave a request to the rules: what is no upgrade is then told that one is required.
      if (answer === undefined) decision.refuse(refusals.upgradeRequired)
      else decision.refuse({ name: 'request', ...answer })
    })
  })
}

const NO_BYTES = new Uint8Array(0)
