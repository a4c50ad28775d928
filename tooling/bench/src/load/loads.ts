/** The loads: what each kind of scenario does to a server until it is stopped. Every echo is compared. */
import type { Socket } from 'node:net'
import { encodeFrame, Opcode } from '@hybi/frame'
import { makePayload } from '../payloads.ts'
import type {
  BroadcastScenario,
  ConnectScenario,
  EchoScenario,
  MemoryScenario,
  Scenario,
} from '../scenarios.ts'
import { type Batch, makeBatch, plainEcho } from './batch.ts'
import { dial } from './dial.ts'
import { EchoLearner } from './learn-echo.ts'
import type { Tally } from './tally.ts'

export interface Target {
  readonly port: number
  readonly tlsPort: number
  /** True: the server knows no WebSocket frames and sends back the very octets it gets. */
  readonly echoesOctets: boolean
}

export interface Load {
  stop(): Promise<void>
}

/** Connections are opened this many at a time. */
const DIALS_AT_ONCE = 64

async function inGroups(count: number, task: (index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += DIALS_AT_ONCE) {
    const group = Array.from({ length: Math.min(DIALS_AT_ONCE, count - from) }, (_, offset) =>
      task(from + offset),
    )
    await Promise.all(group)
  }
}

/** Ends sockets and waits until they are gone. */
const destroyAll = (sockets: readonly Socket[]): Promise<void> =>
  Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          if (socket.closed) return resolve()
          socket.once('close', () => resolve())
          socket.destroy()
        }),
    ),
  ).then(() => undefined)

/** One connection of an echo load: compares what comes back with what must, and refills half a window at a time. */
class EchoConnection {
  readonly #batch: Batch
  readonly #tally: Tally
  readonly #fail: (error: Error) => void
  #expected: Buffer | null
  #learner: EchoLearner | null = null
  #cursor = 0
  #socket: Socket | null = null
  #sentAt: number[] = []

  constructor(batch: Batch, expected: Buffer | null, tally: Tally, fail: (error: Error) => void) {
    this.#batch = batch
    this.#expected = expected
    this.#tally = tally
    this.#fail = fail
    if (expected === null) this.#learner = new EchoLearner(batch)
  }

  /** Begins with the whole window, or with its first half while the echo has to be learned. */
  start(socket: Socket, halves: number): void {
    this.#socket = socket
    const count = this.#learner === null ? halves : 1
    for (let half = 0; half < count; half++) this.#write()
  }

  receive(chunk: Buffer): void {
    if (this.#expected === null) {
      this.#learn(chunk)
      return
    }
    let position = 0
    while (position < chunk.length) {
      const length = Math.min(chunk.length - position, this.#expected.length - this.#cursor)
      const differs = chunk.compare(
        this.#expected,
        this.#cursor,
        this.#cursor + length,
        position,
        position + length,
      )
      if (differs !== 0) {
        this.#fail(new Error(`an echo differs from what was sent near octet ${this.#cursor}`))
        return
      }
      position += length
      this.#cursor += length
      if (this.#cursor === this.#expected.length) {
        this.#cursor = 0
        this.#tally.batchDone(this.#batch.messages, this.#sentAt.shift() ?? 0)
        this.#write()
      }
    }
  }

  #learn(chunk: Buffer): void {
    try {
      this.#expected = this.#learner?.receive(chunk) ?? null
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
      return
    }
    if (this.#expected === null) return
    this.#learner = null
    this.#sentAt = []
    this.#write()
    this.#write()
  }

  #write(): void {
    this.#sentAt.push(performance.now())
    this.#socket?.write(this.#batch.output)
  }
}

