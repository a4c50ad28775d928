/** What is used of peers that bring no types. */
declare module 'faye-websocket' {
  import type { IncomingMessage } from 'node:http'
  import type { Duplex } from 'node:stream'

  export default class FayeWebSocket {
    constructor(request: IncomingMessage, socket: Duplex, head: Buffer, protocols: string[], options: object)
    on(event: 'message', listener: (event: { data: string | Buffer }) => void): void
    on(event: 'close', listener: () => void): void
    send(data: string | Buffer): void
  }
}

declare module 'websocket' {
  import type { Server } from 'node:http'

  interface Message {
    type: 'utf8' | 'binary'
    utf8Data: string
    binaryData: Buffer
  }

  interface Connection {
    on(event: 'message', listener: (message: Message) => void): void
    sendUTF(text: string): void
    sendBytes(bytes: Buffer): void
  }

  class WebSocketServer {
    constructor(options: { httpServer: Server; [option: string]: unknown })
    on(event: 'connect', listener: (connection: Connection) => void): void
    broadcastBytes(bytes: Buffer): void
  }

  const websocket: { server: typeof WebSocketServer }
  export default websocket
}
