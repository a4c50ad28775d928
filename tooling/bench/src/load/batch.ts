/**
 * What one connection writes and what it must get back: half a window of masked frames in one buffer, and the echo's
 * octets. Checking an echo is then one comparison of memory per read, however small the messages are.
 */
import { deflateRawSync, constants as zlib } from 'node:zlib'
import { encodeFrame, Opcode, Rsv } from '@hybi/frame'
import { makePayload } from '../payloads.ts'
import type { EchoScenario } from '../scenarios.ts'

export interface Batch {
  readonly messages: number
  /** Masked frames, written at once. */
  readonly output: Buffer
  /** The plain messages, in order. */
  readonly payloads: readonly Buffer[]
  readonly opcode: number
}

const DEFLATE_TAIL_LENGTH = 4

/** A message as permessage-deflate carries it (RFC 7692 7.2.1): no context, default level. */
export const deflateMessage = (payload: Buffer): Buffer =>
  deflateRawSync(payload, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, -DEFLATE_TAIL_LENGTH)

/** The frames of one message as a client writes it. */
function encodeMessage(scenario: EchoScenario, payload: Buffer, opcode: number, key: number): Uint8Array[] {
  if (scenario.deflate)
    return [encodeFrame({ opcode, rsv: Rsv.RSV1, maskingKey: key }, deflateMessage(payload))]
  const step = Math.ceil(payload.length / scenario.fragments)
  return Array.from({ length: scenario.fragments }, (_, index) =>
    encodeFrame(
      {
        opcode: index === 0 ? opcode : Opcode.CONTINUATION,
        fin: index === scenario.fragments - 1,
        maskingKey: (key + index) >>> 0,
      },
      payload.subarray(index * step, (index + 1) * step),
    ),
  )
}

/** Half a window (at least one message) of the scenario's messages. */
export function makeBatch(scenario: EchoScenario): Batch {
  const messages = Math.max(1, scenario.window >> 1)
  const opcode = scenario.payload === 'bytes' ? Opcode.BINARY : Opcode.TEXT
  const payloads = Array.from({ length: messages }, (_, index) =>
    makePayload(scenario.payload, scenario.size, index),
  )
  const frames = payloads.flatMap((payload, index) =>
    encodeMessage(scenario, payload, opcode, Math.imul(index + 1, 0x9e3779b1) >>> 0),
  )
  return { messages, output: Buffer.concat(frames), payloads, opcode }
}

/** The echo of a batch where nothing may compress it: one unmasked frame a message. */
export const plainEcho = (batch: Batch): Buffer =>
  Buffer.concat(batch.payloads.map((payload) => encodeFrame({ opcode: batch.opcode }, payload)))
