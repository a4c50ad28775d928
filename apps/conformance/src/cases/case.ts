/** A case: what the catalogue says of it, and the plan that the runner carries out and the judge compares with. */
import type { ExpectedClose } from '../record.ts'
import type { CaseDefinition } from '../suite.ts'
import type { ProbePlan } from './probe.ts'
import type { Step } from './step.ts'

/** Something the endpoint under test sent, or a tagged wait of the script that ran to its end. */
export type ReceivedEvent =
  | { readonly type: 'message'; readonly payload: Uint8Array; readonly binary: boolean }
  | { readonly type: 'ping' | 'pong'; readonly payload: Uint8Array }
  | { readonly type: 'timeout'; readonly tag: string }

/** One acceptable course of events. */
export interface Outcome {
  readonly verdict: 'OK' | 'NON-STRICT'
  readonly events: readonly ReceivedEvent[]
}

/** Steps in order; the received events must equal one of the outcomes, each of them whole and in order. */
export interface ScriptPlan {
  readonly kind: 'script'
  readonly steps: readonly Step[]
  readonly outcomes: readonly Outcome[]
  readonly close: ExpectedClose
  /** The runner does not begin the closing handshake when the events match. */
  readonly suppressClose: boolean
  /** A wrong status code makes the behavior FAILED too. */
  readonly wrongCodeIsFatal: boolean
  /** Whatever the peer does within the close rules is INFORMATIONAL. */
  readonly informational: boolean
}

/** One message out, its echo of the same kind and length back; the content is not compared. */
export interface EchoPlan {
  readonly kind: 'echo'
  readonly steps: readonly Step[]
  readonly binary: boolean
  readonly length: number
  readonly close: ExpectedClose
}

/** `count` messages, each sent when the echo of the one before is there. */
export interface RoundsPlan {
  readonly kind: 'rounds'
  readonly binary: boolean
  readonly length: number
  readonly count: number
  readonly timeoutMs: number
  readonly close: ExpectedClose
}

/** The parameters the runner asks its peer for, as Autobahn's categories 12 and 13 do. */
export interface DeflateRequest {
  readonly noContextTakeover: boolean
  /** 9 or 15; 0: not asked for. */
  readonly maxWindowBits: number
}

export type CorpusName = 'json' | 'bitmap' | 'prose' | 'html' | 'packed'

/** Like rounds, over permessage-deflate and with the content compared. */
export interface CompressionPlan {
  readonly kind: 'compression'
  readonly corpus: CorpusName
  /** Code points of text, octets of binary messages. */
  readonly length: number
  readonly count: number
  /** Octets of each frame, cut from the compressed message; 0: one frame. */
  readonly fragment: number
  readonly timeoutMs: number
  readonly requests: readonly DeflateRequest[]
  readonly close: ExpectedClose
}

export type Plan = ScriptPlan | EchoPlan | RoundsPlan | CompressionPlan | ProbePlan

export interface Case extends CaseDefinition {
  readonly plan: Plan
}

/** What a category file writes down; the catalogue adds the rest. */
export interface CaseDraft {
  readonly id: string
  readonly section: string
  readonly title: string
  readonly description: string
  readonly expectation: string
  readonly plan: Plan
  readonly heavy?: boolean
}

/** The runner closes with 1000 and wants a clean end. */
export const CLOSED_BY_RUNNER: ExpectedClose = { closedByMe: true, closeCode: [1000], requireClean: true }

/** The peer fails the connection. */
export const failedByPeer = (...codes: readonly number[]): ExpectedClose => ({
  closedByMe: false,
  closeCode: codes,
  requireClean: false,
})
