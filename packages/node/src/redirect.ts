/** Where a refusal with a Location leads (RFC 9110, 15.4), and what may be told there. */

import type { ConnectionOptions } from 'node:tls'
import { findHeader, type HeaderLine, type ResponseHead } from '@hybi/handshake'
import { ConnectError } from './errors.ts'

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Headers that speak for the user, to the server they were meant for. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])

const asWebSocket = ({ protocol }: URL): string => SCHEMES.get(protocol) ?? protocol

const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['http:', 'ws:'],
  ['https:', 'wss:'],
])

/** What goes along to another place. */
export interface Luggage {
  readonly url: string | URL
  readonly headers: readonly HeaderLine[]
  readonly tls: ConnectionOptions | undefined
}

/**
 * Where to go on; null when the answer is no redirect. At the same origin user name and password of the URL stay, unless the
 * new one has its own; at another one neither credentials nor TLS options that name the user or the server are told.
 *
 * @throws ConnectError for a place that must not be gone to: one that is no WebSocket, or that leads from TLS to none
 */
export function follow({ status, headers }: ResponseHead, from: Luggage): Luggage | null {
  const location = findHeader(headers, 'location')
  if (!REDIRECTS.has(status) || location === undefined) return null
  const here = new URL(from.url)
  if (!URL.canParse(location, here.href))
    throw new ConnectError('the server redirects to something that is no URL')
  const url = new URL(location, here)
  url.protocol = asWebSocket(url)
  here.protocol = asWebSocket(here)
  // RFC 9110, 17.11: a fragment of the old URL would be inherited; WebSocket URLs have none.
  url.hash = ''
  if (url.protocol !== 'wss:' && (url.protocol !== 'ws:' || here.protocol !== 'ws:')) {
    throw new ConnectError(`the server redirects from ${here.protocol} to ${url.protocol}`)
  }
  if (url.host === here.host && url.protocol === here.protocol) {
    if (url.username === '' && url.password === '') {
      url.username = here.username
      url.password = here.password
    }
    return { ...from, url }
  }
  return {
    url,
    headers: from.headers.filter(([name]) => !CREDENTIALS.has(name.toLowerCase())),
    tls: stripTls(from.tls),
  }
}

function stripTls(tls: ConnectionOptions | undefined): ConnectionOptions | undefined {
  if (tls === undefined) return undefined
  return {
    ...tls,
    cert: undefined,
    key: undefined,
    pfx: undefined,
    passphrase: undefined,
    secureContext: undefined,
    pskCallback: undefined,
    clientCertEngine: undefined,
    privateKeyEngine: undefined,
    privateKeyIdentifier: undefined,
    session: undefined,
    servername: undefined,
  }
}
