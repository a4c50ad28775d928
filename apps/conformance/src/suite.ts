/** What a case is to everyone who lists, selects, explains or reports it; how it runs is in `cases/`. */
import type { PeerRole, Severity } from './record.ts'

export interface CaseDefinition {
  /** Autobahn's id (`1.1.1`) or an own one that begins with a letter (`H.1.1`). */
  readonly id: string
  /** 1-based position in the whole suite: Autobahn's cases in its order, own cases after them. */
  readonly number: number
  /** The category's title; its key is the first part of the id. */
  readonly category: string
  /** Title of the group inside the category; empty when it has none. */
  readonly section: string
  readonly title: string
  readonly description: string
  readonly expectation: string
  readonly severity: Severity
  /** The endpoints this case can test. */
  readonly roles: readonly PeerRole[]
  readonly autobahn: boolean
  /** Own cases: why it is tested; else empty. */
  readonly reason: string
  /** Own cases: `RFC 6455 5.5.1`; else empty. */
  readonly rule: string
  /** True: large or many messages; such a case shares the machine only with its like. */
  readonly heavy: boolean
}
