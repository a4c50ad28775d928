/** Our client at live servers that answer anything. Whatever they say, it ends, and in the ways that are documented. */

import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { acceptKey } from '@hybi/handshake'
import { ConnectError, connect } from '@hybi/node'
import { randomStream } from '../corpus/frames.ts'
import { randomHead } from '../corpus/heads.ts'
import { cutBySizes, randomSizes } from '../cuts.ts'
import { defineFuzzer } from '../fuzzer.ts'
import { concat, fromLatin1, toHex } from '../octets.ts'
import type { Random } from '../random.ts'

const AT_ONCE = 8
const PATIENCE_MS = 15_000
/** Longer than the deadlines: what has to end by itself has ended by then. */
const SILENCE_MS = 1000
const TIMEOUTS = { handshakeMs: 300, closeMs: 300, closeTotalMs: 600 }

interface Answer {
  /** Null: the right response for the client's key. */
  readonly head: Uint8Array | null
  readonly stream: Uint8Array
  readonly sizes: readonly number[]
  readonly ending: 'fin' | 'reset' | 'wait'
}

const randomAnswer = (random: Random): Answer => {
  const stream = randomStream(random, 'client')
  return {
    head: random.oneIn(3) ? randomHead(random, 'response') : null,
    stream,
    sizes: random.oneIn(2) ? [4096] : randomSizes(random, stream.length).map((size) => size + 8),
    ending: random.oneIn(200) ? 'wait' : random.oneIn(5) ? 'reset' : 'fin',
  }
}

/** The server says what the path of the request names. */
class Answers {
  readonly #server: Server
  readonly #waiting = new Map<string, Answer>()
  #last = 0

  constructor() {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      let request = ''
      socket.on('error', () => socket.destroy())
      socket.on('end', () => socket.end())
      socket.on('data', (chunk) => {
        const before = request.includes('\r\n\r\n')
        request += chunk.toString('latin1')
        if (before || !request.includes('\r\n\r\n')) return
        const answer = this.#waiting.get(/^GET \/(\d+) /.exec(request)?.[1] ?? '')
        if (answer === undefined) {
          // The client has given up before its request was read.
          socket.destroy()
          return
        }
        const key = /^sec-websocket-key: (.*)\r$/im.exec(request)?.[1] ?? ''
        const head = answer.head ?? rightResponse(key)
        for (const part of cutBySizes(concat([head, answer.stream]), answer.sizes)) socket.write(part)
        if (answer.ending === 'fin') socket.end()
        if (answer.ending === 'wait') setTimeout(() => socket.end(), SILENCE_MS)
        if (answer.ending === 'reset') socket.resetAndDestroy()
      })
    })
  }

  static async start(): Promise<Answers> {
    const answers = new Answers()
    answers.#server.listen(0, '127.0.0.1')
    await once(answers.#server, 'listening')
    return answers
  }

  /** Connects our client to this answer; what was wrong with how that ended. */
  async meet(answer: Answer): Promise<string | null> {
    const id = String(++this.#last)
    this.#waiting.set(id, answer)
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('not listening')
    try {
      const connection = await connect(`ws://127.0.0.1:${address.port}/${id}`, {
        subprotocols: ['chat', 'superchat'],
        timeouts: TIMEOUTS,
      })
      for await (const message of connection) connection.send(message)
      await connection.closed
      return null
    } catch (error) {
      return error instanceof ConnectError
        ? null
        : `rejected with ${error instanceof Error ? error.stack : String(error)}`
    } finally {
      this.#waiting.delete(id)
    }
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
    })
  }
}

const rightResponse = (key: string): Uint8Array =>
  fromLatin1(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
  )

function within<Value>(work: Promise<Value>, otherwise: Value): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(otherwise), PATIENCE_MS)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

let answers: Promise<Answers> | null = null

export const liveClient = defineFuzzer<readonly Answer[]>({
  name: 'live-client',
  about: `${AT_ONCE} of our clients at once at live servers that answer anything: each ends as documented`,
  weight: 6,
  generate: (random) => Array.from({ length: AT_ONCE }, () => randomAnswer(random)),
  check: async (given) => {
    answers ??= Answers.start()
    const server = await answers
    const faults = await Promise.all(
      given.map((answer) => within(server.meet(answer), 'the client did not come to an end')),
    )
    return faults.find((fault) => fault !== null) ?? null
  },
  show: (given) => JSON.stringify(given, (_, value) => (value instanceof Uint8Array ? toHex(value) : value)),
  shrink: function* (given) {
    if (given.length > 1) for (const answer of given) yield [answer]
  },
  end: async () => {
    if (answers !== null) await (await answers).end()
  },
})
