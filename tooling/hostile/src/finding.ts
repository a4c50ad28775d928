/** What a behaviour came to. */
import type { Behaviour, Outcome, Scheme, Way } from './behaviour.ts'

export interface Finding {
  readonly role: 'server' | 'client'
  readonly scheme: Scheme
  /** Of a client: its own. */
  readonly way: Way
  readonly behaviour: Behaviour
  readonly outcome: Outcome
  /** Octets. */
  readonly growth: number
  readonly bystanderMs: number
  readonly elapsedMs: number
  /** What is wrong; empty when nothing is. */
  readonly faults: readonly string[]
}

const MIB = 1024 * 1024

/** Over what it was done: `ws`, `wss`, `ws attached` or `wss attached`. */
export const overOf = ({ scheme, way }: Pick<Finding, 'scheme' | 'way'>): string =>
  way === 'own' ? scheme : `${scheme} attached`

/** What is wrong with an outcome and its cost. Pure. */
export function faultsOf(
  { accepts, maxGrowth, maxBystanderMs }: Behaviour,
  outcome: Outcome,
  growth: number,
  bystanderMs: number,
): string[] {
  const faults: string[] = []
  if (!accepts.includes(outcome)) faults.push(`came to "${outcome}", acceptable is ${accepts.join(' or ')}`)
  if (growth > maxGrowth) {
    faults.push(`grew by ${(growth / MIB).toFixed(0)} MiB, acceptable is ${(maxGrowth / MIB).toFixed(0)} MiB`)
  }
  if (bystanderMs > maxBystanderMs) {
    faults.push(`a bystander waited ${bystanderMs.toFixed(0)} ms, acceptable is ${maxBystanderMs} ms`)
  }
  return faults
}
