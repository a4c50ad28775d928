/** Connections of the fuzzing client: TCP or TLS to the endpoint under test. */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { SocketWire } from './peer/socket-wire.ts'
import { secure } from './peer/watched-tls.ts'
import type { Wire } from './peer/wire.ts'

export interface Target {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  /** Request target: path and query. */
  readonly path: string
  /** Value of the Host header. */
  readonly authority: string
}

const DEFAULT_PORTS = { ws: 80, wss: 443 }

/** Reads `ws://…` or `wss://…`. @throws TypeError in plain words */
export function parseTarget(text: string): Target {
  if (!URL.canParse(text)) throw new TypeError(`not a URL: ${text}`)
  const url = new URL(text)
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
    throw new TypeError(`a ws:// or wss:// URL is needed, not ${text}`)
  // RFC 6455 3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used on these URIs."
  if (text.includes('#')) throw new TypeError(`a WebSocket URL has no fragment: ${text}`)
  const secure = url.protocol === 'wss:'
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORTS[secure ? 'wss' : 'ws'] : Number(url.port),
    path: `${url.pathname}${url.search}`,
    authority: url.host,
  }
}

/** How the connection of a case is made. */
export type Transport = 'plain' | 'tls' | 'watched-tls'

/** How long TCP and TLS may take. */
const CONNECT_MS = 5000

export interface ConnectFailure {
  readonly failure: string
}

/** A connection, half-open allowed; or why there is none. */
export async function connectTo(
  target: Target,
  transport: Transport,
  verifyTls: boolean,
): Promise<Wire | ConnectFailure> {
  const { host, port } = target
  const where = { host, port, allowHalfOpen: true }
  const tls = {
    rejectUnauthorized: verifyTls,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
  }
  if (transport === 'tls') {
    const socket = await whenConnected(connectTls({ ...where, ...tls }), 'secureConnect')
    return 'failure' in socket ? socket : new SocketWire(socket, true)
  }
  const socket = await whenConnected(connectTcp(where), 'connect')
  if ('failure' in socket) return socket
  if (transport === 'plain') return new SocketWire(socket, false)
  return secure(socket, tls).catch((error: Error) => ({ failure: describeError(error) }))
}

/** OpenSSL's messages are made of function names and paths; its reason is in words. */
const describeError = (error: Error): string =>
  'reason' in error && typeof error.reason === 'string' ? `TLS: ${error.reason}` : error.message

function whenConnected(socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket | ConnectFailure> {
  return new Promise((resolve) => {
    const fail = (failure: string): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ failure })
    }
    const onError = (error: Error): void => fail(describeError(error))
    const timer = setTimeout(() => fail(`no connection within ${CONNECT_MS} ms`), CONNECT_MS)
    socket.once('error', onError)
    socket.once(event, () => {
      clearTimeout(timer)
      socket.off('error', onError)
      resolve(socket)
    })
  })
}
