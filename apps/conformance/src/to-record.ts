/** From what was seen to the record that reports are made of. Pure. */
import type { Case, Plan, ReceivedEvent } from './cases/case.ts'
import { QUICK_COUNT } from './exchange/exchange.ts'
import { judge } from './judge/judge.ts'
import type { Observation } from './observation.ts'
import { toPayloadText } from './peer/payload-text.ts'
import type { CaseRecord, EventRow, ExpectedClose } from './record.ts'
import type { Profile } from './runner.ts'

export interface RunFacts {
  readonly agent: string
  /** Position of the case, from 1. */
  readonly position: number
  readonly started: Date
  readonly profile: Profile
}

export function toRecord(definition: Case, seen: Observation, facts: RunFacts): CaseRecord {
  const { plan } = definition
  const verdict = judge(plan, seen)
  const reportTime = plan.kind === 'echo' || plan.kind === 'rounds' || plan.kind === 'compression'
  return {
    id: definition.id,
    case: facts.position,
    agent: facts.agent,
    description: definition.description,
    expectation: definition.expectation,
    started: facts.started.toISOString(),
    duration: Math.max(0, Math.round(seen.durationMs)),
    reportTime,
    reportCompressionRatio: plan.kind === 'compression',
    behavior: verdict.behavior,
    behaviorClose: verdict.behaviorClose,
    result: verdict.result,
    resultClose: verdict.resultClose,
    expected: toExpected(plan),
    received: seen.events.map(toRow),
    expectedClose: plan.kind === 'probe' ? PROBE_CLOSE : plan.close,
    closedByMe: seen.closedByMe,
    failedByMe: seen.failedByMe,
    droppedByMe: seen.droppedByMe,
    wasClean: seen.wasClean,
    wasNotCleanReason: seen.wasNotCleanReason,
    wasServerConnectionDropTimeout: seen.wasServerConnectionDropTimeout,
    wasOpenHandshakeTimeout: seen.opening.timedOut,
    wasCloseHandshakeTimeout: seen.wasCloseHandshakeTimeout,
    localCloseCode: codeOf(seen.localClose),
    localCloseReason: reasonOf(seen.localClose),
    remoteCloseCode: codeOf(seen.remoteClose),
    remoteCloseReason: reasonOf(seen.remoteClose),
    isServer: seen.role === 'client',
    createStats: true,
    rxOctetStats: seen.rxOctetStats,
    txOctetStats: seen.txOctetStats,
    rxFrameStats: seen.rxFrameStats,
    txFrameStats: seen.txFrameStats,
    httpRequest: seen.opening.request,
    httpResponse: seen.opening.response,
    createWirelog: !reportTime,
    trafficStats: seen.trafficStats,
    title: definition.title,
    category: definition.category,
    section: definition.section,
    autobahn: definition.autobahn,
    role: seen.role,
    secure: seen.secure,
    severity: definition.severity,
    reason: definition.reason,
    rule: definition.rule,
    requirements: verdict.requirements,
    log: seen.log,
    ending: seen.ending,
    loopLagMs: Math.round(seen.loopLagMs),
    reducedTo:
      facts.profile === 'quick' && plan.kind === 'compression'
        ? { messages: QUICK_COUNT, of: plan.count }
        : null,
  }
}

/** A probe says in its requirements what it wants of the close. */
const PROBE_CLOSE: ExpectedClose = { closedByMe: false, closeCode: [], requireClean: false }

type Close = Observation['remoteClose']
const codeOf = (close: Close): number | null => close?.code ?? null
const reasonOf = (close: Close): string | null =>
  close === null || close.code === null ? null : toPayloadText(close.reason)

const toExpected = (plan: Plan): CaseRecord['expected'] =>
  plan.kind === 'script'
    ? Object.fromEntries(plan.outcomes.map(({ verdict, events }) => [verdict, events.map(toRow)]))
    : {}

function toRow(event: ReceivedEvent): EventRow {
  if (event.type === 'timeout') return ['timeout', event.tag]
  const payload = toPayloadText(event.payload)
  return event.type === 'message' ? ['message', payload, event.binary] : [event.type, payload]
}
