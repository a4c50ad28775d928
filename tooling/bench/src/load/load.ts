/** What a load is given and gives back. */
export interface Target {
  readonly port: number
  readonly tlsPort: number
  /** True: the server knows no WebSocket frames and sends back the very octets it gets. */
  readonly echoesOctets: boolean
}

export interface Load {
  stop(): Promise<void>
}
