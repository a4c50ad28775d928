// Beside the routes of an HTTP server: pages on one side, WebSockets on /chat, both behind the same login.
//   node attached.ts [port]
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attach, hostOptions, refuse } from '@hybi/node'

type Next = () => void
type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void

const users = new Map([['secret-of-ann', 'ann']])
const userOf = (cookie: string | undefined): string | undefined =>
  users.get(/session=([^;]*)/.exec(cookie ?? '')?.[1] ?? '')

const middlewares: Middleware[] = [
  (request, response, next) =>
    userOf(request.headers.cookie) ? next() : response.writeHead(401).end('who are you?'),
  (request, response, next) =>
    request.url === '/' ? response.end(`hello ${userOf(request.headers.cookie)}`) : next(),
  (_, response) => response.writeHead(404).end('not found'),
]

const host = createServer({ ...hostOptions() }, (request, response) => {
  const run = (i: number): void => middlewares[i]?.(request, response, () => run(i + 1))
  run(0)
})

attach<{ user: string }>(
  host,
  { path: '/chat' },
  {
    upgrade: (request) => {
      const user = userOf(request.header('cookie'))
      return user === undefined ? refuse(401, { body: 'who are you?' }) : { data: { user } }
    },
    // Bytes have no text: reading it throws, which closes that connection.
    message: (connection, message) => connection.send(`${connection.data?.user}: ${message.text}`),
    error: (error) => console.error(error),
  },
)

host.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const { port } = host.address() as AddressInfo
  console.log(`listening http://127.0.0.1:${port}`)
})
