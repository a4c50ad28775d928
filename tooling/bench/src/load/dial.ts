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

/** Resolves after the server's 101; `onData` gets everything behind the head. */
export function dial(options: DialOptions, onData: (chunk: Buffer) => void): Promise<Dialed> {
  return new Promise((resolve, reject) => {
    const address = { host: '127.0.0.1', port: options.port }
    const socket = options.tls
      ? tls.connect({ ...address, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
      : net.connect(address)
    socket.setNoDelay(true)
    let head: Buffer = Buffer.alloc(0)
    const readHead = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf(HEAD_END)
      if (end < 0) return
      const text = head.toString('latin1', 0, end)
      if (!text.startsWith('HTTP/1.1 101')) {
        socket.destroy()
        reject(new Error(`the server answered ${text.split('\r\n')[0]}`))
        return
      }
      socket.off('data', readHead)
      socket.on('data', onData)
      const rest = head.subarray(end + HEAD_END.length)
      resolve({ socket, deflated: /permessage-deflate/i.test(text) })
      if (rest.length > 0) onData(rest)
    }
    socket.on('data', readHead)
    socket.once('error', reject)
    socket.once(options.tls ? 'secureConnect' : 'connect', () => socket.write(requestHead(options)))
  })
}
