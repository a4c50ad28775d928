/** Seeds out of the conformance suite: what its scripts send, as octets. */
import { encodeFrame, encodeHeader, type FrameFields, Opcode } from '@hybi/frame'
import type { FrameSpec, MessageSpec, Step } from '../../../../apps/conformance/src/cases/step.ts'
import { allCases } from '../../../../apps/conformance/src/catalogue.ts'
import type { Role } from '../model/endpoint.ts'
import { concat } from '../octets.ts'

/** Longer scripts are left out: what they are about is size. */
const LONGEST = 4096

/** Masks, and changes nothing: what is changed in masked octets is changed in what they say. */
const MASKING_KEY = 0

/** The octets that the peer of a `role` sends in each script of the suite, without duplicates. */
export function conformanceSeeds(role: Role): Uint8Array[] {
  const seeds = new Map<string, Uint8Array>()
  for (const { plan } of allCases) {
    if (!('steps' in plan)) continue
    const octets = concat(plan.steps.flatMap((step) => encodeStep(step, role)))
    if (octets.length > 0 && octets.length <= LONGEST)
      seeds.set(Buffer.from(octets).toString('latin1'), octets)
  }
  return [...seeds.values()]
}

function encodeStep(step: Step, role: Role): Uint8Array[] {
  switch (step.do) {
    case 'frame':
      return [encodeSpec(step.frame, role)]
    case 'message':
      return encodeMessage(step.message, role)
    case 'octets':
      return [step.octets]
    case 'close':
      return [encodeFrame({ opcode: Opcode.CLOSE, ...maskFor(role, undefined) }, step.body)]
    case 'octets-of-frame':
      return [encodeFrame({ opcode: step.opcode, ...maskFor(role, undefined) }, step.payload)]
    default:
      return []
  }
}

function encodeSpec(spec: FrameSpec, role: Role): Uint8Array {
  const { opcode, fin, rsv, lengthBytes, declaredLength, headerOnly = false } = spec
  const payload = repeat(spec.payload, spec.repeatTo)
  const fields: FrameFields = {
    opcode,
    fin,
    rsv,
    ...maskFor(role, spec.masked),
    ...(lengthBytes === undefined ? {} : { lengthBytes }),
    ...(declaredLength === undefined ? {} : { payloadLength: declaredLength }),
  }
  return headerOnly ? encodeHeader(fields, payload.length) : encodeFrame(fields, payload)
}

function encodeMessage(message: MessageSpec, role: Role): Uint8Array[] {
  const payload = repeat(message.payload, message.repeatTo)
  const size = message.fragment || message.autoFragment || payload.length || 1
  const frames: Uint8Array[] = []
  for (let at = 0; at === 0 || at < payload.length; at += size) {
    const opcode = at > 0 ? Opcode.CONTINUATION : message.binary ? Opcode.BINARY : Opcode.TEXT
    const fin = at + size >= payload.length
    frames.push(encodeFrame({ opcode, fin, ...maskFor(role, undefined) }, payload.subarray(at, at + size)))
  }
  return frames
}

const maskFor = (role: Role, masked: boolean | undefined): { maskingKey?: number } =>
  (masked ?? role === 'server') ? { maskingKey: MASKING_KEY } : {}

/** At most so many octets are made of a pattern. */
function repeat(pattern: Uint8Array, length: number | undefined): Uint8Array {
  if (length === undefined) return pattern
  return Uint8Array.from({ length: Math.min(length, LONGEST) }, (_, i) => pattern[i % pattern.length] ?? 0)
}
