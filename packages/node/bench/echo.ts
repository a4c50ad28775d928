/**
 * What our own code costs for an echo: messages of 16 octets over a stream in memory, one and sixteen to a read.
 *
 *     npx pnpm --filter @hybi/node bench:echo
 */
import { createServer } from 'node:http'
import { Duplex } from 'node:stream'
import { encodeFrame, Opcode } from '@hybi/frame'
import { attach } from '../src/index.ts'

const ROUNDS = 40
const READS = 5_000
/** Reads after which the event loop goes round. */
const READS_PER_TURN = 16

const http = createServer()
attach(http, { origin: '*' }, { message: (connection, message) => void connection.send(message) })

const socket = new Duplex({
  read: () => undefined,
  write: (_chunk, _encoding, done) => done(),
  writev: (_chunks, done) => done(),
})
http.emit('connection', socket)
socket.push(
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
while (socket.listenerCount('data') === 0) await turn()

/** Nanoseconds for a message, in one round. */
async function measure(read: Buffer, messages: number): Promise<number> {
  const before = process.cpuUsage()
  for (let at = 0; at < READS; at++) {
    // The connection owns what it is given, and unmasks it in place.
    socket.emit('data', Buffer.from(read))
    if (at % READS_PER_TURN === 0) await turn()
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / (READS * messages)
}

const frame = encodeFrame({ opcode: Opcode.BINARY, maskingKey: 0x37fa213d }, new Uint8Array(16))
for (const messages of [1, 16]) {
  const read = Buffer.concat(Array.from({ length: messages }, () => frame))
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(read, messages))
  rounds.sort((a, b) => a - b)
  console.log(
    `${messages} to a read: ${rounds[0]?.toFixed(0)} ns a message at best, ${rounds[ROUNDS >> 1]?.toFixed(0)} in the middle`,
  )
}
socket.destroy()
