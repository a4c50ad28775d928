/** µWebSockets.js, where its binary loads. It is fetched on demand: 250 MB of binaries are no ordinary dependency. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { peersFolder } from '../peers.ts'
import type { ServerOptions, Started } from './server.ts'

const MAX_MESSAGE = 16 * 1024 * 1024
const MAX_BACKPRESSURE = 64 * 1024 * 1024

interface Socket {
  send(message: ArrayBuffer | string, binary: boolean, compress: boolean): number
  subscribe(topic: string): boolean
}

interface App {
  ws(pattern: string, behavior: Record<string, unknown>): App
  publish(topic: string, message: ArrayBuffer, binary: boolean): boolean
  listen(host: string, port: number, done: (token: unknown) => void): App
}

interface Native {
  App(): App
  SSLApp(options: Record<string, string>): App
  SHARED_COMPRESSOR: number
  SHARED_DECOMPRESSOR: number
  us_socket_local_port(token: unknown): number
}

const decoder = new TextDecoder()

function serve(native: Native, app: App, { mode, strings }: ServerOptions): Promise<number> {
  app.ws('/*', {
    compression: native.SHARED_COMPRESSOR | native.SHARED_DECOMPRESSOR,
    maxPayloadLength: MAX_MESSAGE,
    maxBackpressure: MAX_BACKPRESSURE,
    open: (socket: Socket) => {
      if (mode === 'broadcast') socket.subscribe('everyone')
    },
    message: (socket: Socket, message: ArrayBuffer, binary: boolean) => {
      if (mode === 'broadcast') app.publish('everyone', message, binary)
      else if (strings && !binary) socket.send(decoder.decode(message), false, true)
      else socket.send(message, binary, true)
    },
  })
  return new Promise((resolve) =>
    app.listen('127.0.0.1', 0, (token) => resolve(native.us_socket_local_port(token))),
  )
}

export async function startServer(options: ServerOptions): Promise<Started> {
  const native: Native = createRequire(join(peersFolder, 'package.json'))('uwebsockets')
  const folder = mkdtempSync(join(tmpdir(), 'hybi-bench-'))
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  writeFileSync(files.cert, options.cert)
  writeFileSync(files.key, options.key, { mode: 0o600 })
  return {
    port: await serve(native, native.App(), options),
    tlsPort: await serve(
      native,
      native.SSLApp({ cert_file_name: files.cert, key_file_name: files.key }),
      options,
    ),
  }
}
