/** `hybi-conformance list` and `explain`: the catalogue in words. */
import { decodeCloseBody, Opcode } from '@hybi/frame'
import type { Case } from '../cases/case.ts'
import type { FrameSpec, Step } from '../cases/step.ts'

const SHOWN_OCTETS = 32

/** What a catalogue entry is to a machine. */
export const toJson = ({ plan: _plan, ...definition }: Case): object => definition

/** One line a case, each category under its title. */
export function formatList(cases: readonly Case[]): string {
  const lines: string[] = []
  let category = ''
  for (const { id, title, category: own, severity, autobahn, roles } of cases) {
    if (own !== category) lines.push(`${lines.length === 0 ? '' : '\n'}${own}`)
    category = own
    const notes = [...(autobahn ? [] : [severity]), ...(roles.length === 1 ? [`${roles[0]}s only`] : [])]
    lines.push(`  ${id.padEnd(9)} ${title}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`)
  }
  return `${lines.join('\n')}\n`
}

/** Everything about one case. */
export function formatCase(one: Case): string {
  const facts = [
    one.autobahn ? "one of Autobahn's cases" : `own case, ${one.severity}`,
    `tests ${one.roles.map((role) => `${role}s`).join(' and ')}`,
    ...(one.rule === '' ? [] : [one.rule]),
  ]
  return [
    `${one.id} ${one.title}`,
    `${one.category}${one.section === '' ? '' : `, ${one.section}`}; ${facts.join('; ')}`,
    '',
    one.description,
    '',
    `Expected: ${one.expectation}`,
    ...(one.reason === '' ? [] : ['', `Why: ${one.reason}`]),
    ...formatPlan(one),
    '',
  ].join('\n')
}

function formatPlan({ plan }: Case): string[] {
  switch (plan.kind) {
    case 'script':
    case 'echo':
    case 'probe':
      return [
        ...(plan.steps.length === 0
          ? []
          : ['', 'What is done:', ...plan.steps.map((step) => `  ${formatStep(step)}`)]),
        ...(plan.kind === 'probe'
          ? ['', 'Required:', ...plan.requirements.map(({ requirement }) => `  ${requirement}`)]
          : []),
      ]
    case 'rounds':
      return [
        '',
        `${plan.count} messages of ${plan.length} octets, each sent when the echo of the one before has come.`,
      ]
    case 'compression':
      return [
        '',
        `${plan.count} compressed messages of ${plan.length} ${plan.corpus === 'json' || plan.corpus === 'html' ? 'characters' : 'octets'} (${plan.corpus}), ` +
          `${plan.fragment === 0 ? 'each in one frame' : `in frames of ${plan.fragment} octets`}, each sent when the echo of the one before has come.`,
      ]
  }
}

const opcodeNames = new Map<number, string>(Object.entries(Opcode).map(([name, code]) => [code, name]))

function formatFrame({
  opcode,
  fin,
  rsv,
  payload,
  repeatTo,
  chop,
  masked,
  lengthBytes,
  declaredLength,
}: FrameSpec): string {
  const parts = [
    opcodeNames.get(opcode) ?? `opcode ${opcode}`,
    fin ? 'FIN' : 'no FIN',
    ...(rsv === 0 ? [] : [`RSV ${rsv}`]),
    `${repeatTo ?? payload.length} octets`,
    ...(declaredLength === undefined ? [] : [`declared as ${declaredLength}`]),
    ...(lengthBytes === undefined ? [] : [`length in ${lengthBytes} octets`]),
    ...(masked === undefined ? [] : [masked ? 'masked' : 'not masked']),
    ...(chop === undefined ? [] : [`${chop} octets a write`]),
  ]
  const shown = formatOctets(payload)
  return `frame: ${parts.join(', ')}${shown === '' ? '' : `: ${shown}`}`
}

/** Payload as hex, and as text where it is some. */
function formatOctets(octets: Uint8Array): string {
  if (octets.length === 0) return ''
  const shown = Buffer.from(octets.subarray(0, SHOWN_OCTETS))
  const text = shown.toString('latin1')
  const more = octets.length > SHOWN_OCTETS ? ' …' : ''
  return /^[\x20-\x7e]*$/.test(text) ? `${JSON.stringify(text)}${more}` : `${shown.toString('hex')}${more}`
}

function formatStep(step: Step): string {
  switch (step.do) {
    case 'frame':
      return formatFrame(step.frame)
    case 'message':
      return `message: ${step.message.binary ? 'binary' : 'text'}, ${step.message.repeatTo ?? step.message.payload.length} octets`
    case 'begin-frame':
      return `begins a frame of ${step.length} octets, opcode ${step.opcode}`
    case 'frame-data':
      return `${step.payload.length} octets of that frame: ${formatOctets(step.payload)}`
    case 'octets':
      return `octets: ${formatOctets(step.octets)}`
    case 'wait':
      return `waits ${step.ms} ms`
    case 'until':
      return `waits until ${step.condition.seen} is seen, ${step.ms} ms at most`
    case 'close':
      return `Close ${decodeCloseBody(step.body)?.code ?? 'with a body of one octet'}`
    case 'kill-after':
      return `fails the connection ${step.ms} ms later`
    case 'close-after':
      return `closes ${step.ms} ms later`
    default:
      return step.do.replaceAll('-', ' ')
  }
}
