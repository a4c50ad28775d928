// One message to many: made into bytes once, compressed once; those who are too slow miss some.
//   node broadcast.ts [clients] [ticks]
import { connect, listen } from '@hybi/node'

const [clients = 3, ticks = 5] = process.argv.slice(2).map(Number)

const server = await listen({ port: 0, host: '127.0.0.1', permessageDeflate: true })
const received = Array.from({ length: clients }, async () => {
  const connection = await connect(server.url, { permessageDeflate: true })
  let count = 0
  for await (const _ of connection) count++
  return count
})
while (server.connections.size < clients) await new Promise((resolve) => setTimeout(resolve, 5))

for (let tick = 0; tick < ticks; tick++) {
  const state = JSON.stringify({ tick, prices: Array.from({ length: 200 }, (_, i) => i * tick) })
  const { sent, skipped } = server.broadcast(state, { slow: 'skip' })
  console.log(`tick ${tick}: sent to ${sent}, skipped ${skipped}`)
}

await server.close({ code: 1001, reason: 'the show is over' })
console.log(`received: ${(await Promise.all(received)).join(' ')}`)
