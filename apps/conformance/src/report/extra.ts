/** `extra.json`: own cases, and what Autobahn's files have no place for; never mixed into Autobahn's verdicts. */
import type { CaseRecord } from '../record.ts'
import { type Report, sortedResults } from './model.ts'

/** One own case of an agent. */
export type ExtraCase = Omit<CaseRecord, 'autobahn' | 'behaviorClose' | 'case' | 'agent'> & {
  /** How often it ran and failed, with `--repeat`. */
  readonly attempts: number
  readonly failures: number
}

/** One agent of `extra.json`. */
export interface ExtraAgent {
  readonly role: string
  readonly target: string | null
  readonly profile: string | null
  readonly started: string
  /** How the run ended; null: it has not, or it was killed. */
  readonly ending: string | null
  readonly reason: string
  /** Cases selected, and how many finished. */
  readonly selected: number | null
  readonly finished: number
  /** Own cases by id. */
  readonly cases: Readonly<Record<string, ExtraCase>>
}

/** `extra.json`: agent -> run and own cases. */
export type Extra = Readonly<Record<string, ExtraAgent>>

/** The own cases of a report. */
export function toExtra(report: Report): Extra {
  const agents = [...report.values()].map((run) => {
    const { header, end } = run
    const own = sortedResults(run).filter(({ record }) => !record.autobahn)
    const cases = own.map(({ record, attempts, failures }) => {
      const { autobahn, behaviorClose, case: position, agent, ...rest } = record
      return [record.id, { ...rest, attempts, failures }] as const
    })
    const value: ExtraAgent = {
      role: header.role,
      target: header.target,
      profile: header.profile,
      started: header.started,
      ending: end?.ending ?? null,
      reason: end?.reason ?? '',
      selected: header.selected,
      finished: run.results.size,
      cases: Object.fromEntries(cases),
    }
    return [header.agent, value] as const
  })
  return Object.fromEntries(agents)
}
