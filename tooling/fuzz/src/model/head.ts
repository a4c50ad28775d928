/** Opening handshakes judged by one expression a rule: RFC 9112 for the form, RFC 6455 sections 4.1, 4.2 and 9.1 for the rest. */
import { createHash } from 'node:crypto'

export const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const HEADERS = `((?:${TOKEN}:[\\t\\x20-\\x7e\\x80-\\xff]*\\r\\n)*)\\r\\n`
const REQUEST = new RegExp(`^(?:\\r\\n)?(${TOKEN}) ([\\x21-\\x7e]+) HTTP/(\\d\\.\\d)\\r\\n${HEADERS}`)
const RESPONSE = new RegExp(`^HTTP/(\\d\\.\\d) ([1-9]\\d\\d) ([\\t\\x20-\\x7e\\x80-\\xff]*)\\r\\n${HEADERS}`)
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export interface ModelHead {
  /** Method, target and version, or version, status and reason. */
  readonly start: readonly [string, string, string]
  readonly headers: readonly (readonly [string, string])[]
  /** Octets of the head. */
  readonly size: number
}

/** The head that a stream begins with; null when it begins with none. Limits are not looked at. */
export function readHead(text: string, kind: 'request' | 'response'): ModelHead | null {
  const match = (kind === 'request' ? REQUEST : RESPONSE).exec(text)
  if (match === null) return null
  const [all, first = '', second = '', third = '', lines = ''] = match
  const headers = lines
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, name = '', value = ''] = /^([^:]*):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
      return [name, value] as const
    })
  return { start: [first, second, third], headers, size: all.length }
}

export interface ModelExtension {
  readonly name: string
  readonly parameters: readonly (readonly [string, string | null])[]
}

const QUOTED = '"(?:[^"\\\\]|\\\\.)*"'
const PARAMETER = `[ \\t]*;[ \\t]*(${TOKEN})(?:[ \\t]*=[ \\t]*(${TOKEN}|${QUOTED}))?`
const EXTENSION = `${TOKEN}(?:${PARAMETER})*`
/** White space stands in one place only of each element: with two, empty elements would be tried in every combination. */
const LIST = new RegExp(`^[ \\t]*(?:${EXTENSION}[ \\t]*)?(?:,[ \\t]*(?:${EXTENSION}[ \\t]*)?)*$`)

/** The extensions that the values list; null when the grammar of 9.1 is broken. */
export function readExtensions(values: readonly string[]): readonly ModelExtension[] | null {
  const extensions: ModelExtension[] = []
  for (const value of values) {
    if (!LIST.test(value)) return null
    for (const [element] of value.matchAll(new RegExp(EXTENSION, 'g'))) {
      const [name = ''] = new RegExp(`^${TOKEN}`).exec(element) ?? []
      const parameters = [...element.slice(name.length).matchAll(new RegExp(PARAMETER, 'g'))].map(
        ([, key = '', given]) => [key, given === undefined ? null : unquote(given)] as const,
      )
      if (parameters.some(([, given]) => given !== null && !isToken(given))) return null
      extensions.push({ name, parameters })
    }
  }
  return values.length > 0 && extensions.length === 0 ? null : extensions
}

const isToken = (text: string): boolean => new RegExp(`^${TOKEN}$`).test(text)
const unquote = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text

const valuesOf = ({ headers }: ModelHead, name: string): string[] =>
  headers.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value)

const elementsOf = (head: ModelHead, name: string): string[] =>
  valuesOf(head, name)
    .join(',')
    .split(',')
    .map((element) => element.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((element) => element !== '')

const AUTHORITY = /^(\[[\da-fA-F:.]+\]|([\w\-.~!$&'()*+,;=]|%[\da-fA-F]{2})+)(:\d*)?$/

const isAuthority = (text: string): boolean =>
  AUTHORITY.test(text) && Number(/:(\d*)$/.exec(text.replace(/^\[.*\]/, ''))?.[1] ?? 0) <= 65_535

/** The status that a request is to be answered with: 101 when it may be accepted. */
export function statusFor(head: ModelHead): number {
  const [method, target, version] = head.start
  if (method !== 'GET') return 405
  if (!/^1\.[1-9]$/.test(version)) return 400
  const hosts = valuesOf(head, 'host')
  if (hosts.length !== 1 || !isAuthority(hosts[0])) return 400
  const absolute = /^https?:\/\/([^/?]*)/i.exec(target)
  if (
    target.includes('#') ||
    !(target.startsWith('/') || (absolute !== null && isAuthority(absolute[1] ?? '')))
  )
    return 400
  const lengths = valuesOf(head, 'content-length')
  if (
    valuesOf(head, 'transfer-encoding').length > 0 ||
    lengths.length > 1 ||
    lengths.some((length) => !/^0+$/.test(length))
  )
    return 400
  const lists = (name: string, wanted: string): boolean =>
    elementsOf(head, name).some((element) => element.toLowerCase() === wanted)
  if (!lists('upgrade', 'websocket')) return 426
  if (!lists('connection', 'upgrade')) return 400
  const versions = valuesOf(head, 'sec-websocket-version')
  if (versions.length === 0) return 400
  if (versions.length > 1 || versions[0] !== '13') return 426
  if (valuesOf(head, 'origin').length > 1) return 400
  const protocols = elementsOf(head, 'sec-websocket-protocol')
  const asked = valuesOf(head, 'sec-websocket-protocol').length > 0
  if (
    asked &&
    (protocols.length === 0 || !protocols.every(isToken) || new Set(protocols).size !== protocols.length)
  )
    return 400
  if (readExtensions(valuesOf(head, 'sec-websocket-extensions')) === null) return 400
  const keys = valuesOf(head, 'sec-websocket-key')
  // Whatever the four spare bits are: Buffer does not mind, either.
  return keys.length === 1 &&
    /^[A-Za-z0-9+/]{22}==$/.test(keys[0]) &&
    Buffer.from(keys[0], 'base64').length === 16
    ? 101
    : 400
}

export interface ModelOffer {
  readonly key: string
  readonly subprotocols: readonly string[]
  readonly extensions: readonly string[]
}

/** True when a client that made this offer may go on with this response. */
export function isAccepted(head: ModelHead, { key, subprotocols, extensions }: ModelOffer): boolean {
  const [version, status] = head.start
  const upgrades = valuesOf(head, 'upgrade')
  const accepts = valuesOf(head, 'sec-websocket-accept')
  const protocols = valuesOf(head, 'sec-websocket-protocol')
  const answered = readExtensions(valuesOf(head, 'sec-websocket-extensions'))
  if (answered === null) return false
  return (
    status === '101' &&
    /^1\.[1-9]$/.test(version) &&
    upgrades.length === 1 &&
    /^websocket$/i.test(upgrades[0]) &&
    elementsOf(head, 'connection').some((element) => /^upgrade$/i.test(element)) &&
    accepts.length === 1 &&
    accepts[0] ===
      createHash('sha1')
        .update(key + GUID)
        .digest('base64') &&
    (protocols.length === 0 || (protocols.length === 1 && subprotocols.includes(protocols[0]))) &&
    answered.every(({ name }) => extensions.includes(name)) &&
    new Set(answered.map(({ name }) => name)).size === answered.length
  )
}
