/** Opening and closing as fast as it goes. */
import { encodeFrame, Opcode } from '@hybi/frame'
import type { ConnectScenario } from '../scenarios.ts'
import { dial } from './dial.ts'
import type { Load, Target } from './load.ts'
import type { Tally } from './tally.ts'

const MASKING_KEY = 0x01020304
const SMALL_MESSAGE = encodeFrame({ opcode: Opcode.TEXT, maskingKey: MASKING_KEY }, Buffer.from('x'))
const SMALL_ECHO = encodeFrame({ opcode: Opcode.TEXT }, Buffer.from('x'))
const CLOSE_BODY = Uint8Array.of(0x03, 0xe8)
const CLOSE = encodeFrame({ opcode: Opcode.CLOSE, maskingKey: MASKING_KEY }, CLOSE_BODY)
const CLOSE_ECHO = encodeFrame({ opcode: Opcode.CLOSE }, CLOSE_BODY)
const EMPTY = Buffer.alloc(0)

/** What comes over one connection, compared octet by octet. */
class Answers {
  #received = EMPTY
  #expected: Uint8Array = EMPTY
  #resolve = (): void => undefined
  #reject = (_error: Error): void => undefined

  receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    this.#compare()
  }

  /** Resolves when all of `octets` has come, and rejects for anything else. */
  expect(octets: Uint8Array): Promise<void> {
    this.#expected = octets
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#compare()
    })
  }

  #compare(): void {
    const { length } = this.#expected
    if (this.#received.length < length) return
    if (!this.#received.subarray(0, length).equals(this.#expected))
      this.#reject(new Error('the echo is wrong'))
    this.#received = this.#received.subarray(length)
    this.#expected = EMPTY
    this.#resolve()
  }
}

/**
 * Opens, echoes one small text, closes by the closing handshake, and again, on each of its connections. A server that knows no frames
 * sends back the Close as well, and is left by ending the transport.
 */
export function startConnect(
  scenario: ConnectScenario,
  { port, echoesOctets }: Target,
  tally: Tally,
  fail: (error: Error) => void,
): Load {
  const echo = echoesOctets ? SMALL_MESSAGE : SMALL_ECHO
  const closeEcho = echoesOctets ? CLOSE : CLOSE_ECHO
  let stopping = false
  const lap = async (): Promise<void> => {
    const sentAt = performance.now()
    const answers = new Answers()
    const { socket } = await dial({ port, tls: false, deflate: false }, (chunk) => answers.receive(chunk))
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.write(SMALL_MESSAGE)
    await answers.expect(echo)
    socket.write(CLOSE)
    await answers.expect(closeEcho)
    if (echoesOctets) socket.end()
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
