/** What the project promises itself: multiples of the reference in the same run, or octets a connection. */
export interface Target {
  readonly must: number
  readonly goal: number
}

const KIB = 1024

export const targets: Readonly<Record<string, Target>> = {
  lat16: { must: 1.1, goal: 1.25 },
  conc16: { must: 1.2, goal: 1.45 },
  pipe16: { must: 12, goal: 20 },
  text125: { must: 2.8, goal: 4.2 },
  text1k: { must: 2.8, goal: 4.5 },
  'utf8-1k': { must: 2.5, goal: 4.5 },
  'text1k-strings': { must: 2.5, goal: 3.2 },
  'utf8-1k-strings': { must: 1.1, goal: 1.3 },
  bin64k: { must: 1.1, goal: 1.9 },
  bin1m: { must: 1.0, goal: 1.5 },
  frag: { must: 3, goal: 6 },
  tls1k: { must: 1.4, goal: 1.8 },
  tls64k: { must: 1.0, goal: 1.15 },
  deflate1k: { must: 3.5, goal: 7 },
  deflate8k: { must: 1.9, goal: 2.8 },
  connect: { must: 1.4, goal: 2.0 },
  'connect-attached': { must: 1.4, goal: 2.0 },
  broadcast: { must: 1.1, goal: 1.4 },
  memory: { must: 6.2 * KIB, goal: 5.5 * KIB },
  'memory-deflate': { must: 10 * KIB, goal: 8 * KIB },
  // What a message costs is the same however many connections there are.
  scale: { must: 1, goal: 1 },
  scale64: { must: 1, goal: 1 },
  'client-text1k': { must: 1.5, goal: 1.5 },
  'client-pipe16': { must: 1.5, goal: 1.5 },
}

const MOST_NOISE = 0.1
const MOST_NOISE_OF_LOUD = 0.25
const loud = /^(tls|deflate|connect)/

/** The most that noise may excuse: a run that is noisier has to be made again where the machine is quieter. */
export const mostNoiseOf = (scenario: string): number =>
  loud.test(scenario) ? MOST_NOISE_OF_LOUD : MOST_NOISE

/** Peers that the subject must not cost more than, and where; the noise of the scenario allowed. */
export const rivals: readonly { readonly entrant: string; readonly scenario: string | null }[] = [
  { entrant: 'ws-tuned', scenario: null },
  { entrant: 'uws', scenario: 'pipe16' },
]
