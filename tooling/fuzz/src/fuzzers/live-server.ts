/** Opening handshakes and frames, right and damaged, to a live server in a process of its own. */
import { Child } from '@hybi/test-support/child'
import { randomStream } from '../corpus/frames.ts'
import { randomHead, rightRequest } from '../corpus/heads.ts'
import { cutBySizes, randomSizes } from '../cuts.ts'
import { defineFuzzer } from '../fuzzer.ts'
import { type Conversation, converse } from '../live/conversation.ts'
import { concat, toHex } from '../octets.ts'
import type { Random } from '../random.ts'

/** Conversations at the same time. */
const AT_ONCE = 16
/** How often the server is asked how it is. */
const EVERY = 50
const MOST_GROWTH = 64 * 1024 * 1024

interface Health {
  readonly uncaught: readonly string[]
  readonly retained: number
}

/** The server, started when it is first needed. */
class Target {
  readonly #child: Child
  readonly port: number
  readonly #before: number
  #asked = 0

  constructor(child: Child, port: number, before: number) {
    this.#child = child
    this.port = port
    this.#before = before
  }

  static async start(): Promise<Target> {
    const child = new Child('live server', new URL('../targets/server.ts', import.meta.url), [])
    const { port } = await child.ask<{ port: number }>()
    const { retained } = await child.ask<Health>({})
    return new Target(child, port, retained)
  }

  /** What is wrong with the server by now. */
  async look(): Promise<string | null> {
    if (++this.#asked % EVERY !== 0) return null
    const { uncaught, retained } = await this.#child.ask<Health>({})
    if (uncaught.length > 0) return `nobody caught ${uncaught.join('\n')}`
    const grown = retained - this.#before
    return grown > MOST_GROWTH ? `memory has grown by ${grown} octets` : null
  }

  end(): Promise<void> {
    return this.#child.end()
  }
}

let target: Promise<Target> | null = null

function randomConversation(random: Random): Conversation {
  const head = random.oneIn(3) ? randomHead(random, 'request') : rightRequest
  const stream = random.oneIn(6) ? new Uint8Array(0) : randomStream(random, 'server')
  const octets = concat([head, stream])
  return {
    chunks: cutBySizes(
      octets,
      random.oneIn(2) ? [octets.length || 1] : randomSizes(random, octets.length).map((size) => size + 8),
    ),
    ending: random.oneIn(400) ? 'wait' : random.oneIn(5) ? 'reset' : 'fin',
  }
}

export const liveServer = defineFuzzer<readonly Conversation[]>({
  name: 'live-server',
  about: `${AT_ONCE} connections at once to a live server: every one is ended, what is said is HTTP and legal frames, nothing is uncaught`,
  weight: 6,
  generate: (random) => Array.from({ length: AT_ONCE }, () => randomConversation(random)),
  check: async (conversations) => {
    target ??= Target.start()
    const server = await target
    const faults = await Promise.all(conversations.map((conversation) => converse(server.port, conversation)))
    return faults.find((fault) => fault !== null) ?? (await server.look())
  },
  show: (conversations) =>
    JSON.stringify(conversations.map(({ chunks, ending }) => [...chunks.map(toHex), ending])),
  shrink: function* (conversations) {
    if (conversations.length > 1) for (const conversation of conversations) yield [conversation]
  },
  end: async () => {
    if (target !== null) await (await target).end()
  },
})
