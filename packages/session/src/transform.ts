/**
 * The seam for an extension that changes the payload of messages (RFC 6455, 9; RFC 7692 is the one that exists).
 *
 * Each direction is a strict sequence: the session never calls `decode` again before the last result has arrived,
 * and likewise `encode`; a promise therefore keeps the order without any work in the transform.
 */

import { type Violation, violations } from './violations.ts'

/** What a transform answers: bytes that the session may keep, a named failure, or a promise of either. */
export type Transformed = Uint8Array | TransformFailure | Promise<Uint8Array | TransformFailure>

/** A failure by name; the session turns it into a row of the violations table: 1007, 1009 or 1011. */
export interface TransformFailure {
  readonly failure: 'invalid-data' | 'too-big' | 'internal'
}

/** One extension on one connection. */
export interface MessageTransform {
  /** The RSV bits that mark the first frame of a transformed message, as one number 1..7. */
  readonly rsv: number

  /**
   * Names all that `encode` depends on beside the payload (algorithm and parameters), when it depends on no earlier
   * message. Transforms with the same name share the encoded form of a prepared message. Absent: nothing is shared.
   */
  readonly encoding?: string | undefined

  /**
   * Takes the next part of a transformed message's payload and answers what it stands for, as far as that is known.
   *
   * @param part belongs to the transform from now on; may be empty
   * @param frameEnd the last part of its frame: everything up to here must come out, so that text is judged in time
   * @param fin the last part of the message
   * @param limit octets that may come out for the whole message; beyond it the answer is 'too-big'
   * @param atMost in streamed receive: octets that one answer should not exceed by much; what is kept back is asked for
   *   by further calls with an empty part, as long as `more` is true
   */
  decode(part: Uint8Array, frameEnd: boolean, fin: boolean, limit: number, atMost?: number): Transformed

  /** True when the last answer of `decode` kept something back. */
  readonly more?: boolean

  /**
   * True when a message is worth transforming. The answer may only turn from no to yes as the size grows; the size of
   * a message that is sent in fragments is not known and given as Infinity.
   */
  wants(size: number, binary: boolean): boolean

  /**
   * Takes the next fragment of an outgoing message and answers the payload of its frame. The payload may belong to the application, which
   * leaves it alone until the frame is written: it is read only, and only until the answer is there.
   */
  encode(payload: Uint8Array, fin: boolean): Transformed

  /** The connection is over. A promise that is still open must settle as ever: a prepared message may wait for it. */
  release(): void
}

/** No extension: every payload stands for itself, and no RSV bit has a meaning. */
export const identity: MessageTransform = {
  rsv: 0,
  decode: (part) => part,
  wants: () => false,
  encode: (payload) => payload,
  release: () => undefined,
}

const failures = {
  'invalid-data': violations.extensionDataInvalid,
  'too-big': violations.messageTooBig,
  internal: violations.internalError,
} as const

/** The row of the violations table for a named failure. */
export function violationOf(failure: TransformFailure): Violation {
  return failures[failure.failure]
}

/** Waits for a transform; one that rejects has failed on our side. */
export async function settle<Result>(work: Promise<Result>): Promise<Result | TransformFailure> {
  try {
    return await work
  } catch {
    return { failure: 'internal' }
  }
}
