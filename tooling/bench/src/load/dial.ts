/** A raw TCP or TLS connection that has asked for a WebSocket and been given one. */
import net from 'node:net'
import tls from 'node:tls'

export interface DialOptions {
  readonly port: number
  readonly tls: boolean
  readonly deflate: boolean
}

export interface Dialed {
  readonly socket: net.Socket
  /** True: the server agreed to compress. */
  readonly deflated: boolean
}

const HEAD_END = Buffer.from('\r\n\r\n')
const OFFER = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'

const requestHead = ({ port, deflate }: DialOptions): string =>
  [
    'GET / HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...(deflate ? [`Sec-WebSocket-Extensions: ${OFFER}`] : []),
    '\r\n',
  ].join('\r\n')

/** Plain sockets of this process read into one buffer: what a read brings is used before the next one. */
const readBuffer = Buffer.allocUnsafe(256 * 1024)

/** Opens the transport; `onData` gets each read, valid until it returns. */
function openSocket(options: DialOptions, onData: (chunk: Buffer) => void): net.Socket {
  const address = { host: '127.0.0.1', port: options.port }
  if (options.tls) {
    return tls
      .connect({ ...address, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
      .on('data', onData)
  }
  const callback = (length: number, buffer: Uint8Array): boolean => {
    onData(Buffer.from(buffer.buffer, buffer.byteOffset, length))
    return true
  }
  return net.connect({ ...address, onread: { buffer: readBuffer, callback } })
}

/** Resolves after the server's 101; `onData` gets everything behind the head, valid until it returns. */
export function dial(options: DialOptions, onData: (chunk: Buffer) => void): Promise<Dialed> {
  return new Promise((resolve, reject) => {
    let head: Buffer | null = Buffer.alloc(0)
    const readHead = (chunk: Buffer): void => {
      if (head === null) {
        onData(chunk)
        return
      }
      head = Buffer.concat([head, chunk])
      const end = head.indexOf(HEAD_END)
      if (end < 0) return
      const text = head.toString('latin1', 0, end)
      if (!text.startsWith('HTTP/1.1 101')) {
        socket.destroy()
        reject(new Error(`the server answered ${text.split('\r\n')[0]}`))
        return
      }
      const rest = head.subarray(end + HEAD_END.length)
      head = null
      resolve({ socket, deflated: /permessage-deflate/i.test(text) })
      if (rest.length > 0) onData(rest)
    }
    const socket = openSocket(options, readHead)
    socket.setNoDelay(true)
    socket.once('error', reject)
    socket.once(options.tls ? 'secureConnect' : 'connect', () => socket.write(requestHead(options)))
  })
}
