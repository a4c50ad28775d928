/**
 * The server's half of the opening handshake, once the head of the request is there (RFC 6455, 4.2):
 *
 *     head ─▶ checkRequest ─▶ path ─▶ Origin ─▶ limits ─▶ upgrade handler ─▶ 101 and a connection
 *                 └────────────┴────────┴─────────┴──────────────┴─────────▶ an answer, and farewell
 */
import type { Duplex } from 'node:stream'
import {
  checkRequest,
  createResponse,
  encodeHead,
  formatExtensions,
  type RequestHead,
  refusals,
  type UpgradeRequest,
} from '@hybi/handshake'
import { acceptOffer, createTransform } from '@hybi/permessage-deflate'
import { Session } from '@hybi/session'
import { Refused, toHeaderLines } from './answer.ts'
import { Connection, startConnection } from './connection.ts'
import { Decision, goingAway } from './decision.ts'
import { openChannel } from './diagnostics.ts'
import type { Endpoint } from './endpoint.ts'
import type { NamedAnswer } from './farewell.ts'
import type { Accepted, UpgradeAnswer } from './server-handlers.ts'
import { ServerRequest } from './server-request.ts'

const notFound = { name: 'path not found', status: 404, body: 'There is no WebSocket at this path.\n' }
const tooMany = { name: 'too many connections', status: 503, body: 'There are too many connections.\n' }

/**
 * Decides about a request: at once, unless the `upgrade` handler takes its time.
 *
 * @param socket is taken over
 * @param rest what was read behind the head; not lost
 * @param deadlineMs what is left of the handshake's time
 */
export function decideUpgrade<Data>(
  endpoint: Endpoint<Data>,
  socket: Duplex,
  head: RequestHead,
  rest: Uint8Array,
  deadlineMs: number,
): void {
  const decision = new Decision(endpoint, socket, head.method, rest)
  decision.decide(() => {
    const checked = checkRequest(head)
    if (checked.ok) consider(decision, checked.value, head.method, deadlineMs)
    else decision.refuse(checked.refusal)
  })
}

/** The request keeps the rules: is it welcome? */
function consider<Data>(
  decision: Decision<Data>,
  asked: UpgradeRequest,
  method: string,
  deadlineMs: number,
): void {
  const { endpoint, socket } = decision
  const request = new ServerRequest(method, asked, socket, () => decision.signal)
  const refusal = findRefusal(decision, request)
  if (refusal !== null) {
    decision.refuse(refusal)
    return
  }
  decision.wait(endpoint.handlers.upgrade?.(request), deadlineMs, (answer) =>
    conclude(decision, asked, request, answer),
  )
}

/** Why a request that keeps the rules is not welcome; null: it is, and was counted. */
function findRefusal<Data>(decision: Decision<Data>, request: ServerRequest): NamedAnswer | null {
  const { endpoint } = decision
  if (!endpoint.isOnPath(request.path)) return notFound
  if (!endpoint.mayConnect(request)) return refusals.originRefused
  if (endpoint.closing) return goingAway
  const key = endpoint.admit(request)
  if (key === null) return tooMany
  decision.count(key)
  return null
}

function conclude<Data>(
  decision: Decision<Data>,
  asked: UpgradeRequest,
  request: ServerRequest,
  answer: UpgradeAnswer<Data>,
): void {
  if (answer instanceof Refused) decision.refuseWith({ name: 'refused by the upgrade handler', ...answer })
  else accept(decision, asked, request, answer ?? {})
}

/** Opens the connection. Throws for what the handler answered and cannot be sent. */
function accept<Data>(
  decision: Decision<Data>,
  asked: UpgradeRequest,
  request: ServerRequest,
  accepted: Accepted<Data>,
): void {
  const { endpoint, socket } = decision
  const { limits, permessageDeflate, handlers } = endpoint
  const compresses = permessageDeflate !== null && accepted.permessageDeflate !== false
  const deflate = compresses ? acceptOffer(asked.extensions, permessageDeflate) : null
  const extensions = deflate === null ? [] : [deflate.answer]
  const subprotocol = accepted.subprotocol ?? chooseSubprotocol(asked, endpoint.subprotocols)
  const response = createResponse(asked, {
    subprotocol,
    extensions,
    headers: toHeaderLines(accepted.headers),
  })
  const transform =
    deflate === null ? undefined : createTransform(deflate.parameters, 'server', permessageDeflate ?? {})
  const session = new Session({
    role: 'server',
    maxMessageSize: limits.maxMessageSize,
    maxFragments: limits.maxFragments,
    maxPendingPongs: limits.maxPendingPongs,
    receiveMode: handlers.stream === undefined ? 'whole' : 'streamed',
    transform,
  })
  decision.accept((rest, key) => {
    const connection = new Connection<Data>(session, socket, endpoint, {
      subprotocol,
      extensions: formatExtensions(extensions),
      responseHeaders: [],
      data: accepted.data,
    })
    endpoint.connected(connection, key)
    if (openChannel.hasSubscribers) openChannel.publish({ connection, role: 'server' })
    const open = handlers.open === undefined ? null : () => handlers.open?.(connection, request)
    startConnection(connection, { head: encodeHead(response), rest, open, transform })
  })
}

function chooseSubprotocol(asked: UpgradeRequest, spoken: readonly string[]): string | undefined {
  return asked.subprotocols.find((subprotocol) => spoken.includes(subprotocol))
}
