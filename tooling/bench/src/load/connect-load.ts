/** Opening and closing as fast as it goes. */
import { encodeFrame, Opcode } from '@hybi/frame'
import type { ConnectScenario } from '../scenarios.ts'
import { dial } from './dial.ts'
import type { Load, Target } from './load.ts'
import type { Tally } from './tally.ts'

const MASKING_KEY = 0x01020304
const SMALL_MESSAGE = encodeFrame({ opcode: Opcode.TEXT, maskingKey: MASKING_KEY }, Buffer.from('x'))
const SMALL_ECHO = Buffer.from(encodeFrame({ opcode: Opcode.TEXT }, Buffer.from('x')))
const CLOSE = encodeFrame({ opcode: Opcode.CLOSE, maskingKey: MASKING_KEY }, Uint8Array.of(0x03, 0xe8))

/** Opens, echoes one small text, closes by the closing handshake, and again, on each of its connections. */
export function startConnect(
  scenario: ConnectScenario,
  target: Target,
  tally: Tally,
  fail: (error: Error) => void,
): Load {
  let stopping = false
  const lap = async (): Promise<void> => {
    const sentAt = performance.now()
    let received = Buffer.alloc(0)
    let echoed = (): void => undefined
    const echo = new Promise<void>((resolve) => {
      echoed = resolve
    })
    const { socket } = await dial({ port: target.port, tls: false, deflate: false }, (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= SMALL_ECHO.length) echoed()
    })
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.write(SMALL_MESSAGE)
    await echo
    if (!received.subarray(0, SMALL_ECHO.length).equals(SMALL_ECHO)) throw new Error('the echo is wrong')
    socket.write(CLOSE)
    await closed
    tally.batchDone(1, sentAt)
  }
  const laps = Array.from({ length: scenario.connections }, async () => {
    while (!stopping) await lap()
  })
  const all = Promise.all(laps).catch((error: unknown) => {
    if (!stopping) fail(error instanceof Error ? error : new Error(String(error)))
  })
  return {
    stop: async () => {
      stopping = true
      await all
    },
  }
}
