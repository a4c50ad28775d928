/** Runs the behaviours against the server, one after the other, and sees that nothing is left of them. */
import type { Behaviour, Scheme, Way } from './behaviour.ts'
import { withDeadline } from './deadline.ts'
import { type Finding, faultsOf } from './finding.ts'
import { watchMemory } from './memory.ts'
import { ServerTarget } from './server-arena.ts'
import type { Certificate } from './timeouts.ts'

/** Connections must be gone this long after the longest deadline of the server. */
const SETTLE_EXTRA_MS = 3000

export async function runAgainstServer(
  behaviours: readonly Behaviour[],
  schemes: readonly Scheme[],
  ways: readonly Way[],
  certificate: Certificate,
  onFinding: (finding: Finding) => void,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const way of ways) {
    for (const full of [false, true]) {
      const chosen = behaviours.filter((own) => own.full === full && (way === 'own' || isAboutWayIn(own)))
      if (chosen.length === 0) continue
      let target = await ServerTarget.start(certificate, way, full)
      for (const scheme of schemes) {
        for (const behaviour of chosen.filter(({ schemes: own }) => own.includes(scheme))) {
          const { finding, alive } = await attack(target, behaviour, scheme, way)
          findings.push(finding)
          onFinding(finding)
          if (alive) continue
          await target.end()
          target = await ServerTarget.start(certificate, way, full)
        }
      }
      await target.end()
    }
  }
  return findings
}

/** True for what is done to whoever lets connections in; what follows is the same behind both ways. */
const isAboutWayIn = ({ id }: Behaviour): boolean => /^(head|time|crowd)\./.test(id)

async function attack(
  target: ServerTarget,
  behaviour: Behaviour,
  scheme: Scheme,
  way: Way,
): Promise<{ finding: Finding; alive: boolean }> {
  const startedAt = performance.now()
  const memory = watchMemory(target.pid)
  const { arena, leave } = target.enter(scheme)
  let outcome: string
  let alive = true
  try {
    await target.longestWaitMs()
    outcome = await withDeadline(behaviour.attack(arena))
  } catch (error) {
    outcome = `broken: ${error instanceof Error ? error.message : String(error)}`
  }
  let bystanderMs = Number.POSITIVE_INFINITY
  let left = 0
  let growth = Number.POSITIVE_INFINITY
  try {
    bystanderMs = await target.longestWaitMs()
    growth = memory.stop()
    leave()
    left = await connectionsLeft(target, arena.timeouts.closeTotalMs + SETTLE_EXTRA_MS)
  } catch (error) {
    outcome = `the server is gone: ${error instanceof Error ? error.message : String(error)}`
    alive = false
  }
  const accepts = way === 'own' ? behaviour.accepts : [...behaviour.accepts, ...behaviour.alsoAttached]
  const faults = faultsOf({ ...behaviour, accepts }, outcome, growth, bystanderMs)
  if (left > 0) faults.push(`${left} connections were left after the deadlines`)
  const elapsedMs = performance.now() - startedAt
  return {
    alive,
    finding: { role: 'server', scheme, way, behaviour, outcome, growth, bystanderMs, elapsedMs, faults },
  }
}

/** Waits until the server has let go of every connection but the bystander's; how many it has not. */
async function connectionsLeft(target: ServerTarget, patienceMs: number): Promise<number> {
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    const left = await target.connections()
    if (left <= 0 || performance.now() > giveUpAt) return Math.max(left, 0)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
