/** The form in which `@hybi/handshake` hands over the parsed Sec-WebSocket-Extensions (RFC 6455, 9.1). */
export type ExtensionParameter = readonly [name: string, value: string | null]
export interface Extension {
  readonly name: string
  readonly parameters: readonly ExtensionParameter[]
}
