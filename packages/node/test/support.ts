/** What the tests of this package share: both schemes, raw peers that may do anything, and the cleaning up. */
import { once } from 'node:events'
import { connect as connectTcp, createServer, type Server as NetServer, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, createServer as createTlsServer, TLSSocket } from 'node:tls'
import { encodeFrame, FrameReader, Opcode, Step } from '@hybi/frame'
import { generate } from 'selfsigned'
import { onTestFinished } from 'vitest'
import { type ListenHandlers, type ListeningServer, type ListenOptions, listen } from '../src/index.ts'

export type Scheme = 'ws' | 'wss'

/** For `describe.each`. */
export const schemes: readonly Scheme[] = ['ws', 'wss']

const made = await generate([{ name: 'commonName', value: 'localhost' }], {
  keyType: 'ec',
  extensions: [
    { name: 'basicConstraints', cA: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 7, ip: '127.0.0.1' },
      ],
    },
  ],
})

/** A certificate for localhost, and its key; it is its own authority. */
export const certificate = { cert: made.cert, key: made.private }

/** A server of the scheme on a free port of 127.0.0.1, closed when the test is over. */
export async function serve<Data = unknown>(
  scheme: Scheme,
  options: Partial<ListenOptions> = {},
  handlers: ListenHandlers<Data> = {},
): Promise<ListeningServer<Data>> {
  const tls = scheme === 'wss' ? { tls: { ...certificate, ...options.tls } } : {}
  const server = await listen({ port: 0, host: '127.0.0.1', ...options, ...tls }, handlers)
  onTestFinished(() => server.close({ deadline: 0 }))
  return server
}

/** The options with which `connect` trusts the certificate. */
export const trust = { tls: { ca: certificate.cert } }

/** The other end of a connection, without any rules. */
export class Peer {
  readonly socket: Duplex
  /** Settles when the other end has ended its side. */
  readonly ended: Promise<void>
  /** Settles when the socket is gone; says how. */
  readonly closed: Promise<'closed' | 'reset'>
  #chunks: Buffer[] = []
  #size = 0
  #waiting: (() => void)[] = []

  constructor(socket: Duplex) {
    this.socket = socket
    let how: 'closed' | 'reset' = 'closed'
    this.ended = new Promise((resolve) => {
      socket.on('end', () => resolve())
      socket.on('close', () => resolve())
    })
    this.closed = new Promise((resolve) => {
      socket.on('error', () => {
        how = 'reset'
      })
      socket.on('close', () => {
        resolve(how)
        this.#wake()
      })
    })
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#size += chunk.length
      this.#wake()
    })
    socket.on('end', () => this.#wake())
    onTestFinished(() => {
      socket.destroy()
    })
  }

  /** Connects to a server, over TCP and, for wss, TLS. */
  static async connect(server: { readonly url: string }): Promise<Peer> {
    const { protocol, hostname, port } = new URL(server.url)
    const where = { host: hostname, port: Number(port), allowHalfOpen: true }
    if (protocol === 'ws:') {
      const socket = connectTcp({ ...where, noDelay: true })
      await once(socket, 'connect')
      return new Peer(socket)
    }
    const socket = connectTls({ ...where, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    return new Peer(socket)
  }

  /** Connects and opens a WebSocket connection. */
  static async open(
    server: { readonly url: string },
    path = '/',
    headers: readonly string[] = [],
  ): Promise<Peer> {
    const peer = await Peer.connect(server)
    peer.write(requestHead(path, headers))
    const head = await peer.readHead()
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`not upgraded: ${head}`)
    return peer
  }

  write(data: string | Uint8Array): boolean {
    return this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
  }

  /** Ends this side. */
  end(): void {
    this.socket.end()
  }

  /** Breaks the connection with a RST. */
  reset(): void {
    if (this.socket instanceof TLSSocket || !(this.socket instanceof Socket)) this.socket.destroy()
    else this.socket.resetAndDestroy()
  }

  /** Waits for so many bytes, and takes them; fewer when the other end has ended before. */
  async read(size: number): Promise<Buffer> {
    while (this.#size < size && !this.#over) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const all = Buffer.concat(this.#chunks)
    const taken = all.subarray(0, size)
    this.#chunks = [all.subarray(size)]
    this.#size = all.length - taken.length
    return taken
  }

  /** Waits for a head, and takes it. */
  async readHead(): Promise<string> {
    for (;;) {
      const end = Buffer.concat(this.#chunks).indexOf('\r\n\r\n')
      if (end !== -1) return (await this.read(end + 4)).toString('latin1')
      if (this.#over) return (await this.read(this.#size)).toString('latin1')
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Waits for the other end to end, and takes all that it has sent. */
  async readToEnd(): Promise<Buffer> {
    await this.ended
    return this.read(this.#size)
  }

  get #over(): boolean {
    return this.socket.readableEnded || this.socket.destroyed
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

/** A request as a client sends it. */
export function requestHead(path = '/', headers: readonly string[] = []): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...headers,
    '\r\n',
  ].join('\r\n')
}

/** A frame as a client sends it. */
export function masked(
  opcode: number,
  payload: string | Uint8Array = '',
  fields: { fin?: boolean; rsv?: number } = {},
): Uint8Array {
  return encodeFrame({ opcode, maskingKey: 0x37fa213d, ...fields }, Buffer.from(payload))
}

/** A frame as a server sends it. */
export function unmasked(
  opcode: number,
  payload: string | Uint8Array = '',
  fields: { fin?: boolean; rsv?: number } = {},
): Uint8Array {
  return encodeFrame({ opcode, ...fields }, Buffer.from(payload))
}

/** The body of a Close frame. */
export function closeBody(code: number, reason = ''): Uint8Array {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])
}

/** What frames these bytes are: opcode and payload of each. */
export function readFrames(bytes: Uint8Array): { opcode: number; fin: boolean; payload: Buffer }[] {
  const reader = new FrameReader()
  reader.receive(Buffer.from(bytes))
  const frames: { opcode: number; fin: boolean; payload: Buffer }[] = []
  let payload: Buffer[] = []
  for (let step = reader.next(); step !== Step.NEED_DATA; step = reader.next()) {
    if (step === Step.PAYLOAD) payload.push(Buffer.from(reader.chunk.subarray(reader.start, reader.end)))
    if (step !== Step.END) continue
    frames.push({ opcode: reader.header.opcode, fin: reader.header.fin, payload: Buffer.concat(payload) })
    payload = []
  }
  return frames
}

/** The status code of the last frame, which has to be a Close. */
export function closeCodeOf(bytes: Uint8Array): number {
  const last = readFrames(bytes).at(-1)
  if (last?.opcode !== Opcode.CLOSE)
    throw new Error(`no Close at the end of ${Buffer.from(bytes).toString('hex')}`)
  return last.payload.length === 0 ? 1005 : last.payload.readUInt16BE(0)
}

/** A listener that gives each socket to the test; closed when the test is over. */
export async function rawServer(scheme: Scheme, take: (peer: Peer) => void): Promise<{ url: string }> {
  const accept = (socket: Duplex): void => take(new Peer(socket))
  const server: NetServer =
    scheme === 'ws'
      ? createServer({ allowHalfOpen: true }, accept)
      : createTlsServer({ ...certificate, allowHalfOpen: true }, accept)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `${scheme}://127.0.0.1:${address.port}` }
}

/** A promise and the function that settles it. */
export function promised<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let settle: (value: T) => void = () => undefined
  const promise = new Promise<T>((resolve) => {
    settle = resolve
  })
  return { promise, resolve: (value) => settle(value) }
}
