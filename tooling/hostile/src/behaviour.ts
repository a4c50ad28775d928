/** A hostile behaviour as data: what is done, what the RFCs allow in answer, and what it may cost. */
import type { Arena } from './arena.ts'

export type Scheme = 'ws' | 'wss'

/** The way into a server: its own listener (`listen`), or the port of an HTTP server (`attach`). */
export type Way = 'own' | 'attached'

/** How one conversation went, in words that `accepts` are written in: `http 400`, `close 1002`, `echo`, `reset` … */
export type Outcome = string

export interface Behaviour {
  /** `head.host-missing`: unique among the behaviours of its role. */
  readonly id: string
  /** What is done, in one line. */
  readonly title: string
  /** Where the answer is laid down: `RFC 6455 4.2.1`. */
  readonly section: string
  readonly schemes: readonly Scheme[]
  /** Outcomes that are right. */
  readonly accepts: readonly Outcome[]
  /** How much the memory of the process under attack may grow, in octets. */
  readonly maxGrowth: number
  /** The longest that a bystander may wait for an echo, in milliseconds. */
  readonly maxBystanderMs: number
  /** True: needs the timeouts at their defaults, and is run by `--full` alone. */
  readonly full: boolean
  /** What is right, beside `accepts`, on the port of an HTTP server, which answers some requests itself or drops them. */
  readonly alsoAttached: readonly Outcome[]
  /** Does it; answers how it went. */
  attack(arena: Arena): Promise<Outcome>
}

const MIB = 1024 * 1024

/** What a single connection may cost: 64 MiB and one message of the default limit. */
const DEFAULT_MAX_GROWTH = (64 + 16) * MIB
const DEFAULT_MAX_BYSTANDER_MS = 1000

type Given = Pick<Behaviour, 'id' | 'title' | 'section' | 'accepts' | 'attack'> & Partial<Behaviour>

/** A behaviour with the usual bounds, over plain TCP unless it says otherwise. */
export const behaviour = (given: Given): Behaviour => ({
  schemes: ['ws'],
  maxGrowth: DEFAULT_MAX_GROWTH,
  maxBystanderMs: DEFAULT_MAX_BYSTANDER_MS,
  full: false,
  alsoAttached: [],
  ...given,
})
