/** `npm run soak`: many connections for long, with faults and behind proxies; every echo compared, memory measured. */
import { Child } from '@hybi/test-support/child'
import { findTool } from '@hybi/test-support/tools'
import { Command, InvalidArgumentError } from 'commander'
import { generate } from 'selfsigned'
import { judgeFlatness } from './flatness.ts'
import { freePort } from './free-port.ts'
import type { PathTo } from './life.ts'
import { haproxy } from './proxies/haproxy.ts'
import { nginx } from './proxies/nginx.ts'
import { type ProxyKind, ProxyProgram } from './proxies/proxy.ts'
import { Random } from './random.ts'
import { Relay } from './relay.ts'
import { addUp, type Health, judge, type Totals, unrestIn } from './verdict.ts'

interface Flags {
  readonly minutes: number
  readonly connections: number
  readonly seed: number
}

/** Peers are divided among so many processes; one more lives on what may crash. */
const PEER_PROCESSES = 2
/** Memory is measured at low tide, when all connections are gone: at least this often in a run. */
const TIDES = 6
const LONGEST_TIDE_MS = 60_000
const SETTLE_DEADLINE_MS = 30_000
const POLL_MS = 50
const IDLE_SECONDS = 60

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const url = (scheme: 'ws' | 'wss', port: number): string => `${scheme}://127.0.0.1:${port}/`

class Peers {
  readonly #order: string
  #child: Child

  constructor(paths: readonly PathTo[], connections: number, seed: number) {
    this.#order = JSON.stringify({ paths, connections, seed })
    this.#child = this.#fork()
  }

  #fork(): Child {
    return new Child('peers', new URL('./targets/peers.ts', import.meta.url), [this.#order])
  }

  async start(): Promise<void> {
    await this.#child.ask()
  }

  async wake(): Promise<void> {
    await this.#child.ask({ wish: 'wake' })
  }

  /** All its connections end; what came of them since the process began. */
  rest(): Promise<Totals> {
    return this.#child.ask<Totals>({ wish: 'rest' })
  }

  /** kill -9, and a new process in its place. */
  async replace(): Promise<void> {
    await this.#child.end()
    this.#child = this.#fork()
    await this.start()
  }

  end(): Promise<void> {
    return this.#child.end()
  }
}

async function startProxy(
  name: 'nginx' | 'haproxy',
  kind: ProxyKind,
  options: { target: number; secureTarget: number; cert: string; key: string },
): Promise<ProxyProgram | null> {
  const path = findTool(name)
  if (path === null) return null
  const [plain, secure] = [await freePort(), await freePort()]
  return ProxyProgram.start(path, kind, { ...options, plain, secure, idleSeconds: IDLE_SECONDS })
}

/** Waits until the server has no connection any more, and no socket that never became one, and looks at it. */
async function lowTide(server: Child): Promise<Health> {
  const giveUpAt = Date.now() + SETTLE_DEADLINE_MS
  for (;;) {
    const health = await server.ask<Health>({})
    const isAtRest = health.connections === 0 && unrestIn(health.resources).length === 0
    if (isAtRest || Date.now() > giveUpAt) return health
    await sleep(POLL_MS)
  }
}

async function soak({ minutes, connections, seed }: Flags): Promise<void> {
  process.stdout.write(`seed ${seed}, ${minutes} minutes, ${connections} connections\n`)
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
  })
  const server = new Child('server', new URL('./targets/server.ts', import.meta.url), [
    JSON.stringify({ cert, key }),
  ])
  const { port, tlsPort } = await server.ask<{ port: number; tlsPort: number }>()
  const cluster = new Child('cluster', new URL('./targets/cluster.ts', import.meta.url), [])
  const crashing = await cluster.ask<{ port: number }>()
  const relays = [new Relay(port, new Random(seed)), new Relay(tlsPort, new Random(seed + 1))]
  const [faulty, faultySecure] = [await relays[0].start(), await relays[1].start()]
  const behind = { target: port, secureTarget: tlsPort, cert, key }
  const proxies = [await startProxy('nginx', nginx, behind), await startProxy('haproxy', haproxy, behind)]
  const skipped = proxies.filter((proxy) => proxy === null).length
  const paths: readonly PathTo[] = [
    { url: url('ws', port), reliable: true },
    { url: url('wss', tlsPort), reliable: true },
    { url: url('ws', faulty), reliable: false },
    { url: url('wss', faultySecure), reliable: false },
    ...proxies.flatMap((proxy) =>
      proxy === null
        ? []
        : [
            { url: url('ws', proxy.plain), reliable: true },
            { url: url('wss', proxy.secure), reliable: true },
          ],
    ),
  ]
  const steady = Array.from(
    { length: PEER_PROCESSES },
    (_, index) => new Peers(paths, Math.floor(connections / PEER_PROCESSES), seed + 1000 * index),
  )
  // These live on what is killed, and are killed themselves.
  const doomed = new Peers(
    [{ url: url('ws', crashing.port), reliable: false }, ...paths],
    Math.ceil(connections / 8),
    seed + 9000,
  )
  const all = [...steady, doomed]
  await Promise.all(all.map((peers) => peers.start()))

  const endAt = Date.now() + minutes * 60_000
  const tideMs = Math.min(LONGEST_TIDE_MS, (minutes * 60_000) / TIDES)
  const health: Health[] = []
  let totals: readonly Totals[] = []
  do {
    await Promise.all(all.map((peers) => peers.wake()))
    await sleep(tideMs / 2)
    await cluster.ask({})
    await doomed.replace()
    await doomed.wake()
    await sleep(tideMs / 2)
    totals = await Promise.all(all.map((peers) => peers.rest()))
    const seen = await lowTide(server)
    health.push(seen)
    const { lives, messages } = addUp(totals)
    process.stdout.write(
      `${lives} lives, ${messages} echoes, ${(seen.retained / 2 ** 20).toFixed(1)} MiB kept, ${seen.connections} connections left\n`,
    )
  } while (Date.now() < endAt)

  await Promise.all([...all.map((peers) => peers.end()), server.end(), cluster.end()])
  await Promise.all([...relays.map((relay) => relay.end()), ...proxies.map((proxy) => proxy?.end())])
  const verdict = judge(addUp(totals), health, judgeFlatness(health.map(({ retained }) => retained)))
  process.stdout.write(verdict.text)
  process.stdout.write(`${verdict.passed} passed, ${verdict.failed} failed, ${skipped} skipped\n`)
  if (verdict.failed > 0) process.exitCode = 1
}

const positive = (text: string): number => {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError(`${text} is not a positive number`)
  return value
}

await new Command('soak')
  .description(
    'many connections for long, with faults and behind proxies; every echo compared, memory measured',
  )
  .option('--minutes <n>', 'how long', positive, 2)
  .option('--connections <n>', 'how many at a time', positive, 240)
  .option('--seed <n>', 'where randomness begins', positive, (Date.now() % 1_000_000) + 1)
  .action(soak)
  .parseAsync()
