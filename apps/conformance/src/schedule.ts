/** Which cases run at the same time: first those that hang on short timers, among themselves; then the heavy ones. */
import type { Case } from './cases/case.ts'

/** Cases without load wait most of the time: many fit beside each other. */
const LIGHT_AT_A_TIME = 24
/**
 * A heavy case waits for each echo before it sends on, so that one alone keeps neither side busy. With four, the 517 cases against
 * the echo server take 228 s (two workers) to 251 s (one) of two cores; eight at a time gained 2 % (`taskset -c 0,1`, 2026-11-23,
 * Node 20.20).
 */
const HEAVY_AT_A_TIME = 4

export interface Batch {
  readonly cases: readonly Case[]
  readonly atATime: number
}

/** Light cases, then heavy ones in the order that lets them share compressed messages. */
export function makeBatches(cases: readonly Case[], concurrency: number | undefined): readonly Batch[] {
  const light = cases.filter(({ heavy }) => !heavy)
  const heavy = cases.filter(({ heavy }) => heavy)
  return [
    { cases: light, atATime: concurrency ?? LIGHT_AT_A_TIME },
    { cases: groupByMessages(heavy), atATime: concurrency ?? HEAVY_AT_A_TIME },
  ].filter(({ cases }) => cases.length > 0)
}

/** Cases that send the same messages one behind the other. */
function groupByMessages(cases: readonly Case[]): readonly Case[] {
  const groups = new Map<string, Case[]>()
  for (const one of cases) {
    const { plan } = one
    const key = plan.kind === 'compression' ? `${plan.corpus} ${plan.length}` : ''
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups.values()].flat()
}

/** Runs `work` on each item, at most `atATime` at once, until `isStopped`. Rejects with the first rejection. */
export async function runLimited<T>(
  items: readonly T[],
  atATime: number,
  isStopped: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length && !isStopped()) await work(items[next++])
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atATime, items.length)) }, worker))
}
