/** What every server under measurement is started with and gives back. */
export interface ServerOptions {
  /** PEM, for the wss port. */
  readonly cert: string
  readonly key: string
  /** `echo` sends every message back; `broadcast` sends it to every connection. */
  readonly mode: 'echo' | 'broadcast'
  /** True: texts pass through the application as strings. */
  readonly strings: boolean
  /** True: beside routes of a `node:http` server. */
  readonly attached: boolean
}

export interface Started {
  readonly port: number
  /** 0 where the server has no wss. */
  readonly tlsPort: number
}

export type StartServer = (options: ServerOptions) => Promise<Started>