async function startEcho(
  scenario: EchoScenario,
  target: Target,
  tally: Tally,
  fail: (error: Error) => void,
): Promise<Load> {
  const batch = makeBatch(scenario)
  const sockets: Socket[] = []
  const halves = scenario.window > 1 ? 2 : 1
  const port = scenario.tls ? target.tlsPort : target.port
  const starts: (() => void)[] = []
  await inGroups(scenario.connections, async () => {
    const known = target.echoesOctets ? batch.output : scenario.deflate ? null : plainEcho(batch)
    const connection = new EchoConnection(batch, known, tally, fail)
    const { socket, deflated } = await dial({ port, tls: scenario.tls, deflate: scenario.deflate }, (chunk) =>
      connection.receive(chunk),
    )
    if (scenario.deflate && !deflated && !target.echoesOctets) throw new Error('the server does not compress')
    socket.on('close', () => fail(new Error('the server closed a connection')))
    sockets.push(socket)
    starts.push(() => connection.start(socket, halves))
  })
  for (const start of starts) start()
  return {
    stop: () => {
      for (const socket of sockets) socket.removeAllListeners('close').on('error', () => undefined)
      return destroyAll(sockets)
    },
  }
}

const CLOSE_MASKING_KEY = 0x01020304
const SMALL_MESSAGE = encodeFrame({ opcode: Opcode.TEXT, maskingKey: CLOSE_MASKING_KEY }, Buffer.from('x'))
const SMALL_ECHO = Buffer.from(encodeFrame({ opcode: Opcode.TEXT }, Buffer.from('x')))
const CLOSE = encodeFrame({ opcode: Opcode.CLOSE, maskingKey: CLOSE_MASKING_KEY }, Uint8Array.of(0x03, 0xe8))

/** Opens, echoes one small text, closes by the closing handshake, and again, on each of its connections. */
function startConnect(
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

/** One connection triggers; every connection must get each broadcast before the next is triggered. */
async function startBroadcast(
  scenario: BroadcastScenario,
  target: Target,
  tally: Tally,
  fail: (error: Error) => void,
): Promise<Load> {
  const payload = makePayload('bytes', scenario.size, 0)
  const trigger = encodeFrame({ opcode: Opcode.BINARY, maskingKey: CLOSE_MASKING_KEY }, payload)
  const expected = Buffer.from(encodeFrame({ opcode: Opcode.BINARY }, payload))
  const sockets: Socket[] = []
  let waiting = scenario.connections
  let sentAt = 0
  const next = (): void => {
    waiting = scenario.connections
    sentAt = performance.now()
    sockets[0]?.write(trigger)
  }
  await inGroups(scenario.connections, async () => {
    let held: Buffer = Buffer.alloc(0)
    const { socket } = await dial({ port: target.port, tls: false, deflate: false }, (chunk) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      if (held.length < expected.length) return
      if (!held.equals(expected)) return fail(new Error('a broadcast is not what was sent'))
      held = Buffer.alloc(0)
      if (--waiting > 0) return
      tally.batchDone(scenario.connections, sentAt)
      next()
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

/** Opens connections and leaves them idle; with deflate each has echoed one compressed message. */
async function startIdle(scenario: MemoryScenario, target: Target): Promise<Load> {
  const message: EchoScenario = {
    kind: 'echo',
    name: '',
    title: '',
    payload: 'json',
    size: 2048,
    connections: 1,
    window: 1,
    fragments: 1,
    tls: false,
    deflate: scenario.deflate,
    strings: false,
  }
  const batch = makeBatch(message)
  const sockets: Socket[] = []
  await inGroups(scenario.connections, async () => {
    let echoed = (): void => undefined
    const echo = new Promise<void>((resolve) => {
      echoed = resolve
    })
    const learner = new EchoLearner(batch)
    const { socket } = await dial({ port: target.port, tls: false, deflate: scenario.deflate }, (chunk) => {
      if (learner.receive(chunk) !== null) echoed()
    })
    sockets.push(socket)
    if (!scenario.deflate) return
    socket.write(batch.output)
    await echo
  })
  return { stop: () => destroyAll(sockets) }
}

/** Starts the scenario's load on a server; resolves once every connection is open. */
export async function startLoad(
  scenario: Scenario,
  target: Target,
  tally: Tally,
  fail: (error: Error) => void,
): Promise<Load> {
  switch (scenario.kind) {
    case 'echo':
      return startEcho(scenario, target, tally, fail)
    case 'connect':
      return startConnect(scenario, target, tally, fail)
    case 'broadcast':
      return startBroadcast(scenario, target, tally, fail)
    case 'memory':
      return startIdle(scenario, target)
  }
}
