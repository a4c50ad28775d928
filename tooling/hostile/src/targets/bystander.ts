/** An honest client in a process of its own: echoes small messages all the time and remembers its longest wait. */
import { connect, type Socket } from 'node:net'
import { encodeFrame, Opcode } from '@hybi/frame'
import { requestHead } from '../peer/request.ts'

const PAUSE_MS = 10
const PAYLOAD = Buffer.from('still served?')
const MESSAGE = encodeFrame({ opcode: Opcode.TEXT, maskingKey: 0x0a0b0c0d }, PAYLOAD)
const ECHO_SIZE = encodeFrame({ opcode: Opcode.TEXT }, PAYLOAD).length

const port = Number(process.argv[2])
let longestMs = 0
let sentAt: number | null = null
let received = 0

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(requestHead()))
    socket.once('error', reject)
    socket.once('data', () => resolve(socket))
  })
}

const socket = await open()
const next = (): void => {
  sentAt = performance.now()
  received = 0
  socket.write(MESSAGE)
}
socket.on('data', (chunk) => {
  received += chunk.length
  if (received < ECHO_SIZE || sentAt === null) return
  longestMs = Math.max(longestMs, performance.now() - sentAt)
  sentAt = null
  setTimeout(next, PAUSE_MS)
})
socket.on('close', () => {
  longestMs = Number.POSITIVE_INFINITY
})
next()

process.on('message', () => {
  const waitingMs = sentAt === null ? 0 : performance.now() - sentAt
  process.send?.({ longestMs: Number.isFinite(longestMs) ? Math.max(longestMs, waitingMs) : -1 })
  longestMs = 0
})
process.on('disconnect', () => process.exit(0))
process.send?.({})
