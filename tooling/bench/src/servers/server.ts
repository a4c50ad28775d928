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

/** What a server's process is asked. */
export type ServerRequest =
  | { readonly do: 'usage'; readonly collect: boolean }
  | { readonly do: 'start-profile' }
  | { readonly do: 'write-profile'; readonly file: string }

/** What the process has used since it began. */
export interface Usage {
  /** Microseconds of processor time: all threads, user and system. */
  readonly cpuUs: number
  /** Of that, what the kernel used. */
  readonly systemUs: number
  /** When that was, in milliseconds by the clock of the process. */
  readonly atMs: number
  /** See pace.ts; undefined from an older checkout. */
  readonly paceUs: number | undefined
  readonly memory: NodeJS.MemoryUsage
}

export type StartServer = (options: ServerOptions) => Promise<Started>
