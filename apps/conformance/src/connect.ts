/** Connections of the fuzzing client: TCP or TLS to the endpoint under test. */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

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
  const secure = url.protocol === 'wss:'
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORTS[secure ? 'wss' : 'ws'] : Number(url.port),
    path: `${url.pathname}${url.search}`,
    authority: url.host,
  }
}

/** How long TCP and TLS may take. */
const CONNECT_MS = 5000

export interface ConnectFailure {
  readonly failure: string
}

/** A connected socket (secured, for wss), half-open allowed; or why there is none. */
export function connectTo(target: Target, verifyTls: boolean): Promise<Socket | ConnectFailure> {
  const { host, port, secure } = target
  return new Promise((resolve) => {
    const options = { host, port, allowHalfOpen: true }
    const socket = secure
      ? connectTls({
          ...options,
          rejectUnauthorized: verifyTls,
          ALPNProtocols: ['http/1.1'],
          ...(isIP(host) === 0 ? { servername: host } : {}),
        })
      : connectTcp(options)
    const fail = (failure: string): void => {
      socket.destroy()
      resolve({ failure })
    }
    const onError = (error: Error): void => fail(error.message)
    const timer = setTimeout(() => fail(`no connection within ${CONNECT_MS} ms`), CONNECT_MS)
    socket.once('error', onError)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      socket.off('error', onError)
      resolve(socket)
    })
    socket.once('close', () => clearTimeout(timer))
  })
}
