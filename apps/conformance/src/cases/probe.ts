/**
 * An own case: a script like Autobahn's, an opening handshake and habits that may be illegal, and requirements on all that was seen.
 *
 * Where an Autobahn case compares one list of events, a probe asks about anything in the observation: which octets came, when, how
 * TCP ended.
 */
import type { Observation } from '../observation.ts'
import type { Step } from './step.ts'

/** One thing the endpoint must do. */
export interface Requirement {
  /** A sentence. */
  readonly requirement: string
  /** What was seen instead, or null when the requirement holds. Pure. */
  readonly check: (seen: Observation) => string | null
}

/** Lines that make the request (or the response) differ from a good one. */
export interface HeadSpec {
  readonly method?: string
  readonly target?: string
  readonly version?: string
  readonly status?: number
  readonly statusText?: string
  /** Header names to leave out. */
  readonly without?: readonly string[]
  /** Replaces the lines of these names, in place. */
  readonly replace?: Readonly<Record<string, string>>
  /** Lines after the others. */
  readonly add?: readonly (readonly [name: string, value: string])[]
  /** Change of the finished head, for what no list of lines can say. */
  readonly rewrite?: (head: string) => string
}

/** What the runner does by itself; all true unless the case says otherwise. */
export interface Habits {
  readonly answersPings: boolean
  readonly answersClose: boolean
  /** After the closing handshake: a server sends FIN; on the endpoint's FIN, either role sends its own. */
  readonly endsTcp: boolean
  /** A frame of the endpoint that breaks a rule fails the connection. */
  readonly failsOnViolation: boolean
}

export const GOOD_HABITS: Habits = {
  answersPings: true,
  answersClose: true,
  endsTcp: true,
  failsOnViolation: true,
}

export interface ProbePlan {
  readonly kind: 'probe'
  readonly opening: HeadSpec
  /** Octets in the same write as the head. */
  readonly withHead: Uint8Array
  /** Octets per write of the head; 0: one write. */
  readonly chopHead: number
  /** The runner's offer as a client, its answer as a server; null: none. */
  readonly extensions: { readonly offer: string | null; readonly answer: string | null }
  /** The case means nothing when the endpoint did not agree to permessage-deflate. */
  readonly needsDeflate: boolean
  /** As a server: nor when the client's offer does not have this parameter. */
  readonly needsParameter: string | null
  /** As a server: nor when it has this one. */
  readonly exceptParameter: string | null
  readonly steps: readonly Step[]
  readonly habits: Habits
  /** The runner begins the close (1000) when the script is over and the connection still open. */
  readonly closesAtEnd: boolean
  /** From the end of the script: how long the endpoint may take to finish the connection. */
  readonly patienceMs: number
  /** `tls`: means nothing without TLS; `plain-octets`: nor with it, the runner speaks plainly to a port that wants TLS. */
  readonly transport: 'any' | 'tls' | 'plain-octets'
  readonly requirements: readonly Requirement[]
}
