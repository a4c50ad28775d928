/**
 * WebSocket connections on the port of an `http` or `https` server, beside its routes and other upgrade handlers.
 *
 * One listener for `upgrade` serves all that is attached to a host. A request goes to the first endpoint whose path it is on;
 * one that is on nobody's path is left to the other listeners of the host, and refused when there are none.
 */
import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type HeaderLine, headerValues, type RequestHead, refusals } from '@hybi/handshake'
import { encodeAnswer } from './answer.ts'
import { Endpoint, type EndpointOptions, endpointOptionNames } from './endpoint.ts'
import { type NamedAnswer, sayFarewell, seeOff } from './farewell.ts'
import { checkHandlers } from './handlers.ts'
import { type Host, mayHaveDroppedLines, owesAnswer, passAsPlainRequest } from './host.ts'
import { splitTarget } from './path.ts'
import { shareReads } from './read-buffer.ts'
import { Server } from './server.ts'
import { type ServerHandlers, serverHandlerNames } from './server-handlers.ts'
import { checkNames, type Limits } from './settings.ts'
import { decideUpgrade } from './upgrade.ts'

/** Options of `attach`. */
export interface AttachOptions extends EndpointOptions {
  /** As for `listen`; sockets from which somebody else reads already are left as they are. */
  readonly sharedReadBuffer?: boolean | undefined
}

const optionNames = [...endpointOptionNames, 'sharedReadBuffer'] as const

const notFound: NamedAnswer = {
  name: 'path not found',
  status: 404,
  body: 'There is no WebSocket at this path.\n',
}

/** An endpoint of any kind of data, as its host sees it. */
interface Attached {
  isOnPath(path: string): boolean
  take(socket: Duplex, head: RequestHead, rest: Uint8Array): void
  refuse(socket: Duplex, answer: NamedAnswer, method: string): void
  seeOff(socket: Duplex): void
}

const attachments = new WeakMap<Host, Attached[]>()

/**
 * Serves WebSocket connections on a server that has other things to do as well. `close` of what is returned sees the
 * connections out and leaves the host as it was.
 *
 * The host's own timeouts stand before the upgrade: see `hostOptions`.
 *
 * @throws TypeError or RangeError for wrong options and handlers
 */
export function attach<Data = unknown>(
  host: Host,
  options: AttachOptions = {},
  handlers: ServerHandlers<Data> = {},
): Server<Data> {
  checkNames('attach', options, optionNames)
  checkHandlers(handlers, serverHandlerNames)
  const { sharedReadBuffer = true } = options
  const endpoint = new Endpoint<Data>(options, handlers)
  const attached: Attached = {
    isOnPath: (path) => {
      try {
        return endpoint.isOnPath(path)
      } catch {
        // It is asked again where what it throws is reported, and answered.
        return true
      }
    },
    take: (socket, head, rest) => {
      if (sharedReadBuffer) shareReads(socket)
      const refusal = checkSize(head, endpoint.limits)
      if (refusal !== null) attached.refuse(socket, refusal, head.method)
      else decideUpgrade(endpoint, socket, head, rest, endpoint.timeouts.handshakeMs)
    },
    refuse: (socket, answer, method) =>
      sayFarewell(
        socket,
        { ...answer, octets: encodeAnswer(answer, method) },
        endpoint.timeouts,
        endpoint.visitors,
      ),
    seeOff: (socket) => seeOff(socket, endpoint.timeouts, endpoint.visitors),
  }
  enlist(host, attached)
  return new Server(endpoint, async () => dismiss(host, attached))
}

function enlist(host: Host, attached: Attached): void {
  const others = attachments.get(host)
  if (others !== undefined) {
    others.push(attached)
    return
  }
  attachments.set(host, [attached])
  host.on('upgrade', dispatch)
}

function dismiss(host: Host, attached: Attached): void {
  const left = (attachments.get(host) ?? []).filter((other) => other !== attached)
  if (left.length > 0) {
    attachments.set(host, left)
    return
  }
  attachments.delete(host)
  host.off('upgrade', dispatch)
}

function dispatch(this: Host, request: IncomingMessage, socket: Duplex, rest: Buffer): void {
  const all = attachments.get(this) ?? []
  const head = toHead(request)
  const { path } = splitTarget(head.target)
  const isWebSocket = headerValues(head.headers, 'upgrade').some((value) => /\bwebsocket\b/i.test(value))
  const taker = isWebSocket ? all.find((attached) => attached.isOnPath(path)) : undefined
  if (taker === undefined && this.listenerCount('upgrade') > 1) return
  takeOver(socket)
  const [first] = all
  // RFC 9112, 9.3.2: "the server ... MUST send the corresponding responses in the same order that the requests were received."
  if (owesAnswer(socket)) socket.destroy()
  else if (taker === undefined) ignoreUpgrade(this, first, request, socket, isWebSocket)
  else if (mayHaveDroppedLines(this, request)) taker.refuse(socket, refusals.tooManyHeaderLines, head.method)
  else taker.take(socket, head, rest)
}

/** RFC 9110, 7.8: "A server MAY ignore a received Upgrade header field if it wishes to continue using the current protocol". */
function ignoreUpgrade(
  host: Host,
  attached: Attached | undefined,
  request: IncomingMessage,
  socket: Duplex,
  isWebSocket: boolean,
): void {
  if (isWebSocket || !passAsPlainRequest(host, request, socket, () => attached?.seeOff(socket)))
    attached?.refuse(socket, notFound, request.method ?? 'GET')
}

/** Why a head is more than `limits` allow; null when it is not. The host has limits of its own, which may be larger. */
function checkSize({ method, target, headers }: RequestHead, limits: Limits): NamedAnswer | null {
  if (headers.length > limits.maxHeadLines) return refusals.tooManyHeaderLines
  let size = method.length + target.length + AROUND_REQUEST_LINE
  for (const [name, value] of headers) size += name.length + value.length + AROUND_LINE
  return size > limits.maxHeadSize ? refusals.headTooLarge : null
}

/** Octets of a head that are not in its parts: two spaces and the version, and both ends of line; a colon, a space and CRLF. */
const AROUND_REQUEST_LINE = '  HTTP/1.1\r\n\r\n'.length
const AROUND_LINE = ': \r\n'.length

/** Makes the socket what ours are: both sides end on their own, nothing waits to be sent, no timer of the host is left. */
function takeOver(socket: Duplex): void {
  socket.allowHalfOpen = true
  if (!(socket instanceof Socket)) return
  socket.setTimeout(0)
  socket.setNoDelay(true)
}

/** The head as it was on the wire, as far as the host's parser has kept it. */
function toHead({ method = 'GET', url = '/', httpVersion, rawHeaders }: IncomingMessage): RequestHead {
  const headers: HeaderLine[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.push([rawHeaders[i], rawHeaders[i + 1]])
  return { method, target: url, version: httpVersion, headers }
}
