// A client: sends each argument as a message, prints what comes back until the last one does, and says how it ended.
//   node client.ts URL message…
import { ConnectRefusedError, connect } from '@hybi/node'

const [url = 'ws://127.0.0.1:9001', ...words] = process.argv.slice(2)

try {
  const connection = await connect(url, { permessageDeflate: true, signal: AbortSignal.timeout(5_000) })
  for (const word of words) if (!connection.send(word)) await connection.drained()

  for await (const message of connection) {
    console.log(`received: ${message.text}`)
    if (message.text === words.at(-1)) break
  }
  console.log(`round trip: ${Math.round(await connection.ping())} ms`)
  const { code, wasClean } = await connection.close(1000, 'done')
  console.log(`closed: ${code} ${wasClean ? 'clean' : 'not clean'}`)
} catch (error) {
  if (error instanceof ConnectRefusedError)
    console.error(`refused: ${error.status} ${Buffer.from(error.body)}`)
  else console.error(error)
  process.exitCode = 1
}
