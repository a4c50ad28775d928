/** Short ways to write expected events down. */
import type { Outcome, ReceivedEvent, ScriptPlan } from './case.ts'
import { CLOSED_BY_RUNNER } from './case.ts'
import { octets, type Step } from './step.ts'

export const textEvent = (payload: Uint8Array | string): ReceivedEvent => ({
  type: 'message',
  payload: octets(payload),
  binary: false,
})
export const binaryEvent = (payload: Uint8Array | string): ReceivedEvent => ({
  type: 'message',
  payload: octets(payload),
  binary: true,
})
export const pongEvent = (payload: Uint8Array | string): ReceivedEvent => ({
  type: 'pong',
  payload: octets(payload),
})
export const timeoutEvent = (tag: string): ReceivedEvent => ({ type: 'timeout', tag })

export const ok = (...events: readonly ReceivedEvent[]): Outcome => ({ verdict: 'OK', events })
export const nonStrict = (...events: readonly ReceivedEvent[]): Outcome => ({ verdict: 'NON-STRICT', events })

/** A script plan; by default nothing may come back and the runner closes with 1000. */
export const script = (
  steps: readonly Step[],
  rest: Partial<Omit<ScriptPlan, 'kind' | 'steps'>> = {},
): ScriptPlan => ({
  kind: 'script',
  outcomes: [ok()],
  close: CLOSED_BY_RUNNER,
  suppressClose: false,
  wrongCodeIsFatal: false,
  informational: false,
  ...rest,
  steps,
})
