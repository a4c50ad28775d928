/** Request heads, right ones and wrong ones. */

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

/** Header lines of a right request, by name, so that a wrong one differs in the one thing it is about. */
const rightHeaders = {
  Host: '127.0.0.1',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': KEY,
  'Sec-WebSocket-Version': '13',
} as const

export interface HeadChange {
  readonly method?: string
  readonly target?: string
  readonly version?: string
  /** Replaced by name; null leaves the line out. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Lines put behind the others, as they are. */
  readonly lines?: readonly string[]
}

/** A request head, right but for the change. */
export function requestHead(change: HeadChange = {}): string {
  const { method = 'GET', target = '/', version = 'HTTP/1.1', headers = {}, lines = [] } = change
  const fields: Record<string, string | null> = { ...rightHeaders, ...headers }
  return [
    `${method} ${target} ${version}`,
    ...Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`])),
    ...lines,
    '\r\n',
  ].join('\r\n')
}
