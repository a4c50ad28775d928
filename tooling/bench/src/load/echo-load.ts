/** Keeps a window of messages in flight on each connection and compares every echo. */
import type { Socket } from 'node:net'
import type { EchoScenario } from '../scenarios.ts'
import { type Batch, makeBatch, plainEcho } from './batch.ts'
import { dial } from './dial.ts'
import { EchoLearner } from './learn-echo.ts'
import type { Load, Target } from './load.ts'
import { destroyAll, inGroups } from './sockets.ts'
import type { Tally } from './tally.ts'

/** One connection of an echo load: compares what comes back with what must, and refills half a window at a time. */
class EchoConnection {
  readonly #batch: Batch
  readonly #tally: Tally
  readonly #fail: (error: Error) => void
  /** An echo that is compressed is no echo of octets: what it has to be is learned. */
  readonly #learns: boolean
  #learner: EchoLearner | null
  #expected: Buffer
  #cursor = 0
  #socket: Socket | null = null
  #sentAt: number[] = []
  readonly #batchDone: () => void

  /**
   * `expected` is the echo of a batch, null where the server compresses. `batchDone` is called when a batch has come back, and sees to
   * it that one is written again.
   */
  constructor(
    batch: Batch,
    expected: Buffer | null,
    tally: Tally,
    fail: (error: Error) => void,
    batchDone: (connection: EchoConnection) => void,
  ) {
    this.#batchDone = () => batchDone(this)
    this.#batch = batch
    this.#learns = expected === null
    this.#learner = this.#learns ? new EchoLearner(batch) : null
    this.#expected = expected ?? Buffer.alloc(0)
    this.#tally = tally
    this.#fail = fail
  }

  open(socket: Socket): void {
    this.#socket = socket
  }

  /** Writes half a window. */
  write(): void {
    this.#sentAt.push(performance.now())
    this.#socket?.write(this.#batch.output)
  }

  receive(chunk: Buffer): void {
    try {
      for (let position = 0; position < chunk.length; ) {
        const learner = this.#learner
        position +=
          learner === null ? this.#compare(chunk, position) : this.#learn(learner, chunk.subarray(position))
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** Compares up to the end of a batch; gives the number of octets that were as expected. */
  #compare(chunk: Buffer, position: number): number {
    const length = Math.min(chunk.length - position, this.#expected.length - this.#cursor)
    const end = position + length
    if (chunk.compare(this.#expected, this.#cursor, this.#cursor + length, position, end) !== 0) {
      if (!this.#learns) throw new Error(`an echo differs from what was sent near octet ${this.#cursor}`)
      this.#learner = new EchoLearner(this.#batch)
      this.#learner.receive(this.#expected.subarray(0, this.#cursor))
      return 0
    }
    this.#cursor += length
    if (this.#cursor === this.#expected.length) this.#endBatch()
    return length
  }

  /** Inflates up to the end of a batch; gives the number of octets that belong to it. */
  #learn(learner: EchoLearner, chunk: Buffer): number {
    const echo = learner.receive(chunk)
    if (echo === null) return chunk.length
    this.#learner = null
    this.#expected = echo
    this.#endBatch()
    return chunk.length - learner.left
  }

  #endBatch(): void {
    this.#cursor = 0
    this.#tally.batchDone(this.#batch.messages, this.#sentAt.shift() ?? 0)
    this.#batchDone()
  }
}

/** Connections that take turns: whoever has got its batch back passes the turn on to who has waited longest. */
class Turns {
  readonly #waiting: EchoConnection[] = []
  #next = 0

  wait(connection: EchoConnection): void {
    this.#waiting.push(connection)
  }

  pass(connection: EchoConnection): void {
    const next = this.#waiting[this.#next]
    if (next === undefined) {
      connection.write()
      return
    }
    this.#waiting[this.#next] = connection
    this.#next = (this.#next + 1) % this.#waiting.length
    next.write()
  }
}

export async function startEcho(
  scenario: EchoScenario,
  target: Target,
  tally: Tally,
  fail: (error: Error) => void,
): Promise<Load> {
  const batch = makeBatch(scenario)
  const sockets: Socket[] = []
  const halves = scenario.window > 1 && scenario.active === 0 ? 2 : 1
  const port = scenario.tls ? target.tlsPort : target.port
  const starts: (() => void)[] = []
  const turns = new Turns()
  const active = scenario.active === 0 ? scenario.connections : scenario.active
  await inGroups(scenario.connections, async (index) => {
    const known = target.echoesOctets ? batch.output : scenario.deflate ? null : plainEcho(batch)
    const connection = new EchoConnection(batch, known, tally, fail, (done) => turns.pass(done))
    const { socket, deflated } = await dial({ port, tls: scenario.tls, deflate: scenario.deflate }, (chunk) =>
      connection.receive(chunk),
    )
    if (scenario.deflate && !deflated && !target.echoesOctets) throw new Error('the server does not compress')
    socket.on('close', () => fail(new Error('the server closed a connection')))
    sockets.push(socket)
    starts.push(() => {
      connection.open(socket)
      if (index < active) for (let half = 0; half < halves; half++) connection.write()
      else turns.wait(connection)
    })
  })
  for (const start of starts) start()
  return {
    stop: () => {
      for (const socket of sockets) socket.removeAllListeners('close').on('error', () => undefined)
      return destroyAll(sockets)
    },
  }
}
