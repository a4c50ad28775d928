/** Frames as a hostile client or a hostile server writes them. */
import { encodeCloseBody, encodeFrame, encodeHeader, type FrameFields, Opcode } from '@hybi/frame'

export type Role = 'server' | 'client'

/** Writes frames to an endpoint of one role: masked to a server, plain to a client (5.1). */
export interface Writer {
  frame(fields: FrameFields, payload?: Uint8Array | string): Uint8Array
  /** A header alone, whose length is a lie. */
  header(fields: FrameFields): Uint8Array
  /** A frame masked when it must not be, or not masked when it must. */
  wrong(fields: FrameFields, payload?: Uint8Array | string): Uint8Array
}

const MASKED = { maskingKey: 0x37fa213d }
const PLAIN = {}

/** The writer for attacks on an endpoint of this role. */
export function writerFor(role: Role): Writer {
  const [right, wrong] = role === 'server' ? [MASKED, PLAIN] : [PLAIN, MASKED]
  return {
    frame: (fields, payload = '') => encodeFrame({ ...right, ...fields }, Buffer.from(payload)),
    header: (fields) => encodeHeader({ ...right, ...fields }, 0),
    wrong: (fields, payload = '') => encodeFrame({ ...wrong, ...fields }, Buffer.from(payload)),
  }
}

/** A frame of a client. */
export const masked = writerFor('server').frame

export const closeBody = (code: number, reason = ''): Uint8Array => encodeCloseBody(code, reason)

export { Opcode }
