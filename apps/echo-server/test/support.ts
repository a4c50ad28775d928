/** What the tests of the echo server share: the server as a process of its own, and raw peers. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { encodeFrame, FrameReader, Opcode, Step } from '@hybi/frame'

/** What is published and started: the built entry. `npm test` builds it first. */
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

export type Scheme = 'ws' | 'wss'

/** For `describe.each`. */
export const schemes: readonly Scheme[] = ['ws', 'wss']

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** `hybi-echo` as a process. */
export class EchoProcess {
  readonly pid: number
  readonly exited: Promise<Exit>
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  #stdout = ''
  #stderr = ''
  #waiting: (() => void)[] = []

  /** `detached`: in a process group of its own, as a terminal starts a program. */
  constructor(args: readonly string[], { detached = false } = {}) {
    // As a shell starts it: under npm it is patient with signals (see src/signals.ts).
    const { npm_execpath: _, ...env } = process.env
    const child = spawn(process.execPath, [main, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached,
      env,
    })
    this.#child = child
    this.pid = child.pid ?? Number.NaN
    child.stdout.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString()
      this.#wake()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString()
      this.#wake()
    })
    // 'close' comes when both outputs have ended too: when every worker, which inherits them, is gone.
    this.exited = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        resolve({ code, signal })
        this.#wake()
      })
    })
  }

  /** Starts on free ports, and waits for both. */
  static async listening(args: readonly string[] = [], options = {}): Promise<EchoProcess> {
    const echo = new EchoProcess(['--port', '0', '--tls-port', '0', ...args], options)
    const expected = args.includes('--no-tls') || args.includes('--no-plain') ? 1 : 2
    await echo.until(() => echo.urls.length === expected)
    return echo
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  get urls(): readonly string[] {
    return [...this.#stdout.matchAll(/^listening (.+)$/gm)].map(([, url]) => url ?? '')
  }

  url(scheme: Scheme): string {
    const url = this.urls.find((one) => one.startsWith(`${scheme}:`))
    if (url === undefined) throw new Error(`the server has no ${scheme} URL: ${this.#stdout}`)
    return url
  }

  /** Waits until the output is such. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`the server has ended: ${this.#stdout}${this.#stderr}`)
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Closes this end of its outputs. */
  stopReading(): void {
    this.#child.stdout.destroy()
    this.#child.stderr.destroy()
  }

  /** Ends it, if it still runs. */
  async stop(): Promise<Exit> {
    if (this.#child.exitCode === null) this.#child.kill('SIGTERM')
    return this.exited
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

/** The other end of a connection, without any rules. */
export class RawPeer {
  readonly socket: Socket
  readonly #reader = new FrameReader()
  #received = Buffer.alloc(0)
  #waiting: (() => void)[] = []
  /** Settles when the server has ended its side: over TLS after its close_notify. */
  readonly ended: Promise<unknown>

  constructor(socket: Socket) {
    this.socket = socket
    this.ended = once(socket, 'end')
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => this.#wake())
    socket.on('end', () => this.#wake())
  }

  /** Connects; writes nothing. */
  static async connect(url: string): Promise<RawPeer> {
    const { hostname, port, protocol } = new URL(url)
    const host = hostname.replace(/^\[|\]$/g, '')
    const where = { host, port: Number(port), allowHalfOpen: true }
    const secure = protocol === 'wss:'
    const socket = secure ? connectTls({ ...where, rejectUnauthorized: false }) : connectTcp(where)
    await once(socket, secure ? 'secureConnect' : 'connect')
    return new RawPeer(socket)
  }

  /** Connects and opens a WebSocket connection. */
  static async open(url: string, path = '/', lines: readonly string[] = []): Promise<RawPeer> {
    const peer = await RawPeer.connect(url)
    const head = await peer.request(path, lines)
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`not upgraded: ${head}`)
    return peer
  }

  /** Sends the head of an opening handshake, and waits for that of the answer. */
  async request(path: string, lines: readonly string[] = []): Promise<string> {
    this.write(
      [
        `GET ${path} HTTP/1.1`,
        'Host: localhost',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version: 13',
        ...lines,
        '\r\n',
      ].join('\r\n'),
    )
    let end = -1
    while (end === -1) {
      await this.#more()
      end = this.#received.indexOf('\r\n\r\n')
    }
    const head = this.#received.subarray(0, end + 4).toString('latin1')
    this.#reader.receive(Buffer.from(this.#received.subarray(end + 4)))
    this.#received = Buffer.alloc(0)
    return head
  }

  write(data: string | Uint8Array): void {
    this.socket.write(data)
  }

  /** Writes a masked frame. */
  send(
    opcode: number,
    payload: string | Uint8Array = '',
    fields: { fin?: boolean; rsv?: number } = {},
  ): void {
    this.write(encodeFrame({ opcode, maskingKey: 0x37fa213d, ...fields }, Buffer.from(payload)))
  }

  /** Waits for the next frame; null when the server ends first. */
  async frame(): Promise<{ opcode: number; fin: boolean; rsv: number; payload: Buffer } | null> {
    const payload: Buffer[] = []
    for (;;) {
      const step = this.#reader.next()
      if (step === Step.PAYLOAD) {
        payload.push(Buffer.from(this.#reader.chunk.subarray(this.#reader.start, this.#reader.end)))
      } else if (step === Step.END) {
        const { opcode, fin, rsv } = this.#reader.header
        return { opcode, fin, rsv, payload: Buffer.concat(payload) }
      } else if (step === Step.NEED_DATA) {
        if (this.#received.length === 0 && !(await this.#more())) return null
        this.#reader.receive(this.#received)
        this.#received = Buffer.alloc(0)
      }
    }
  }

  /** Closes as a client has to, waits for the server to end TCP, and says with which code it answered. */
  async close(code = 1000): Promise<number | undefined> {
    this.send(Opcode.CLOSE, closeBody(code))
    const answer = await this.frame()
    await this.ended
    this.socket.end()
    return answer?.opcode === Opcode.CLOSE ? answer.payload.readUInt16BE(0) : undefined
  }

  /** Waits for bytes; false when none will come. */
  async #more(): Promise<boolean> {
    while (this.#received.length === 0) {
      if (this.socket.readableEnded || this.socket.destroyed) return false
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    return true
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

export function closeBody(code: number, reason = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])
}

/** What may stand in a Close frame (RFC 6455, 7.4). */
export const legalCloseCodes: readonly number[] = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
]

/** One of each kind of message that there is. */
export const messages: readonly (string | Uint8Array)[] = [
  '',
  'hello',
  'κόσμε \u{1f30d}',
  'x'.repeat(126),
  '{"compressible":true},'.repeat(5000),
  new Uint8Array(0),
  Uint8Array.from({ length: 256 }, (_, i) => i),
  Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 7 + (i >> 9)) & 0xff),
]

export const isSame = (a: string | Uint8Array | undefined, b: string | Uint8Array): boolean =>
  typeof a === typeof b && a !== undefined && Buffer.from(a).equals(Buffer.from(b))
