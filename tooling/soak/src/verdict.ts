/** What a soak came to. */
import type { Flatness } from './flatness.ts'

/** What the peers of a process have seen. */
export interface Totals {
  readonly lives: number
  readonly messages: number
  readonly octets: number
  /** Lives that ended with a whole closing handshake. */
  readonly clean: number
  /** Connections that could not be opened, on ways on which that may be. */
  readonly broken: number
  readonly faults: readonly string[]
  readonly ending: Readonly<Record<string, number>>
}

/** The server at low tide. */
export interface Health {
  readonly connections: number
  readonly retained: number
  readonly rss: number
  readonly uncaught: readonly string[]
  readonly resources: readonly string[]
}

export interface Verdict {
  readonly text: string
  readonly passed: number
  readonly failed: number
}

export function addUp(all: readonly Totals[]): Totals {
  const ending: Record<string, number> = {}
  for (const totals of all)
    for (const [end, count] of Object.entries(totals.ending)) ending[end] = (ending[end] ?? 0) + count
  const sum = (name: 'lives' | 'messages' | 'octets' | 'clean' | 'broken'): number =>
    all.reduce((total, totals) => total + totals[name], 0)
  return {
    lives: sum('lives'),
    messages: sum('messages'),
    octets: sum('octets'),
    clean: sum('clean'),
    broken: sum('broken'),
    faults: all.flatMap(({ faults }) => faults),
    ending,
  }
}

/** What a server has that only listens, and talks to the process that started it. */
const AT_REST: ReadonlySet<string> = new Set(['TCPServerWrap', 'PipeWrap', 'Pipe'])

/** What a server has beside that: sockets and timers, which go by their deadlines. */
export const unrestIn = (resources: readonly string[]): readonly string[] =>
  resources.filter((name) => !AT_REST.has(name))

/** Judges a run: each line of the answer is a case. */
export function judge(totals: Totals, health: readonly Health[], flatness: Flatness | null): Verdict {
  const last = health.at(-1)
  const left = health.map(({ connections }) => connections)
  const resources = unrestIn(last?.resources ?? [])
  const mib = (octets: number): string => `${(octets / 2 ** 20).toFixed(1)} MiB`
  const cases: readonly (readonly [title: string, holds: boolean, told: string])[] = [
    [
      'echoes were compared',
      totals.messages > 0 && totals.clean > 0,
      `${totals.messages} echoes, ${totals.octets} octets`,
    ],
    ['every echo was right and every end in order', totals.faults.length === 0, totals.faults.join('\n  ')],
    ['the server let go of every connection', left.every((count) => count === 0), left.join(', ')],
    ['the server caught every error', last?.uncaught.length === 0, last?.uncaught.join('\n  ') ?? ''],
    ['the server has no timer and no socket left', resources.length === 0, resources.join(', ')],
    [
      'memory is flat',
      flatness === null || flatness.flat,
      flatness === null
        ? 'too short to tell'
        : `${health.map(({ retained }) => mib(retained)).join(', ')}: ${mib(flatness.growth)} more`,
    ],
  ]
  const lines = cases.map(
    ([title, holds, told]) => `${holds ? 'ok    ' : 'FAILED'} ${title}${told === '' ? '' : `: ${told}`}`,
  )
  const ends = Object.entries(totals.ending).map(([end, count]) => `${count} ${end}`)
  const passed = cases.filter(([, holds]) => holds).length
  return {
    text: [`${totals.lives} lives: ${ends.join('; ')}; ${totals.broken} not opened`, ...lines, ''].join('\n'),
    passed,
    failed: cases.length - passed,
  }
}
