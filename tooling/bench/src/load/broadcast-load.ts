/** One message to everybody, again and again. */
import type { Socket } from 'node:net'
import { encodeFrame, Opcode } from '@hybi/frame'
import { makePayload } from '../payloads.ts'
import type { BroadcastScenario } from '../scenarios.ts'
import { dial } from './dial.ts'
import type { Load, Target } from './load.ts'
import { destroyAll, inGroups } from './sockets.ts'
import type { Tally } from './tally.ts'

const MASKING_KEY = 0x01020304

/**
 * Every connection compares what it gets with what was broadcast. Where this process triggers, its first connection asks for the next
 * broadcast when all of its own have got the one before; what other processes read meanwhile may hold several.
 */
export async function startBroadcast(
  scenario: BroadcastScenario,
  target: Target,
  tally: Tally,
  fail: (error: Error) => void,
): Promise<Load> {
  const payload = makePayload('bytes', scenario.size, 0)
  const trigger = encodeFrame({ opcode: Opcode.BINARY, maskingKey: MASKING_KEY }, payload)
  const expected = Buffer.from(encodeFrame({ opcode: Opcode.BINARY }, payload))
  const sockets: Socket[] = []
  let waiting = scenario.connections
  let sentAt = 0
  const next = (): void => {
    waiting = scenario.connections
    sentAt = performance.now()
    if (scenario.triggers) sockets[0]?.write(trigger)
  }
  const delivered = (): void => {
    if (--waiting > 0) return
    tally.batchDone(scenario.connections, sentAt)
    next()
  }
  await inGroups(scenario.connections, async () => {
    let cursor = 0
    const { socket } = await dial({ port: target.port, tls: false, deflate: false }, (chunk) => {
      for (let position = 0; position < chunk.length; ) {
        const end = Math.min(expected.length, cursor + chunk.length - position)
        const size = end - cursor
        if (chunk.compare(expected, cursor, end, position, position + size) !== 0)
          return fail(new Error('a broadcast is not what was sent'))
        position += size
        cursor = end === expected.length ? 0 : end
        if (cursor === 0) delivered()
      }
    })
    socket.on('close', () => fail(new Error('the server closed a connection')))
    sockets.push(socket)
  })
  next()
  return {
    stop: () => {
      for (const socket of sockets) socket.removeAllListeners('close').on('error', () => undefined)
      return destroyAll(sockets)
    },
  }
}
