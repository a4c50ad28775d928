/** An error as one line, in plain words where it is one that a person meets. */
interface ListenError extends NodeJS.ErrnoException {
  readonly address?: string
  readonly port?: number
}

export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, address, port }: ListenError = error
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is in use`
    case 'EACCES':
      return `not allowed to listen on port ${port}`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no such address: ${error.message}`
    default:
      return error.message.split('\n')[0] ?? ''
  }
}
