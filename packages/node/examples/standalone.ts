// A server of its own: accepts everyone, greets, echoes.
//   node standalone.ts [port]
import { listen } from '@hybi/node'

const server = await listen(
  { port: Number(process.argv[2] ?? 0), host: '127.0.0.1', permessageDeflate: true, heartbeat: true },
  {
    open: (connection) => connection.send('welcome'),
    message: (connection, message) => connection.send(message),
    close: (_, outcome) => console.log(`closed: ${outcome.code} ${outcome.cause}`),
    error: (error) => console.error(error),
  },
)
console.log(`listening ${server.url}`)

process.once('SIGTERM', async () => {
  await server.close({ deadline: 2_000 })
  console.log('all connections are gone')
})
