/** 3,000 connections that are opened and abandoned, in every phase of the opening and the closing handshake. */
import { Child } from '@hybi/test-support/child'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Phase, phases } from '../src/abandoned/phases.ts'
import { Visitor } from '../src/abandoned/visitor.ts'
import { unrestIn } from '../src/verdict.ts'

const CONNECTIONS = 3000
/** Few enough that a busy machine does their handshakes before the deadline of the server. */
const AT_ONCE = 50
/** Enough of each phase that all code of the server has run and every cache is there. */
const WARM_UP = 150
/** The server's deadlines are some seconds; a busy machine may need some more. */
const PATIENCE_MS = 30_000
const POLL_MS = 100
const MIB = 2 ** 20
/** What is not there any more costs nothing: that is a kilobyte and a half for each, and nobody can keep a socket in that. */
const MOST_GROWTH = 4 * MIB

interface Left {
  readonly connections: number
  readonly resources: readonly string[]
  readonly descriptors: number
  readonly retained: number
  readonly uncaught: readonly string[]
}

interface Course {
  readonly phase: Phase
  readonly scheme: 'ws' | 'wss'
  /** The peer is gone at once, or stays and is silent. */
  readonly vanishes: boolean
}

const courses: readonly Course[] = phases.flatMap((phase) =>
  phase.schemes.flatMap((scheme) => [false, true].map((vanishes) => ({ phase, scheme, vanishes }))),
)

let server: Child
let ports: { port: number; tlsPort: number }

beforeAll(async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
  })
  server = new Child('server', new URL('../src/targets/abandoned.ts', import.meta.url), [
    JSON.stringify({ cert, key }),
  ])
  ports = await server.ask()
})
afterAll(() => server.end())

/** Gets to the phase and leaves the server alone; the visitors who stay are returned. */
async function abandon({ phase, scheme, vanishes }: Course): Promise<Visitor | null> {
  const visitor = new Visitor(scheme === 'ws' ? ports.port : ports.tlsPort, scheme === 'wss')
  try {
    await phase.reach(visitor)
  } catch (error) {
    throw new Error(`${phase.title} (${scheme}): ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!vanishes) return visitor
  visitor.vanish()
  return null
}

async function abandonMany(count: number): Promise<Visitor[]> {
  const staying: Visitor[] = []
  for (let begun = 0; begun < count; begun += AT_ONCE) {
    const batch = Array.from(
      { length: Math.min(AT_ONCE, count - begun) },
      (_, i) => courses[(begun + i) % courses.length],
    )
    staying.push(...(await Promise.all(batch.map(abandon))).filter((visitor) => visitor !== null))
  }
  return staying
}

const isAtRest = ({ connections, resources }: Left): boolean =>
  connections === 0 && unrestIn(resources).length === 0

/** What the server has when it has nothing to do any more, or when it should have come to that. */
async function settle(): Promise<Left> {
  const giveUpAt = performance.now() + PATIENCE_MS
  for (;;) {
    const left = await server.ask<Left>({})
    if (isAtRest(left) || performance.now() > giveUpAt) return left
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

test('leave no timer, no socket and no buffer behind when the deadlines have passed', {
  timeout: 180_000,
}, async () => {
  const first = await abandonMany(WARM_UP)
  const before = await settle()
  for (const visitor of first) visitor.destroy()
  const staying = await abandonMany(CONNECTIONS)
  const after = await settle()
  try {
    expect(after.uncaught).toEqual([])
    expect(after.connections).toBe(0)
    expect(unrestIn(after.resources)).toEqual([])
    expect(after.descriptors).toBe(before.descriptors)
    expect(after.retained - before.retained).toBeLessThan(MOST_GROWTH)
    expect(staying.length).toBe(CONNECTIONS / 2)
    expect(staying.filter(({ isReading, ended }) => isReading && !ended)).toEqual([])
  } finally {
    for (const visitor of staying) visitor.destroy()
  }
})
