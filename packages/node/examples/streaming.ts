// Messages that are larger than memory: the client sends a file as one message, the server hashes it as it arrives.
//   node streaming.ts FILE
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { connect, listen } from '@hybi/node'

const [file = process.argv[1] ?? ''] = process.argv.slice(2)

const server = await listen(
  { port: 0, host: '127.0.0.1', limits: { maxMessageSize: Number.POSITIVE_INFINITY } },
  {
    // Parts are pulled: while the hash is busy, the client waits.
    stream: async (connection, message) => {
      const hash = createHash('sha256')
      let size = 0
      for await (const bytes of message) {
        hash.update(bytes)
        size += bytes.length
      }
      connection.send(`${size} octets, sha256 ${hash.digest('hex')}`)
    },
    error: (error) => console.error(error),
  },
)

const connection = await connect(server.url)
await connection.sendStream(createReadStream(file))
console.log((await connection.receive())?.text)
await connection.close()
await server.close()
