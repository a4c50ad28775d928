/** One connection of a client under test: reads what it wants and gives it that. */
import { encodeCloseBody, encodeFrame, Opcode, StatusCode } from '@hybi/frame'
import { acceptKey, checkRequest } from '@hybi/handshake'
import type { Case } from '../cases/case.ts'
import { exchange } from '../exchange/exchange.ts'
import { editHeaders, writeHead } from '../opening/head.ts'
import { openAsServer, type ReadRequest } from '../opening/open-server.ts'
import type { Clock } from '../peer/clock.ts'
import { Recorder } from '../peer/recorder.ts'
import { NOBODY, type Wire } from '../peer/wire.ts'
import type { Profile } from '../runner.ts'
import { toRecord } from '../to-record.ts'
import { readRequest } from './read-request.ts'
import type { Results } from './results.ts'
import { parseRoute, type Route } from './routes.ts'

export interface ServedContext {
  readonly clock: Clock
  readonly cases: readonly Case[]
  readonly results: Results
  readonly profile: Profile
}

/** After its answer a driver's connection may take so long to end. */
const GOODBYE_MS = 2000

export class ServedConnection {
  readonly #wire: Wire
  readonly #context: ServedContext

  constructor(wire: Wire, context: ServedContext) {
    this.#wire = wire
    this.#context = context
  }

  async run(): Promise<void> {
    const { clock, cases } = this.#context
    const request = await readRequest(this.#wire, clock)
    if (request === null) return this.#wire.destroy()
    if (typeof request === 'string') return this.#refuse(request)
    const route = parseRoute(request.head.target, cases.length)
    if (route.to === 'runCase') return this.#runCase(cases[route.position - 1], route, request)
    if (route.to === 'nowhere') return this.#refuse(route.reason)
    return this.#talk(route, request)
  }

  async #runCase(one: Case, route: Extract<Route, { to: 'runCase' }>, request: ReadRequest): Promise<void> {
    const { clock, results, profile } = this.#context
    const { agent, position } = route
    await results.run(one.id, agent, async () => {
      const started = clock.date()
      const recorder = new Recorder(clock, one.heavy)
      recorder.transport('received', this.#wire.secure ? 'secured' : 'connected')
      const seen = await exchange({
        plan: one.plan,
        role: 'client',
        wire: this.#wire,
        clock,
        recorder,
        profile,
        open: (peer) => openAsServer(peer, one.plan, request),
      })
      return toRecord(one, seen, { agent, position, started, profile })
    })
  }

  /** The driver's own questions, over a WebSocket connection like any other. */
  async #talk(route: Exclude<Route, { to: 'runCase' | 'nowhere' }>, request: ReadRequest): Promise<void> {
    const checked = checkRequest(request.head)
    if (!checked.ok) return this.#refuse(checked.refusal.text)
    this.#wire.write(
      writeHead(
        'HTTP/1.1 101 Switching Protocols',
        editHeaders(
          [
            ['Upgrade', 'websocket'],
            ['Connection', 'Upgrade'],
            ['Sec-WebSocket-Accept', acceptKey(checked.value.key)],
          ],
          {},
        ),
        {},
      ),
    )
    if (route.to === 'updateReports') await this.#context.results.updateReports(route.agent)
    else {
      const answer = new TextEncoder().encode(await this.#answer(route))
      this.#wire.write(encodeFrame({ opcode: Opcode.TEXT }, answer))
    }
    this.#wire.write(encodeFrame({ opcode: Opcode.CLOSE }, encodeCloseBody(StatusCode.NORMAL)))
    this.#sayGoodbye()
  }

  async #answer(route: Exclude<Route, { to: 'runCase' | 'nowhere' | 'updateReports' }>): Promise<string> {
    const { cases, results } = this.#context
    if (route.to === 'getCaseCount') return String(cases.length)
    const { id, description, heavy } = cases[route.position - 1]
    // `heavy` is not Autobahn's: a driver that runs cases side by side keeps these apart from the others.
    if (route.to === 'getCaseInfo') return JSON.stringify({ id, description, heavy })
    return JSON.stringify({ behavior: (await results.behavior(route.agent, id)) ?? 'UNIMPLEMENTED' })
  }

  #refuse(reason: string): void {
    const body = `${reason}\n`
    this.#wire.write(
      Buffer.concat([
        writeHead(
          'HTTP/1.1 404 Not Found',
          [
            ['Content-Type', 'text/plain; charset=utf-8'],
            ['Content-Length', String(Buffer.byteLength(body))],
            ['Connection', 'close'],
          ],
          {},
        ),
        Buffer.from(body),
      ]),
    )
    this.#sayGoodbye()
  }

  /** Ends the connection after the peer's answer to the Close, which nobody looks at. */
  #sayGoodbye(): void {
    const cancel = this.#context.clock.after(GOODBYE_MS, () => this.#wire.destroy())
    this.#wire.listen({
      ...NOBODY,
      fin: () => this.#wire.end(),
      closed: cancel,
    })
    this.#wire.end()
  }
}
