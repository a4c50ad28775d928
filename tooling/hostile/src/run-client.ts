/** Runs the behaviours against the client, one after the other: each must end in an answer to the application. */
import type { Behaviour, Scheme } from './behaviour.ts'
import { ClientTarget } from './client-arena.ts'
import { withDeadline } from './deadline.ts'
import { type Finding, faultsOf } from './finding.ts'
import { watchMemory } from './memory.ts'
import type { Certificate } from './timeouts.ts'

export async function runAgainstClient(
  behaviours: readonly Behaviour[],
  schemes: readonly Scheme[],
  certificate: Certificate,
  onFinding: (finding: Finding) => void,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const full of [false, true]) {
    const chosen = behaviours.filter((behaviour) => behaviour.full === full)
    if (chosen.length === 0) continue
    for (const scheme of schemes) {
      let target = await ClientTarget.start(certificate, full)
      for (const behaviour of chosen.filter(({ schemes: own }) => own.includes(scheme))) {
        const { finding, alive } = await attack(target, behaviour, scheme)
        findings.push(finding)
        onFinding(finding)
        if (alive) continue
        await target.end()
        target = await ClientTarget.start(certificate, full)
      }
      await target.end()
    }
  }
  return findings
}

async function attack(
  target: ClientTarget,
  behaviour: Behaviour,
  scheme: Scheme,
): Promise<{ finding: Finding; alive: boolean }> {
  const startedAt = performance.now()
  const memory = watchMemory(target.pid)
  const { arena, leave } = target.enter(scheme)
  let outcome: string
  let alive = true
  const faults: string[] = []
  try {
    outcome = await withDeadline(behaviour.attack(arena))
  } catch (error) {
    outcome = `broken: ${error instanceof Error ? error.message : String(error)}`
  }
  const growth = memory.stop()
  leave()
  try {
    // Whatever was done to it, the application hears how its connection ended.
    const told = await arena.told()
    if (!/^(refused|failed|closed) /.test(told)) faults.push(`the application was told: ${told}`)
  } catch (error) {
    faults.push(`the client is gone: ${error instanceof Error ? error.message : String(error)}`)
    alive = false
  }
  faults.unshift(...faultsOf(behaviour, outcome, growth, 0))
  const elapsedMs = performance.now() - startedAt
  return {
    alive,
    finding: {
      role: 'client',
      scheme,
      way: 'own',
      behaviour,
      outcome,
      growth,
      bystanderMs: 0,
      elapsedMs,
      faults,
    },
  }
}
