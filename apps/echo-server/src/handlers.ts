/** What the server does with connections: it sends back what it receives, and logs what the log asks for. */
import { subscribe } from 'node:diagnostics_channel'
import type { CloseOutcome, Connection, ListenHandlers, Message } from '@hybi/node'
import { explain } from './explain.ts'
import type { Log, LogFields } from './log.ts'

/** What the log says of a connection: kept from its beginning, as the socket has no address any more when it is closed. */
type Described = LogFields | undefined

/** Handlers without a `request`; those that only log are left out where the log would not write it. */
export function echoHandlers(log: Log): ListenHandlers<Described> {
  return {
    message: log.writes('debug') ? (connection, message) => echoAndLog(connection, message, log) : echo,
    error: (error, connection) => log.error('error', { ...connection?.data, message: explain(error) }),
    ...(log.writes('info') ? openAndClose(log) : {}),
  }
}

/** The whole path of a message, where nobody watches. */
function echo(connection: Connection<Described>, message: Message): void {
  connection.send(message)
}

function echoAndLog(connection: Connection<Described>, message: Message, log: Log): void {
  const { binary, compressed, size } = message
  log.debug('message', { ...connection.data, binary, compressed, octets: size })
  connection.send(message)
}

const openAndClose = (log: Log): ListenHandlers<Described> => ({
  open: (connection, { remoteAddress, target }) => {
    connection.data = { peer: remoteAddress, target }
    log.info('open', { ...connection.data, extensions: connection.extensions || undefined })
  },
  close: (connection, outcome) => {
    log.info('close', { ...connection.data, ...fieldsOf(outcome) })
  },
})

const fieldsOf = ({ code, reason, wasClean, initiator, cause, violation }: CloseOutcome): LogFields => ({
  code,
  reason: reason || undefined,
  wasClean,
  initiator,
  cause,
  violation: violation?.name,
})

/** What `@hybi/node` publishes about a request that was answered with something else than a connection. */
interface Refusal {
  readonly status: number
  readonly name: string
  readonly remoteAddress: string | undefined
}

const FIRST_ERROR_STATUS = 400

const isRefusal = (message: unknown): message is Refusal =>
  typeof message === 'object' && message !== null && 'status' in message && 'name' in message

/** Logs the requests of this process that are refused: who tries a client wants to know why. */
export function logRefusals(log: Log): void {
  if (!log.writes('info')) return
  subscribe('hybi:handshake:refused', (message) => {
    if (!isRefusal(message) || message.status < FIRST_ERROR_STATUS) return
    log.info('refused', { peer: message.remoteAddress, status: message.status, rule: message.name })
  })
}
