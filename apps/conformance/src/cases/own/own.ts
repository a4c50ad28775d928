/** The own cases' form: what every one of them must say, and the plan it becomes. */
import type { PeerRole, Severity } from '../../record.ts'
import type { CaseDraft } from '../case.ts'
import { GOOD_HABITS, type Habits, type HeadSpec, type ProbePlan, type Requirement } from '../probe.ts'
import type { Step } from '../step.ts'

export interface OwnCase {
  /** Without the category's letter: `1.1`. */
  readonly id: string
  readonly section: string
  readonly title: string
  readonly description: string
  readonly severity: Severity
  /** The sentence it comes from: `RFC 6455 5.1`. */
  readonly rule: string
  /** Why it is tested, in prose. */
  readonly reason: string
  readonly roles?: readonly PeerRole[]
  readonly steps?: readonly Step[]
  readonly requires: readonly Requirement[]
  readonly opening?: HeadSpec
  readonly withHead?: Uint8Array
  readonly chopHead?: number
  /** Value of the extension header; null: none. */
  readonly offer?: string | null
  readonly answer?: string | null
  readonly needsDeflate?: boolean
  /** As a server: the case means nothing when the client's offer does not have this parameter. */
  readonly needsParameter?: string
  /** As a server: nor when it has this one. */
  readonly exceptParameter?: string
  readonly habits?: Partial<Habits>
  /** Default true: the script ends with a close, so that the case does not wait for nothing. */
  readonly closesAtEnd?: boolean
  readonly patienceMs?: number
  readonly heavy?: boolean
  readonly transport?: ProbePlan['transport']
}

/** What the catalogue needs beside the draft. */
export interface OwnDraft extends CaseDraft {
  readonly severity: Severity
  readonly roles: readonly PeerRole[]
  readonly reason: string
  readonly rule: string
}

const BOTH: readonly PeerRole[] = ['server', 'client']
const PATIENCE_MS = 1500
const NOTHING = new Uint8Array(0)

export function toDraft(letter: string, own: OwnCase): OwnDraft {
  const plan: ProbePlan = {
    kind: 'probe',
    opening: own.opening ?? {},
    withHead: own.withHead ?? NOTHING,
    chopHead: own.chopHead ?? 0,
    extensions: { offer: own.offer ?? null, answer: own.answer ?? null },
    needsDeflate: own.needsDeflate ?? false,
    needsParameter: own.needsParameter ?? null,
    exceptParameter: own.exceptParameter ?? null,
    steps: own.steps ?? [],
    habits: { ...GOOD_HABITS, ...own.habits },
    closesAtEnd: own.closesAtEnd ?? true,
    patienceMs: own.patienceMs ?? PATIENCE_MS,
    transport: own.transport ?? 'any',
    requirements: own.requires,
  }
  return {
    id: `${letter}.${own.id}`,
    section: own.section,
    title: own.title,
    description: own.description,
    expectation: own.requires.map(({ requirement }) => requirement).join(' '),
    heavy: own.heavy ?? false,
    severity: own.severity,
    roles: own.roles ?? BOTH,
    reason: own.reason,
    rule: own.rule,
    plan,
  }
}
