/** The life of one connection of a peer: messages, Pings, pauses, and an end, which may be a rude one. */
import { connect as connectTcp, type Socket } from 'node:net'
import { type CloseOutcome, ConnectError, type Connection, connect } from '@hybi/node'
import { WebSocket } from 'ws'
import { formatOrder } from './close-order.ts'
import type { Random } from './random.ts'
import { reset } from './reset.ts'
import { Expected, randomMessage } from './traffic.ts'

/** A way to the server. */
export interface PathTo {
  readonly url: string
  /** False where something on the way breaks connections: then an end is never a fault, only a wrong echo is. */
  readonly reliable: boolean
}

export interface Life {
  readonly over: Promise<void>
  /** Comes to its end soon. */
  finish(): void
  /** Whose it is, where, and what it is doing. */
  describe(): string
}

/** What a life is doing, for those that do not end. */
interface Course {
  finished: boolean
  stage: 'opening' | 'talking' | 'waiting for echoes' | 'closing'
}

/** What all lives of this process came to. */
export const totals = { lives: 0, messages: 0, octets: 0, clean: 0, broken: 0, faults: [] as string[] }
/** How lives ended, and how often. */
export const ending = new Map<string, number>()

/** How a life ends; most end in order. */
type Manner = 'order' | 'reset' | 'half-close' | 'terminate'
const manners: readonly Manner[] = [
  'order',
  'order',
  'order',
  'order',
  'order',
  'order',
  'order',
  'reset',
  'half-close',
  'terminate',
]

const MOST_MESSAGES = 60
const MOST_FAULTS = 20
/** A server that crashes may take a connection with it that was accepted and that nobody had read from yet. */
const HANDSHAKE_MS = 20_000
const ECHO_DEADLINE_MS = 15_000

