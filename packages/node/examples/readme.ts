import { connect, listen } from '@hybi/node'

const server = await listen(
  { port: 0, host: '127.0.0.1', permessageDeflate: true },
  {
    message: (connection, message) => connection.send(message),
    error: (error) => console.error(error),
  },
)

const connection = await connect(server.url, { permessageDeflate: true })
connection.send('hello')
connection.send(Uint8Array.of(1, 2, 3))
for await (const message of connection) {
  console.log(message.binary ? message.bytes.length : message.text) // hello
  if (message.binary) break
}

const outcome = await connection.close(1000, 'done')
console.log(outcome.wasClean, outcome.code, outcome.cause) // true 1000 close
await server.close()
