/** Headers that promise much and hold little: memory follows what has come, never what is said. */
import { encodeFrame, encodeHeader, Opcode } from '@hybi/frame'
import { Session } from '@hybi/session'
import { defineFuzzer } from '../fuzzer.ts'
import type { Random } from '../random.ts'

interface Input {
  /** What the headers declare, frame by frame, and how many octets of each come. */
  readonly frames: readonly { readonly declared: number; readonly octets: number; readonly opcode: number }[]
  readonly chunk: number
}

const MAX_MESSAGE = 16 * 1024 * 1024
/** What a session may have beside eight times what it was sent: pools of the runtime among it. */
const FREE = 256 * 1024

function generate(random: Random): Input {
  const last = random.between(126, MAX_MESSAGE)
  const fragments = Array.from({ length: random.size(3) }, () => random.size(2000))
  const left = MAX_MESSAGE - fragments.reduce((sum, size) => sum + size, 0)
  return {
    frames: [
      ...fragments.map((size) => ({ declared: size, octets: size })),
      { declared: Math.min(last, left), octets: random.size(Math.min(last, 3000)) },
    ].map((frame, index) => ({ ...frame, opcode: index === 0 ? Opcode.BINARY : Opcode.CONTINUATION })),
    chunk: 1 + random.size(4000),
  }
}

function check({ frames, chunk }: Input): string | null {
  const session = new Session({ role: 'client', maskingKey: () => 0 })
  const before = process.memoryUsage().arrayBuffers
  let received = 0
  const receive = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; at += chunk) {
      session.receive(bytes.slice(at, at + chunk))
      if (session.next() !== null) throw new Error('an event of a message that is not over')
    }
    received += bytes.length
  }
  for (const { declared, octets, opcode } of frames) {
    const payload = new Uint8Array(octets)
    if (declared === octets) receive(encodeFrame({ opcode, fin: false }, payload))
    else {
      receive(encodeHeader({ opcode, fin: true }, declared))
      receive(payload.subarray(0, Math.min(octets, declared - 1)))
    }
  }
  if (session.state !== 'open') return `the session is ${session.state}`
  const grown = process.memoryUsage().arrayBuffers - before
  return grown <= FREE + 8 * received ? null : `${received} octets made memory grow by ${grown}`
}

export const sessionMemory = defineFuzzer<Input>({
  name: 'session-memory',
  about: 'declared lengths up to the limit with little behind them: memory follows what has arrived',
  weight: 1,
  generate,
  check,
  show: (input) => JSON.stringify(input),
})