/** Something that must not be; so many are told. */
export function fault(text: string): void {
  if (totals.faults.length < MOST_FAULTS) totals.faults.push(text)
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Begins a life on a path. */
export function live(path: PathTo, random: Random): Life {
  const course: Course = { finished: false, stage: 'opening' }
  const isWs = random.oneIn(4)
  const over = (isWs ? liveWithWs : liveWithOurs)(path, random, course).catch((error: unknown) => {
    const refused = error instanceof Error ? error.message : String(error)
    if (path.reliable) fault(`${path.url}: ${refused}`)
    else totals.broken++
    return sleep(50)
  })
  return {
    over,
    finish: () => {
      course.finished = true
    },
    describe: () => `${isWs ? 'ws' : 'our client'} on ${path.url}, ${course.stage}`,
  }
}

function tally(expected: Expected, end: string): void {
  totals.lives++
  totals.messages += expected.messages
  totals.octets += expected.octets
  ending.set(end, (ending.get(end) ?? 0) + 1)
}

/** Our client. It chooses how it ends: cleanly, by asking the server to close, or by breaking its socket. */
async function liveWithOurs(path: PathTo, random: Random, course: Course): Promise<void> {
  const expected = new Expected()
  // Who is going to break the socket has to make it; all others read as every client does.
  let socket: Socket | null = null
  const createConnection = ({ host, port }: { host: string; port: number }): Socket => {
    socket = connectTcp({ host, port })
    return socket
  }
  const manner = random.pick(manners)
  const breaks = manner === 'reset' || manner === 'half-close'
  const connection = await connect(path.url, {
    tls: { rejectUnauthorized: false },
    permessageDeflate: random.oneIn(2),
    timeouts: { handshakeMs: HANDSHAKE_MS, closeMs: 10_000, closeTotalMs: 20_000 },
    ...(breaks ? { createConnection } : {}),
  })
  course.stage = 'talking'
  const pauses = random.oneIn(6)
  const reading = readAll(connection, expected, pauses)
  const count = random.below(MOST_MESSAGES)
  for (let sent = 0; sent < count && !course.finished && connection.state === 'open'; sent++) {
    const message = randomMessage(random)
    expected.sent(message)
    if (!connection.send(message)) await connection.drained().catch(() => undefined)
    if (random.oneIn(20)) void connection.ping().catch(() => undefined)
    if (random.oneIn(8)) await sleep(random.below(30))
  }
  if (breaks) breakOff(socket, manner)
  else if (manner === 'terminate') connection.terminate()
  else await closeInOrder(connection, expected, path, random, course)
  course.stage = 'closing'
  const outcome = await connection.closed
  await reading
  if (expected.fault !== null) fault(`${path.url}: ${expected.fault}`)
  tally(expected, `${outcome.cause}${outcome.wasClean ? '' : ', unclean'}`)
  if (outcome.wasClean) totals.clean++
  if (outcome.violation !== undefined)
    fault(`${path.url}: the server broke the rules: ${outcome.violation.name}`)
}

async function readAll(connection: Connection, expected: Expected, pauses: boolean): Promise<void> {
  let read = 0
  for await (const message of connection) {
    expected.received(message.binary ? Buffer.from(message.bytes) : message.text)
    if (pauses && ++read % 10 === 0) await sleep(100)
  }
}

/** Under TLS, too: that is a truncated connection. */
function breakOff(socket: Socket | null, manner: Manner): void {
  if (manner === 'half-close') socket?.end()
  else if (socket !== null) reset(socket)
}

/** Waits for every echo, then closes with a code that must come back, or asks the server for one. */
async function closeInOrder(
  connection: Connection,
  expected: Expected,
  path: PathTo,
  random: Random,
  course: Course,
): Promise<void> {
  course.stage = 'waiting for echoes'
  const giveUpAt = Date.now() + ECHO_DEADLINE_MS
  while (expected.open > 0 && connection.state === 'open' && Date.now() < giveUpAt) await sleep(5)
  const left = expected.open
  if (left > 0 && path.reliable) {
    const outcome = connection.state === 'open' ? null : await connection.closed
    fault(`${path.url}: ${left} echoes did not come: ${JSON.stringify(outcome)}`)
  }
  course.stage = 'closing'
  const code = 3000 + random.below(2000)
  const order = { code, reason: `reason ${code}` }
  const outcome = random.oneIn(3)
    ? await askToClose(connection, order)
    : await connection.close(code, order.reason)
  const right = outcome.wasClean && outcome.code === code
  if (path.reliable && !right) fault(`${path.url}: closed with ${code}, but ${JSON.stringify(outcome)}`)
}

function askToClose(connection: Connection, order: { code: number; reason: string }): Promise<CloseOutcome> {
  connection.send(formatOrder(order))
  return connection.closed
}

/** Another implementation, which always ends in order. */
async function liveWithWs(path: PathTo, random: Random, course: Course): Promise<void> {
  const expected = new Expected()
  const socket = new WebSocket(path.url, {
    rejectUnauthorized: false,
    perMessageDeflate: random.oneIn(2),
    handshakeTimeout: HANDSHAKE_MS,
  })
  const closed = new Promise<number>((resolve) => {
    socket.on('close', resolve)
  })
  socket.on('message', (data: Buffer, binary: boolean) =>
    expected.received(binary ? data : data.toString('utf8')),
  )
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.on('error', (error) => reject(new ConnectError(`ws: ${error.message}`)))
  })
  course.stage = 'talking'
  const count = random.below(MOST_MESSAGES)
  for (let sent = 0; sent < count && !course.finished && socket.readyState === WebSocket.OPEN; sent++) {
    const message = randomMessage(random)
    expected.sent(message)
    socket.send(message)
    if (random.oneIn(8)) await sleep(random.below(30))
  }
  course.stage = 'waiting for echoes'
  const giveUpAt = Date.now() + ECHO_DEADLINE_MS
  while (expected.open > 0 && socket.readyState === WebSocket.OPEN && Date.now() < giveUpAt) await sleep(5)
  if (path.reliable && expected.open > 0) fault(`${path.url}: ${expected.open} echoes did not come to ws`)
  course.stage = 'closing'
  socket.close(4000)
  const code = await closed
  if (path.reliable && code !== 4000) fault(`${path.url}: ws closed with 4000 and got ${code}`)
  if (expected.fault !== null) fault(`${path.url}: ws: ${expected.fault}`)
  if (code === 4000) totals.clean++
  tally(expected, `ws ${code}`)
}
