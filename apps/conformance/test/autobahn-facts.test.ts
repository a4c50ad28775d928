/** The 517 cases against what was observed of Autobahn's own: `facts/autobahn.txt`, a line a case, payloads as length and SHA-256. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Opcode } from '@hybi/frame'
import { formatExtensions, parseExtensions } from '@hybi/handshake'
import { describe, expect, it } from 'vitest'
import type { Case, CompressionPlan, Plan, ReceivedEvent, ScriptPlan } from '../src/cases/case.ts'
import { closeBody, type MessageSpec, repeat, type Step } from '../src/cases/step.ts'
import { autobahnCases } from '../src/catalogue.ts'
import { answerAsServer, toOffers } from '../src/opening/deflate-offers.ts'
import { cutMessage } from '../src/peer/outgoing.ts'

const facts = readFileSync(new URL('facts/autobahn.txt', import.meta.url), 'utf8')
  .split('\n')
  .slice(0, -1)

const key = (octets: Uint8Array): string =>
  `${octets.length}:${createHash('sha256').update(octets).digest('hex').slice(0, 12)}`

const event = (one: ReceivedEvent): string =>
  one.type === 'timeout'
    ? `timeout ${one.tag}`
    : `${one.type}${one.type === 'message' && one.binary ? ' binary' : ''} ${key(one.payload)}`

function closing(plan: Exclude<Plan, { kind: 'probe' }>): string {
  const { closedByMe, closeCode, requireClean, closedByWrongEndpointIsFatal } = plan.close
  return [
    closedByMe ? 'me' : 'peer',
    closeCode.join(','),
    ...(requireClean ? ['clean'] : []),
    ...(closedByWrongEndpointIsFatal === true ? ['fatal'] : []),
    ...(plan.kind === 'script' && plan.suppressClose ? ['suppressed'] : []),
  ].join(' ')
}

/** Frames of a message; Autobahn's record names their content only where it is compared. */
function messageRows(spec: MessageSpec, contentCounts: boolean): string[] {
  const payload = spec.repeatTo === undefined ? spec.payload : repeat(spec.payload, spec.repeatTo)
  return [...cutMessage(payload, spec)].map((part) => {
    const opcode = part.first ? (spec.binary ? Opcode.BINARY : Opcode.TEXT) : Opcode.CONTINUATION
    return `${opcode}${part.last ? 'F' : '-'}0 ${contentCounts ? key(part.payload) : part.payload.length}`
  })
}

function rows(step: Step, contentCounts: boolean): string[] {
  switch (step.do) {
    case 'frame': {
      const { opcode, fin, rsv, payload, repeatTo, chop, flush } = step.frame
      return [
        `${opcode}${fin ? 'F' : '-'}${rsv} ${key(payload)}${repeatTo === undefined ? '' : ` repeated ${repeatTo}`}${
          chop === undefined ? '' : ` chop ${chop}`
        }${flush === true ? ' sync' : ''}`,
      ]
    }
    case 'message':
      return messageRows(step.message, contentCounts)
    case 'begin-frame':
      return [`begin ${step.length}`]
    case 'frame-data':
      return [`data ${key(step.payload)}`]
    case 'wait':
      return [`wait ${step.ms / 1000}${step.tag === undefined ? '' : ` ${step.tag}`}`]
    case 'kill-after':
      return [`kill ${step.ms / 1000}`]
    case 'close-after':
      return [`close ${step.ms / 1000}`]
    case 'close':
      return []
    default:
      throw new Error(`no Autobahn case does ${step.do}`)
  }
}

function countRuns(list: readonly string[]): string {
  const runs: { row: string; times: number }[] = []
  for (const row of list) {
    const last = runs.at(-1)
    if (last?.row === row) last.times++
    else runs.push({ row, times: 1 })
  }
  return runs.map(({ row, times }) => (times > 1 ? `${row} x${times}` : row)).join(', ')
}

function ownClose(plan: Exclude<Plan, { kind: 'probe' }>, steps: readonly Step[]): string {
  const explicit = steps.find((step) => step.do === 'close')
  if (explicit !== undefined) return key(explicit.body)
  return plan.close.closedByMe ? key(closeBody(plan.close.closeCode[0])) : ''
}

const outcomes = (plan: ScriptPlan): string =>
  plan.outcomes.map(({ verdict, events }) => `${verdict}: ${events.map(event).join(', ')}`).join(' / ')

const OFFERS = [
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  'permessage-deflate; client_no_context_takeover',
  'permessage-deflate; client_no_context_takeover; client_max_window_bits',
  'permessage-deflate; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits',
]

function compression(id: string, plan: CompressionPlan): string {
  const unit = ['json', 'html'].includes(plan.corpus) ? 'code points' : 'octets'
  const offers = toOffers(plan.requests).map((offer) => formatExtensions([offer]))
  // The answers are the same for all sizes: the record has them once a group.
  const asked = id.endsWith('.1') ? OFFERS : []
  const answers = asked.map((offer) => {
    const answer = answerAsServer(parseExtensions([offer]) ?? [], plan.requests)
    return `[${offer}] -> [${answer === null ? '' : formatExtensions([answer.answer])}]`
  })
  return `${id} | | ${closing(plan)} | deflate ${plan.count} x ${plan.length} ${unit} / ${plan.fragment} in ${
    plan.timeoutMs / 1000
  } s; offers ${offers.join(', ')} | ${answers.join('; ')}`
}

function describeCase({ id, plan }: Case): string {
  switch (plan.kind) {
    case 'compression':
      return compression(id, plan)
    case 'rounds': {
      const pattern = key(plan.binary ? Uint8Array.of(0xfe) : Uint8Array.of(0x2a))
      const frame = `${plan.binary ? Opcode.BINARY : Opcode.TEXT}F0 ${pattern} repeated ${plan.length} x${plan.count}`
      return `${id} |  | ${closing(plan)} | close ${plan.timeoutMs / 1000}, ${frame} | ${ownClose(plan, [])}`
    }
    case 'echo':
    case 'script': {
      const list = plan.steps.flatMap((step) => rows(step, plan.kind === 'script'))
      return `${id} | ${plan.kind === 'script' ? outcomes(plan) : ''} | ${closing(plan)} | ${countRuns(list)} | ${ownClose(plan, plan.steps)}`
    }
    default:
      throw new Error(`${id} is not one of Autobahn's`)
  }
}

describe("Autobahn's cases", () => {
  it('are 517, in its order', () => {
    expect(autobahnCases.map(({ id }) => id)).toEqual(facts.map((line) => line.split(' ', 1)[0]))
  })

  it('send, expect and wait for exactly what was observed', () => {
    for (const [index, one] of autobahnCases.entries()) expect(describeCase(one)).toBe(facts[index])
  })

  it('have titles, descriptions and expectations of their own', () => {
    for (const { title, description, expectation, category } of autobahnCases) {
      expect(title).not.toBe('')
      expect(description).toMatch(/^[A-Z\d].*\.$/s)
      expect(expectation).toMatch(/\.$/)
      expect(category).not.toBe('')
    }
  })
})
