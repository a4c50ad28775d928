/** Echo servers of other packages: `servers NAME PORT`. */
import { createServer } from 'node:http'
import FayeWebSocket from 'faye-websocket'
import websocket from 'websocket'
import { WebSocketServer } from 'ws'

const HOST = '127.0.0.1'
const LIMIT = 64 * 1024 * 1024

function serveWs(port: number, options: object): void {
  const server = new WebSocketServer({ host: HOST, port, perMessageDeflate: true, ...options })
  server.on('connection', (socket) => {
    socket.on('error', () => undefined)
    socket.on('message', (data, binary) => socket.send(data, { binary }))
  })
}

const WITHOUT_LIMITS = { maxFragments: 0, maxBufferedChunks: 0 }

const servers: Readonly<Record<string, (port: number) => void>> = {
  ws: (port) => serveWs(port, {}),
  'ws-unlimited': (port) => serveWs(port, WITHOUT_LIMITS),
  'ws-unchecked': (port) => serveWs(port, { ...WITHOUT_LIMITS, skipUTF8Validation: true }),
  'faye-websocket': (port) => {
    const http = createServer()
    http.on('upgrade', (request, socket, head) => {
      const peer = new FayeWebSocket(request, socket, head, [], { maxLength: LIMIT })
      peer.on('message', ({ data }) => peer.send(data))
    })
    http.listen(port, HOST)
  },
  websocket: (port) => {
    const http = createServer()
    const server = new websocket.server({
      httpServer: http,
      autoAcceptConnections: true,
      maxReceivedFrameSize: LIMIT,
      maxReceivedMessageSize: LIMIT,
    })
    server.on('connect', (peer) => {
      peer.on('message', ({ type, utf8Data, binaryData }) => {
        if (type === 'utf8') peer.sendUTF(utf8Data)
        else peer.sendBytes(binaryData)
      })
    })
    http.listen(port, HOST)
  },
}

const [name = '', port] = process.argv.slice(2)
const serve = servers[name]
if (serve === undefined) throw new Error(`no server is called ${name}`)
serve(Number(port))
